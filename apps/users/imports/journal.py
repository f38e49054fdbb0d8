"""The customers' audit log: `CustomerSyncLog` rows of a chunk, written with the chunk by COPY."""

import json
import time
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from apps.common.models import CustomerSyncLog
from apps.products.imports.copying import copy_rows
from apps.products.imports.counters import Outcome
from apps.products.issues import sentence_for
from apps.products.models import ImportSession
from apps.products.models.base import ONEC_ID_LENGTH
from apps.products.sessions.audit import correlation_of

from ..models import User
from .entity import ONEC_FIELDS
from .planning import Decision
from .reading import LeftOut

Operation = CustomerSyncLog.Operation
Status = CustomerSyncLog.Outcome

_TABLE = CustomerSyncLog._meta.db_table  # noqa: SLF001  (Django's documented model API)
_COLUMNS = (
    "customer_id",
    "operation_type",
    "status",
    "details",
    "duration_ms",
    "correlation_id",
    "session_id",
    "onec_id",
    "error_message",
)
_OPERATIONS = {
    Outcome.CREATED: Operation.CREATED,
    Outcome.UPDATED: Operation.UPDATED,
    Outcome.SKIPPED: Operation.SKIPPED,
}
DELETED_IN_ONEC = {"deleted_in_1c": True}
_Entry = tuple[int | None, Operation, Status, dict[str, Any], str, str]


class Journal:
    """What was done with the customers of one chunk. The clock runs from its making."""

    def __init__(self, session: ImportSession) -> None:
        self._session = session
        self._started = time.monotonic()
        self._entries: list[_Entry] = []

    def left_out(self, onec_id: str, reason: LeftOut, account_id: int | None) -> None:
        """Note a customer who is not written. Of a staff account no more than its number."""
        operation, status = (
            (Operation.SKIPPED, Status.WARNING)
            if reason.on_purpose
            else (Operation.FAILED, Status.FAILED)
        )
        sentence = _sentence(get_language(), reason.code, tuple(reason.params.items()))
        details = {"code": reason.code, **reason.params}
        self._add(account_id, operation, status, details, onec_id, sentence)

    def merged(self, decision: Decision, outcome: Outcome, account_id: int | None) -> None:
        """Note what was written; what 1C overwrites of the shop's own comes first.

        Accounts are switched off when the run ends: then comes their row.
        """
        if outcome not in _OPERATIONS:
            return
        onec_id = decision.customer.onec_id
        details = _details(decision)
        if decision.conflict:
            archive = details | _archive(decision)
            self._add(account_id, Operation.CONFLICT, Status.WARNING, archive, onec_id)
        status = Status.WARNING if "remarks" in details else Status.SUCCESS
        self._add(account_id, _OPERATIONS[outcome], status, details, onec_id)

    def switched_off(self, account: User) -> None:
        """Note that an account was switched off because 1C deleted the customer."""
        self._add(
            account.pk, Operation.HIDDEN, Status.SUCCESS, DELETED_IN_ONEC, account.onec_id or ""
        )

    def save(self) -> None:
        """Write the rows, within the chunk's transaction."""
        if not self._entries:
            return
        run = (self._milliseconds(), str(correlation_of(self._session)), self._session.pk)
        copy_rows(_TABLE, _COLUMNS, [_row(entry, run) for entry in self._entries])

    def _milliseconds(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def _add(
        self,
        account_id: int | None,
        operation: Operation,
        status: Status,
        details: dict[str, Any],
        onec_id: str,
        sentence: str = "",
    ) -> None:
        self._entries.append((account_id, operation, status, details, onec_id, sentence))


# The same few reasons again and again: most of the time goes into looking for the translation.
@lru_cache(maxsize=256)
def _sentence(_language: str | None, code: str, params: tuple[tuple[str, Any], ...]) -> str:
    return sentence_for(code, dict(params))


def _details(decision: Decision) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if decision.found_by:
        details["matched_by"] = decision.found_by.value
    if decision.before:
        details["changed"] = [
            name
            for name, old, new in zip(ONEC_FIELDS, decision.before, decision.after, strict=True)
            if old != new
        ]
    if remarks := [*decision.customer.remarks, *(code for code, _params in decision.remarks)]:
        details["remarks"] = remarks
    return details | (DELETED_IN_ONEC if decision.customer.deleted else {})


def _archive(decision: Decision) -> dict[str, Any]:
    return {
        "conflict": list(decision.conflict),
        "before": dict(zip(ONEC_FIELDS, decision.before, strict=True)),
        "after": dict(zip(ONEC_FIELDS, decision.after, strict=True)),
    }


def _row(entry: _Entry, run: tuple[Any, ...]) -> tuple[Any, ...]:
    account_id, operation, status, details, onec_id, sentence = entry
    text = json.dumps(details, ensure_ascii=False) if details else "{}"
    shown_id = onec_id[:ONEC_ID_LENGTH]
    return (account_id, operation.value, status.value, text, *run, shown_id, sentence)
