"""Production. Refuses to start when something that must be said is not said."""

from email.utils import getaddresses

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import DATABASES, STORAGES, env

for _name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "ONEC_DATA_DIR"):
    if not env(_name, default=""):
        raise ImproperlyConfigured(
            f"{_name} is not set. Production reads it from the environment; see .env.example."
        )

STORAGES["staticfiles"] = {
    "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
}

# TLS ends at the proxy, which must set X-Forwarded-Proto and strip it from what clients send.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# The health probes of a container platform speak plain HTTP to the process itself.
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

# Each thread of the web server keeps its connection this long; 0 behind a pooler of your own.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)

# Errors of the site are mailed to these (Django's own handler, without the HTML report). The log
# goes to standard error: standard output belongs to the commands, whose summaries scripts read.
ADMINS = [person for person in getaddresses([env("ADMINS", default="")]) if person[1]]
SERVER_EMAIL = env("SERVER_EMAIL", default="root@localhost")
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))

__all__ = [name for name in dir() if name.isupper()]
