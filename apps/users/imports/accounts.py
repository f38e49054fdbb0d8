"""The shop's accounts, as a chunk finds them and as it has left them so far."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from apps.products.imports.rows import State
from apps.products.imports.sql import text_array
from apps.products.imports.store import Store

from .entity import CUSTOMERS, ONEC_FIELDS
from .reading import Customer, LeftOut


class FoundBy(StrEnum):
    """What told whose account a customer's is."""

    ONEC_ID = "onec_id"
    INN = "tax_id"
    EMAIL = "email"
    NOTHING = ""


@dataclass(slots=True)
class Account:
    """One account. `state` is its row in the database, None while it is only planned.

    `email_key` is its address without regard to letter case.
    """

    state: State | None
    onec_id: str | None
    values: tuple[str, ...]
    email_key: str
    fingerprint: int | None
    is_active: bool = True
    deactivated: bool = False
    made_by_import: bool = True
    is_staff: bool = False

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> "Account":
        """Read a row of `look_up`."""
        row_id, fingerprint, is_active, off_by_staff, onec_id, *extra, email_key = row
        end = len(ONEC_FIELDS)
        deactivated, made_by_import, is_staff, is_superuser = extra[end:]
        return cls(
            State(row_id, fingerprint, is_active, off_by_staff, tuple(extra)),
            onec_id,
            tuple(extra[:end]),
            email_key,
            fingerprint,
            is_active,
            deactivated,
            made_by_import,
            is_staff or is_superuser,
        )

    def deactivate(self) -> None:
        """Note that the import switches the account off, unless it is off already."""
        if self.is_active:
            self.is_active, self.deactivated, self.fingerprint = False, True, None

    def become(self, onec_id: str, values: tuple[str, ...], fingerprint: int) -> None:
        """Note what an import writes; it ends a deactivation by an import."""
        self.onec_id, self.values, self.fingerprint = onec_id, values, fingerprint
        self.email_key = values[0].lower()
        self.is_active |= self.deactivated
        self.deactivated = False


def look_up(
    store: Store, customers: Sequence[Customer], absent: Collection[str] = ()
) -> list[Account]:
    """Give every account that has the id, INN or e-mail address of one of the customers.

    `absent` are ids that need no look.
    """
    rows = f"SELECT rows.*, lower(email) FROM {store.relation(CUSTOMERS)} AS rows WHERE"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"{rows} onec_id = ANY(%s::text[]) "
            f"UNION ALL {rows} tax_id = ANY(%s::text[]) AND tax_id <> '' "
            f"UNION ALL {rows} lower(email) = ANY(%s::text[]) AND email <> ''",
            [
                text_array(c.onec_id for c in customers if c.onec_id not in absent),
                text_array(c.inn for c in customers if c.inn),
                text_array(c.email_key for c in customers if c.email_key),
            ],
        )
        by_id = {row[0]: row for row in cursor}
    accounts = [Account.from_row(by_id[row_id]) for row_id in sorted(by_id)]
    waiting = store.departures.pending(CUSTOMERS)
    for account in accounts:
        if account.state and account.state.id in waiting:
            account.state.is_active, account.state.fingerprint = False, None
            account.deactivate()
    return accounts


class Book:
    """Accounts by what they are found by. It follows the plan, record by record.

    An account that 1C knows by another id is another customer: branches share their head office's
    INN. So only accounts that 1C does not know yet are found by INN or e-mail address.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._by_onec_id: dict[str, Account] = {}
        self._by_inn: dict[str, list[Account]] = defaultdict(list)
        self._by_email: dict[str, Account] = {}
        for account in accounts:
            self._by_inn[account.values[ONEC_FIELDS.index("tax_id")]].append(account)
            self._enter(account)

    def find(self, customer: Customer) -> tuple[Account | None, FoundBy]:
        """Give the customer's account and what told.

        Raises:
            LeftOut: several accounts may be meant, or the account is a staff member's.
        """
        if account := self.known(customer):
            return _unless_staff(account), FoundBy.ONEC_ID
        if account := self._with_inn(customer):
            return _unless_staff(account), FoundBy.INN
        account = self.holder(customer.email_key)
        if account and (account.onec_id is None or account.is_staff):
            return _unless_staff(account), FoundBy.EMAIL
        return None, FoundBy.NOTHING

    def known(self, customer: Customer) -> Account | None:
        """Give the account that has the customer's 1C id."""
        return self._by_onec_id.get(customer.onec_id)

    def holder(self, email_key: str) -> Account | None:
        """Give the account that has this e-mail address."""
        return self._by_email.get(email_key) if email_key else None

    def change(
        self, account: Account, onec_id: str, values: tuple[str, ...], fingerprint: int
    ) -> None:
        """Note what an account becomes (or that it comes into being)."""
        if self._by_email.get(account.email_key) is account:
            del self._by_email[account.email_key]
        account.become(onec_id, values, fingerprint)
        self._enter(account)

    def _enter(self, account: Account) -> None:
        if account.onec_id is not None:
            self._by_onec_id[account.onec_id] = account
        if account.email_key:
            self._by_email[account.email_key] = account

    def _with_inn(self, customer: Customer) -> Account | None:
        """Give the one account with the customer's INN; several are narrowed by e-mail."""
        hits = [a for a in self._by_inn.get(customer.inn, ()) if a.onec_id is None]
        hits = [a for a in hits if not a.is_staff] or hits[:1]
        if not customer.inn or not hits:
            return None
        if len(hits) > 1:
            hits = [a for a in hits if customer.email and a.email_key == customer.email_key]
        if len(hits) != 1:
            raise LeftOut("tax_id_ambiguous")
        return hits[0]


def _unless_staff(account: Account) -> Account:
    if account.is_staff:
        raise LeftOut("staff_account", on_purpose=True)
    return account
