"""Customers, found by 1C id, INN or e-mail address: for those alone who may view users."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.common.models import CustomerSyncLog
from apps.users.models import User
from ops_portal.finding import Found, LastChange
from ops_portal.preflight import Level
from ops_portal.runs import Fact

from .find_hits import Hit, spellings


def found(asked: str, most: int) -> list[Hit]:
    """Give accounts that `asked` names."""
    people = list(named(asked).order_by("pk")[:most])
    logs = _last_logs(people)
    return [_hit(person, logs.get(person.pk)) for person in people]


def named(asked: str) -> QuerySet[User]:
    """Give the accounts that `asked` is the id, the INN or the address of, each by its index."""
    rows: QuerySet[User] = User.objects.alias(address=Lower("email"))
    return rows.filter(Q(onec_id__in=spellings(asked)) | _by_number(asked) | _by_address(asked))


def _by_number(asked: str) -> Q:
    number = "".join(asked.split())
    return Q(tax_id=number) if number.isdecimal() else Q(pk__in=[])


def _by_address(asked: str) -> Q:
    # The unique index is on the lower-case address of those that have one.
    return Q(address=asked.lower()) & ~Q(email="") if "@" in asked else Q(pk__in=[])


def _last_logs(people: Sequence[User]) -> dict[int, CustomerSyncLog]:
    rows = CustomerSyncLog.objects.filter(customer__in=people).order_by("customer_id", "-pk")
    return {row.customer_id: row for row in rows.distinct("customer_id") if row.customer_id}


def _hit(person: User, last: CustomerSyncLog | None) -> Hit:
    state, level, advice = _judged(person)
    facts = [
        Fact(_("1C id"), person.onec_id or "", code=True),
        Fact(_("Login"), person.get_username()),
        Fact(_("E-mail address"), person.email),
        Fact(_("INN"), person.tax_id),
        Fact(_("Role"), person.get_role_display()),
        Fact(_("Customer type"), person.get_customer_type_display()),
        Fact(_("Last import did"), last.get_operation_type_display() if last else ""),
    ]
    at = last.created_at if last else person.last_sync_at
    return Hit(
        Found(
            kind=_("Customer"),
            title=str(person),
            state=state,
            level=level,
            facts=[fact for fact in facts if fact.value],
            changes=[LastChange(_("Last sync"), at, last.session_id if last else None)],
            advice=[advice],
            url=reverse("admin:users_user_change", args=[person.pk]),
        ),
        frozenset({person.onec_id} if person.onec_id else ()),
        "users.view_user",
    )


def _judged(person: User) -> tuple[str, Level, str]:
    if person.is_staff or person.is_superuser:
        advice = _("Imports never touch accounts of staff.")
        return _("Account of staff"), Level.NOTE, advice
    if not person.is_active and person.deactivated_by_1c:
        advice = _(
            "An import switched the account off because 1C deleted the customer. Restore the "
            "customer in 1C, then export and import again."
        )
        return _("Switched off by an import"), Level.BLOCK, advice
    if not person.is_active:
        advice = _(
            "Staff have switched the account off. Switch it on in the admin if it is wanted."
        )
        return _("Switched off by staff"), Level.BLOCK, advice
    if not person.onec_id:
        advice = _(
            "1C does not know this account yet. Enter the same e-mail address or INN at the "
            "customer in 1C, then export and import."
        )
        return _("Active, only in the shop"), Level.WARNING, advice
    return pgettext("account", "Active"), Level.OK, _("Active: nothing needs to be done.")
