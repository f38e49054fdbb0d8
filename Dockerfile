# The site and its worker in one image; compose.yaml starts both.
#
# Debian's own PostgreSQL programs have the major version of the server in compose.yaml: pg_dump must
# not be older than the server (a test compares them).

FROM python:3.13.9-slim-trixie AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/production.txt /tmp/production.txt
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/production.txt


FROM python:3.13.9-slim-trixie

RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*

# The directories exist with their owner, so that new volumes over them get it too.
RUN groupadd --gid 10001 freesport \
    && useradd --uid 10001 --gid freesport --no-create-home --home-dir /srv/freesport freesport \
    && install -d -o freesport -g freesport -m 0755 /srv/freesport /srv/media /srv/import_1c \
    && install -d -o freesport -g freesport -m 0700 /srv/backups

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=freesport.settings.prod \
    ONEC_DATA_DIR=/srv/import_1c \
    BACKUP_DIR=/srv/backups \
    MEDIA_ROOT=/srv/media \
    STATIC_ROOT=/app/staticfiles

COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY deploy/healthcheck.py deploy/
COPY locale locale
COPY templates templates
COPY ops_portal ops_portal
COPY apps apps
COPY freesport freesport

# Production settings want values that only a running site needs: these are for this line alone.
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgresql://build@build/build \
    REDIS_URL=redis://build:6379/0 python manage.py collectstatic --noinput

USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "freesport.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--graceful-timeout", "30", "--access-logfile", "-", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
