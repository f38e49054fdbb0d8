"""The portal's groups appear with the first migration and survive every later one."""

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db.models.signals import post_migrate

from apps.products.roles import OPERATORS, PERMISSIONS, VIEWERS, ensure_groups

pytestmark = pytest.mark.django_db


def codenames(name: str) -> set[str]:
    return set(
        Group.objects.get(name=name).permissions.values_list("codename", flat=True).order_by()
    )


def migrated() -> None:
    config = apps.get_app_config("products")
    post_migrate.send(sender=config, app_config=config, verbosity=0, using="default", apps=apps)


class TestFirstMigration:
    def test_the_test_database_was_migrated_once_and_has_the_operators(self) -> None:
        assert codenames(OPERATORS) == {
            "view_importsession",
            "run_import",
            "cancel_import",
            "export_importsession",
        }

    def test_viewers_may_look_and_export_and_no_more(self) -> None:
        assert codenames(VIEWERS) == {"view_importsession", "export_importsession"}

    def test_nobody_may_lift_the_brake_on_mass_hiding_by_group(self) -> None:
        assert not Group.objects.filter(permissions__codename="allow_mass_hide").exists()

    def test_groups_come_with_permissions_even_when_no_permission_exists_yet(self) -> None:
        Group.objects.all().delete()
        Permission.objects.filter(content_type__app_label="products").delete()
        ensure_groups(sender=apps.get_app_config("products"))
        assert codenames(OPERATORS) == PERMISSIONS[OPERATORS]

    def test_a_migration_without_auth_leaves_nothing_to_do(self) -> None:
        Group.objects.all().delete()
        ensure_groups(sender=apps.get_app_config("products"), apps=Apps())
        assert not Group.objects.exists()


class TestLaterMigrations:
    def test_the_migrate_command_makes_a_missing_group_again(self) -> None:
        Group.objects.get(name=VIEWERS).delete()
        call_command("migrate", verbosity=0)
        assert codenames(VIEWERS) == PERMISSIONS[VIEWERS]

    def test_what_an_administrator_added_stays(self) -> None:
        extra = Permission.objects.get(codename="allow_mass_hide")
        Group.objects.get(name=OPERATORS).permissions.add(extra)
        migrated()
        assert codenames(OPERATORS) == PERMISSIONS[OPERATORS] | {"allow_mass_hide"}

    def test_what_the_project_promises_is_given_back(self) -> None:
        Group.objects.get(name=VIEWERS).permissions.clear()
        migrated()
        assert codenames(VIEWERS) == PERMISSIONS[VIEWERS]

    def test_nothing_is_doubled(self) -> None:
        migrated()
        migrated()
        assert Group.objects.filter(name__in=PERMISSIONS).count() == 2
