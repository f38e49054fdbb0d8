"""WSGI entry point: `gunicorn freesport.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from freesport.patience import limit_lock_waits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freesport.settings.prod")

limit_lock_waits()
application = get_wsgi_application()
