"""The sentences of a session's log, in the language of who reads it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .wording import Lenient, in_words

_SENTENCES: dict[str, Promise] = {
    "started": _("Started by %(worker)s."),
    "backed_up": _("Database backed up to %(path)s (%(size)s)."),
    "inventory": _("Found %(files)s files with %(records)s records to read."),
    "file": _("Reading %(file)s (%(stage)s)."),
    "file_failed": _("%(file)s: %(reason)s"),
    "published_again": _("No worker has begun yet: told them again."),
    "refused_another": _("%(who)s wanted to start an import meanwhile and was refused."),
    "cancel_requested": _("%(who)s asked to cancel. %(reason)s"),
    "reconnected": _(
        "The connection to the database was lost (%(reason)s) and is back; the open step is done "
        "again."
    ),
    "recovered": _("Ended by recovery. %(reason)s"),
    "completed": _("Completed."),
    "failed": _("Failed. %(error)s"),
    "cancelled": _("Cancelled. %(error)s"),
}

CODES = tuple(_SENTENCES)


def sentence_for(code: str, params: Mapping[str, Any]) -> str:
    """Give a log line's sentence in the active language; an unknown code speaks for itself."""
    text = _SENTENCES.get(code)
    return code if text is None else str(text) % Lenient(in_words(params))
