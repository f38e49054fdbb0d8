"""`manage.py` without the proof of ownership: what the fault tests must catch.

Run as a program in place of `manage.py`: every chunk then believes that it owns its session, and no
heartbeat hears that it does not.
"""

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    """Switch the proof off and run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freesport.settings.test")
    django.setup()
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from apps.products.models import ImportSession  # noqa: PLC0415
    from apps.products.sessions import leases, lifecycle  # noqa: PLC0415

    leases.beat = lambda *_beat: False
    # The lock as ever, but whose the session is does not matter.
    rows = ImportSession.objects.select_for_update(no_key=True)
    lifecycle.prove_ownership = lambda session: rows.get(pk=session.pk)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
