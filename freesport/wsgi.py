"""WSGI entry point: `gunicorn freesport.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freesport.settings.prod")

application = get_wsgi_application()
