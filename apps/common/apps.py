"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Shared ground of the apps."""

    name = "apps.common"
    verbose_name = _("Audit logs")
