"""The extension for text search: made by migrate, or else the operator is told who must."""

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.state import ProjectState

from apps.common.extensions import TextSearchExtension

ROLE = "freesport_test_without_rights"


def create():
    """Do what the migration does."""
    state = ProjectState()
    with connection.schema_editor() as editor:
        TextSearchExtension().database_forwards("products", editor, state, state)


@pytest.fixture
def without_rights(db):
    """A user who may create no extension, in a database that lacks it; rolled back after all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("Only a superuser can become another user here.")
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute(f"CREATE ROLE {ROLE}; SET LOCAL ROLE {ROLE}")


class TestTextSearchExtension:
    def test_a_user_without_the_right_is_told_what_to_ask_for(self, without_rights):
        with pytest.raises(CommandError) as caught:
            create()
        assert "permission denied" in str(caught.value)
        assert "have a superuser run" in str(caught.value)
        assert "CREATE EXTENSION pg_trgm;" in str(caught.value)

    def test_what_is_there_already_needs_no_right(self, db):
        create()

    def test_it_stays_when_the_migration_is_undone(self, db):
        state = ProjectState()
        with connection.schema_editor() as editor:
            TextSearchExtension().database_backwards("products", editor, state, state)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
            assert cursor.fetchone() == (1,)
