"""What lies in a data directory, told before an import."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.commerceml import Inventory, Kind, NoDirectory, SourceFile
from apps.products.imports.stages import stages_for
from apps.products.sessions.states import ImportType
from apps.products.wording import reason_in_words
from ops_portal.preflight import Check, Level
from ops_portal.runs import Amount, Sheet

from . import words

# Broken files that are named; the others are counted.
NAMED = 3


def kinds_of(import_type: ImportType, file_type: str) -> frozenset[Kind]:
    """Give the kinds of content that an import reads."""
    if import_type is ImportType.CUSTOMERS:
        return frozenset({Kind.CUSTOMERS})
    return frozenset(stage.kind for stage in stages_for(file_type))


def unreadable(error: NoDirectory) -> Check:
    """Say that the directory cannot be looked into."""
    return _data(
        Level.BLOCK,
        _("The directory cannot be read: %(reason)s.") % {"reason": error},
        _("Ask your administrator to make it readable, or to correct ONEC_DATA_DIR."),
    )


def nothing_there(directory: object) -> Check:
    """Say that there is no file to import."""
    return _data(
        Level.BLOCK,
        _("%(directory)s holds no XML file, so there is nothing to import.")
        % {"directory": directory},
        _("Copy an export from 1C there, for example with sync_import_data.ps1."),
    )


def being_looked_at() -> Check:
    """Say that the look is not done yet."""
    return _data(Level.NOTE, _("The files are being looked through…"))


def found(inventory: Inventory, kinds: Iterable[Kind], directory: object) -> list[Check]:
    """Say what was found, and what of it cannot be read or would not be imported."""
    if not inventory.files:
        return [nothing_there(directory)]
    if not inventory.readable:
        return [
            _data(
                Level.BLOCK,
                _("None of the files can be read as content from 1C: %(files)s.")
                % {"files": _named(inventory.problems)},
                _("Copy the export again, or export again in 1C."),
            )
        ]
    totals = inventory.totals()
    checks = [_data(Level.OK, _size_and_age(inventory))]
    if not any(totals.get(kind) for kind in kinds):
        checks = [
            _data(
                Level.WARNING,
                _("The files hold nothing of what you are about to import."),
                _("Choose another scope, or export it in 1C."),
            )
        ]
    if inventory.problems:
        checks.append(_problems(inventory))
    return checks


def sheet_of(inventory: Inventory) -> Sheet:
    """Lay out each kind of content with its files, records, size and age."""
    return Sheet(
        caption=_("Found in the directory"),
        headers=[_("Content"), _("Files"), _("Records"), _("Size"), _("Newest file")],
        rows=[_row(inventory, kind, total) for kind, total in inventory.totals().items()],
    )


def _row(inventory: Inventory, kind: Kind, total: int) -> list[Any]:
    files = inventory.with_kind(kind)
    return [
        words.entity(kind.value),
        len(files),
        total,
        Amount(filesizeformat(sum(file.size for file in files))),
        _age(files),
    ]


def difference(inventory: Inventory, source: Mapping[str, Any]) -> str:
    """Say how the files differ from those of an earlier session, by their checksums."""
    before = {file.get("name"): file.get("sha256") for file in source.get("files", [])}
    now = {file.name: file.sha256 for file in inventory.files}
    parts = (
        (_("new: %(count)s"), len(now.keys() - before.keys())),
        (_("changed: %(count)s"), sum(before.get(n, d) != d for n, d in now.items())),
        (_("gone: %(count)s"), len(before.keys() - now.keys())),
    )
    return ", ".join(text % {"count": count} for text, count in parts if count)


def _problems(inventory: Inventory) -> Check:
    count = len(inventory.problems)
    text = ngettext(
        "%(count)d file cannot be read and would be left out: %(files)s.",
        "%(count)d files cannot be read and would be left out: %(files)s.",
        count,
    )
    return Check(
        _("Unreadable files"),
        Level.WARNING,
        text % {"count": count, "files": _named(inventory.problems)},
        _("Copy them again, or export again in 1C. Until then nothing absent is hidden."),
    )


def _named(files: tuple[SourceFile, ...]) -> str:
    named = [
        f"{file.name} ({reason_in_words(file.problem.text)})"
        for file in files[:NAMED]
        if file.problem
    ]
    return ", ".join([*named, *(["…"] if len(files) > NAMED else [])])


def _size_and_age(inventory: Inventory) -> str:
    count = len(inventory.files)
    text = ngettext(
        "%(count)d file, %(size)s; the newest was written %(age)s.",
        "%(count)d files, %(size)s; the newest was written %(age)s.",
        count,
    )
    size = filesizeformat(sum(file.size for file in inventory.files))
    return text % {"count": count, "size": size, "age": _age(inventory.readable)}


def _age(files: tuple[SourceFile, ...]) -> str:
    newest = max(file.mtime for file in files)
    return str(naturaltime(datetime.fromtimestamp(newest, tz=UTC)))


def _data(level: Level, message: str, advice: str = "") -> Check:
    return Check(_("Export from 1C"), level, message, advice)
