"""The Celery application: `celery -A freesport worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freesport.settings.dev")

app = Celery("freesport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
