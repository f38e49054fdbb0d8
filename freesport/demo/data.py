"""The demo's database, people and exports."""

import io
from pathlib import Path

from django.core.management import call_command

from freesport.demo.place import Place

PRODUCTS = 300
CUSTOMERS = 60
CHANGED_SHARE = 0.1


def prepare_database() -> None:
    """Bring the schema up to date and make the people to log in as."""
    call_command("migrate", verbosity=0)
    call_command("make_demo_users", stdout=io.StringIO())


def prepare_exports(place: Place) -> None:
    """Write the exports that are not there yet: the whole shop, and a later delta of it."""
    _generate(place.exports / "full", full=True)
    _generate(place.exports / "changes", change_share=CHANGED_SHARE)


def _generate(directory: Path, **options: object) -> None:
    if not directory.is_dir():  # the generator puts a directory in its place as a whole
        call_command(
            "generate_1c_export",
            output=str(directory),
            products=PRODUCTS,
            customers=CUSTOMERS,
            stdout=io.StringIO(),
            **options,
        )
