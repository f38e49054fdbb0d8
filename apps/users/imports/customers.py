"""Customers: one chunk of counterparties into the shop."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q

from apps.common.commerceml import Kind, Record
from apps.products.imports.context import Context
from apps.products.imports.counters import Outcome
from apps.products.imports.merge import merge
from apps.products.imports.pipeline import Chunk
from apps.products.imports.stages import Stage

from ..models import User
from .absence import Absence
from .accounts import look_up
from .discretion import discreet
from .entity import CUSTOMERS
from .journal import Journal
from .newcomers import initial_values
from .planning import Decision, Plan, make_plan
from .reading import Customer, LeftOut, Reading, read_customer


def import_customers(context: Context, readings: Sequence[Reading | Record]) -> None:
    """Bring customers in, and leave a row in the log for each that is touched."""
    journal = Journal(context.session)
    customers = _read(context, journal, readings)
    absence = context.helper(Absence)
    with discreet():
        if isinstance(readings, Chunk) and readings.together:
            absence.look(readings.together)
        _carry_out(context, journal, _settled_plan(context, customers))
        absence.forget(customers)
        if not context.session.dry_run:
            journal.save()


def see_off(context: Context) -> None:
    """Look after accounts that are switched off, before that happens and once it has.

    Before: whoever became a staff member during the run stays. After: the log gets its rows.
    """
    waiting = context.store.departures.pending(CUSTOMERS)
    accounts = User.objects.filter(pk__in=waiting)
    staff = accounts.filter(Q(is_staff=True) | Q(is_superuser=True))
    waiting.difference_update(staff.values_list("pk", flat=True))
    if not context.session.dry_run:
        journal = Journal(context.session)
        for account in accounts.filter(deactivated_by_1c=True, is_active=False).order_by("pk"):
            journal.switched_off(account)
        journal.save()


STAGES = (Stage(Kind.CUSTOMERS, CUSTOMERS, import_customers, after=see_off, prepare=read_customer),)


def _read(
    context: Context, journal: Journal, readings: Sequence[Reading | Record]
) -> list[Customer]:
    """Tell what is to be told of the records; give those that are customers to bring in."""
    customers = []
    for reading in readings:
        if not isinstance(reading, Reading):
            continue
        if reading.left_out is not None:
            _leave_out(context, journal, reading.customer, reading.left_out)
            continue
        for code, params in reading.remarks:
            context.warn(
                CUSTOMERS,
                code,
                onec_id=reading.customer.onec_id,
                line=reading.customer.line,
                **params,
            )
        customers.append(reading.customer)
    return customers


def _settled_plan(context: Context, customers: Sequence[Customer]) -> Plan:
    """Make a plan that nobody can upset: accounts to be changed are locked, then looked at again.

    So an account that becomes a staff member's in this moment is left alone, and what a customer
    saves in this moment gets into the archive. A dry run locks nothing.
    """
    locked: set[int] = set()
    absent = context.helper(Absence).of(customers)
    while True:
        accounts = look_up(context.store, customers, absent) if customers else ()
        plan = make_plan(customers, accounts)
        missing = plan.touched - locked
        if context.session.dry_run or not missing:
            return plan
        _lock(missing)
        locked |= missing


def _carry_out(context: Context, journal: Journal, plan: Plan) -> None:
    for decision in plan.decisions:
        _tell(context, journal, decision)
    written = [d for d in plan.decisions if d.row is not None]
    taken = set() if context.session.dry_run else _release_and_look(context, plan, written)
    merged = merge(
        context.store,
        CUSTOMERS,
        [d.row for d in written if d.row is not None],
        initial=initial_values(taken),
        known=plan.known,
    )
    context.count(CUSTOMERS, merged)
    for decision, outcome in zip(written, merged.outcomes, strict=True):
        state = merged.states.get(decision.customer.onec_id)
        journal.merged(decision, outcome, state.id if state else None)


def _tell(context: Context, journal: Journal, decision: Decision) -> None:
    """Make issues of what the plan found, and count what it leaves alone."""
    customer = decision.customer
    if decision.left_out is not None:
        state = decision.account.state if decision.account else None
        _leave_out(context, journal, customer, decision.left_out, state.id if state else None)
        return
    if decision.row is None:
        context.counters.add(CUSTOMERS.name, Outcome.UNCHANGED)
    remarks = list(decision.remarks)
    if decision.conflict:
        fields = ", ".join(decision.conflict)
        remarks.append(("customer_conflict", {"fields": fields}))
    for code, params in remarks:
        context.warn(CUSTOMERS, code, onec_id=customer.onec_id, line=customer.line, **params)


def _leave_out(
    context: Context,
    journal: Journal,
    customer: Customer,
    reason: LeftOut,
    account_id: int | None = None,
) -> None:
    say = context.skip if reason.on_purpose else context.reject
    say(CUSTOMERS, reason.code, onec_id=customer.onec_id, line=customer.line, **reason.params)
    journal.left_out(customer.onec_id, reason, account_id)


def _release_and_look(context: Context, plan: Plan, written: Sequence[Decision]) -> set[str]:
    """Free addresses that change hands, then give the logins that newcomers can't have."""
    if plan.released:
        _run(f"UPDATE {CUSTOMERS.table} SET email = '' WHERE id = ANY(%s)", plan.released)  # noqa: S608
    new = [d.customer for d in written if d.account is None and not d.customer.deleted]
    return context.helper(Absence).taken_logins(new)


def _lock(ids: set[int]) -> None:
    """Lock accounts against others' changes; rows may still refer to them."""
    _run(
        f"SELECT FROM {CUSTOMERS.table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        ids,
    )


def _run(statement: str, ids: set[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(ids)])
