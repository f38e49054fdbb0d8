"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProductsConfig(AppConfig):
    """Catalogue and imports."""

    name = "apps.products"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        """Make the portal's groups whenever this app has been migrated; watch over imports."""
        # Before a worker forks: both connect to Celery's signals, and one shares memory.
        from .imports import stopping, watchman  # noqa: F401, PLC0415
        from .roles import ensure_groups  # noqa: PLC0415  (needs loaded apps)

        post_migrate.connect(ensure_groups, sender=self, dispatch_uid="products.roles")
