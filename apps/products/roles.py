"""The two groups of the import portal and what they may do (docs/howto/grant-access.md).

Permissions exist only after `migrate` has run, so the groups are made by `post_migrate`, on the
first migration as on every later one. A group keeps whatever an administrator has added to it; what
the project promises of a group is given back when it is missing.
"""

from django.apps import apps as installed_apps
from django.apps.config import AppConfig
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS

OPERATORS = "1C import operators"
VIEWERS = "1C import viewers"

# Code names within the app `products`. `allow_mass_hide` is given by hand, to named people.
PERMISSIONS: dict[str, frozenset[str]] = {
    OPERATORS: frozenset(
        {"view_importsession", "run_import", "cancel_import", "export_importsession"}
    ),
    VIEWERS: frozenset({"view_importsession", "export_importsession"}),
}


def ensure_groups(
    sender: AppConfig,
    using: str = DEFAULT_DB_ALIAS,
    apps: Apps = installed_apps,
    **_signal: object,
) -> None:
    """Make the groups and give them what they lack: the receiver of `post_migrate`.

    A migration that stopped short of the tables of `auth` or of this app leaves nothing to do.
    """
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
        apps.get_model("products", "ImportSession")
    except LookupError:
        return
    # Whichever receiver comes first: the permissions are there when we look for them.
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    permissions = permission_model.objects.using(using).filter(content_type__app_label="products")
    for name, codenames in PERMISSIONS.items():
        group, _created = group_model.objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))
