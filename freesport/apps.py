"""App configuration of the composition root."""

from django.apps import AppConfig


class FreesportConfig(AppConfig):
    """Makes shared tasks meet the project's Celery application in every process."""

    name = "freesport"
    verbose_name = "FREESPORT"

    def ready(self) -> None:
        """Bind `@shared_task` to our broker settings before anything publishes."""
        from .celery import app  # noqa: PLC0415  (needs configured settings)

        app.set_default()
