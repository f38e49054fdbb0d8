"""What must hold before and while an import runs, each with a sentence for who reads it."""

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from apps.common.commerceml.inventory import Inventory

from ..models import ImportSession
from ..sessions.parameters import Parameters
from ..sessions.states import Trigger
from .errors import ImportFailed


def check_directory(session: ImportSession, parameters: Parameters) -> None:
    """Raise `ImportFailed` unless there is a directory that this session may read.

    The portal reads below `ONEC_DATA_DIR` alone. Its form has checked that; a link may have changed
    since, so it is looked at again here. Who has a shell may read any directory.
    """
    directory = parameters.data_dir
    root = settings.ONEC_DATA_DIR
    from_portal = session.trigger == Trigger.PORTAL
    if from_portal and not directory.resolve().is_relative_to(root.resolve()):
        raise ImportFailed(
            _("%(path)s lies outside %(root)s, so the portal does not read it.")
            % {"path": directory, "root": root}
        )
    if not directory.is_dir():
        raise ImportFailed(
            _("The data directory %(path)s does not exist. Copy the export there, then try again.")
            % {"path": directory}
        )


def nothing_readable(parameters: Parameters, inventory: Inventory) -> str:
    """Say why there is nothing to import."""
    if not inventory.files:
        return _("%(path)s holds no XML file. Copy the export there, then try again.") % {
            "path": parameters.data_dir
        }
    return _(
        "No file in %(path)s could be read as 1C content (files: %(count)d). See the issues."
    ) % {"count": len(inventory.files), "path": parameters.data_dir}


def unforeseen(error: Exception) -> str:
    """Say what ended a run that nobody wrote a sentence for."""
    if isinstance(error, DatabaseError):
        return _("The database refused: %(reason)s") % {"reason": str(error).strip()}
    return _("An error nobody foresaw: %(kind)s: %(reason)s. The server's log has the details.") % {
        "kind": type(error).__name__,
        "reason": error,
    }
