"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    """Customers and staff."""

    name = "apps.users"
    verbose_name = _("Users")
