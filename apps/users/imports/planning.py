"""What is to become of a chunk's customers, decided before anything is written.

Nothing here writes or tells: a plan may be thrown away and made again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.products.imports.entities import Key
from apps.products.imports.merge import Row, fingerprint
from apps.products.imports.rows import State

from .accounts import Account, Book, FoundBy
from .entity import ONEC_FIELDS
from .masks import mask_email
from .reading import Customer, LeftOut

# What an empty value in 1C still says something about.
_ALWAYS_SAID = {"email", "customer_type"}


@dataclass(slots=True)
class Decision:
    """What one record comes to. Without a `row` nothing changes, or `left_out` says why not.

    `before` and `after` are the values of `ONEC_FIELDS`; `conflict` names the fields where the
    shop's own values give way to 1C's.
    """

    customer: Customer
    account: Account | None = None
    found_by: FoundBy = FoundBy.NOTHING
    row: Row | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()
    remarks: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    left_out: LeftOut | None = None


@dataclass(slots=True)
class Plan:
    """Decisions in reading order. `known` are the states that the merge starts from.

    `released` are accounts that give up an e-mail address which another one takes.
    """

    decisions: list[Decision] = field(default_factory=list)
    known: dict[Key, State] = field(default_factory=dict)
    released: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)


def make_plan(customers: Iterable[Customer], accounts: Iterable[Account]) -> Plan:
    """Decide on each customer in turn, each against what the one before left."""
    planner = _Planner(accounts)
    for customer in customers:
        planner.decide(customer)
    return planner.plan


class _Planner:
    def __init__(self, accounts: Iterable[Account]) -> None:
        accounts = list(accounts)
        self._book = Book(accounts)
        self._holders = {a.email_key: a for a in accounts if a.email_key}
        self.plan = Plan()

    def decide(self, customer: Customer) -> None:
        decision = Decision(customer)
        try:
            if customer.deleted:
                self._delete(decision)
            else:
                self._bring(decision)
        except LeftOut as reason:
            decision.left_out = reason
        self.plan.decisions.append(decision)

    def _delete(self, decision: Decision) -> None:
        customer = decision.customer
        account = decision.account = self._book.known(customer)
        if account is not None:
            _check_deletable(account)
            if account.deactivated:  # done before; if staff switched it on again, it stays on
                return
            self._remember(account, customer.onec_id)
            self._touch(account)
            account.deactivate()
        decision.row = Row(customer.onec_id, (), 0, deleted=True)

    def _bring(self, decision: Decision) -> None:
        customer = decision.customer
        account, decision.found_by = self._book.find(customer)
        decision.account = account
        decision.after = self._values(decision)
        digest = fingerprint(*decision.after)
        # The mark of a deactivation ends with the customer's return.
        decision.row = Row(customer.onec_id, (*decision.after, False), digest)
        if account is None:
            account = Account(None, None, decision.after, "", None)
        else:
            self._compare(decision, account, digest)
        self._free_address(account, decision.after[0].lower())
        self._book.change(account, customer.onec_id, decision.after, digest)

    def _compare(self, decision: Decision, account: Account, digest: int) -> None:
        decision.before = account.values
        differs = decision.before != decision.after
        if differs and _is_shops_own(account, decision.found_by):
            decision.conflict = _overwritten(decision.before, decision.after)
        state = account.state
        if state is None:
            return
        if self._remember(account, decision.customer.onec_id) and (
            differs or decision.found_by is not FoundBy.ONEC_ID
        ):
            state.fingerprint = None
        if state.fingerprint != digest or state.is_active is state.hidden_by_staff:
            self._touch(account)

    def _values(self, decision: Decision) -> tuple[str, ...]:
        said, account = decision.customer.values, decision.account
        values = (self._email(decision), *said[1:])
        if account is None or account.made_by_import:
            return values
        # What the customer told the shop stays where 1C says nothing.
        return tuple(
            value or (kept if name not in _ALWAYS_SAID else "")
            for name, value, kept in zip(ONEC_FIELDS, values, account.values, strict=True)
        )

    def _email(self, decision: Decision) -> str:
        """Give the address: the account's own where its owner registered with it, else 1C's.

        Whoever sets the address of an account can have its password reset, so 1C changes only
        those of accounts that imports made.
        """
        customer, account = decision.customer, decision.account
        if account and account.email_key and not account.made_by_import:
            if customer.email and customer.email_key != account.email_key:
                decision.remarks.append(("email_kept", {"email": mask_email(customer.email)}))
            return account.values[0]
        holder = self._book.holder(customer.email_key)
        if holder is None or holder is account:
            return customer.email
        other = holder.onec_id or "—"
        decision.remarks.append(
            ("email_taken", {"email": mask_email(customer.email), "other": other})
        )
        return ""

    def _free_address(self, account: Account, email_key: str) -> None:
        """Have an address freed whose holder in the database gives it up in this very chunk."""
        holder = self._holders.get(email_key) if email_key else None
        if holder is not None and holder is not account and holder.state is not None:
            self.plan.released.add(holder.state.id)
            self._touch(holder)

    def _remember(self, account: Account, onec_id: str) -> bool:
        """Give the merge the account's state; say whether this is its first record here."""
        first = onec_id not in self.plan.known
        if first and account.state is not None:
            self.plan.known[onec_id] = account.state
        return first

    def _touch(self, account: Account) -> None:
        if account.state is not None:
            self.plan.touched.add(account.state.id)


def _check_deletable(account: Account) -> None:
    if account.is_staff:
        raise LeftOut("staff_account", on_purpose=True)
    if not account.made_by_import:
        raise LeftOut("deleted_account_kept", on_purpose=True)


def _is_shops_own(account: Account, found_by: FoundBy) -> bool:
    """Whether somebody else than the last import wrote what the account holds."""
    if found_by is not FoundBy.ONEC_ID:
        return True
    if account.fingerprint is None:
        return not account.deactivated
    return account.fingerprint != fingerprint(*account.values)


def _overwritten(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        name
        for name, old, new in zip(ONEC_FIELDS, before, after, strict=True)
        if old and old != new
    )
