"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    """Health and figures."""

    name = "apps.monitoring"
    verbose_name = _("Monitoring")
