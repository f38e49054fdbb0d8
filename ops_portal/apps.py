"""App configuration of the portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpsPortalConfig(AppConfig):
    """Brings pages, static files, template tags, and what is remembered of visitors."""

    name = "ops_portal"
    verbose_name = _("Operations")
