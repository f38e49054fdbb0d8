"""Extensions of PostgreSQL that migrations need."""

from typing import Any

from django.contrib.postgres.operations import TrigramExtension
from django.core.management.base import CommandError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState
from django.db.utils import Error

_MISSING = (
    "The database needs the extension pg_trgm, which finds text within the errors of imports, and "
    "its user %(user)s could not create it: %(reason)s. Install PostgreSQL's contrib package on "
    "the server if it lacks the extension. Then have a superuser run, in the database %(name)s: "
    "CREATE EXTENSION pg_trgm; and migrate again."
)


class TextSearchExtension(TrigramExtension):
    """Creates pg_trgm unless it is there, or says who must.

    The extension is a trusted one: the right to create objects in the database is enough. Going
    back leaves it alone, for others may use it by then.

    Raises:
        CommandError: the user may not create it, or the server does not have it.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the extension."""
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        except Error as error:
            settings = schema_editor.connection.settings_dict
            values = {
                "user": settings["USER"],
                "name": settings["NAME"],
                "reason": str(error).partition("\n")[0],
            }
            raise CommandError(_MISSING % values) from error

    def database_backwards(self, *_args: Any) -> None:
        """Leave the extension where it is."""
