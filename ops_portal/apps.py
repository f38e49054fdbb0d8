"""App configuration of the portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpsPortalConfig(AppConfig):
    """Brings the portal's static files and template tags; it has no models."""

    name = "ops_portal"
    verbose_name = _("Operations")
