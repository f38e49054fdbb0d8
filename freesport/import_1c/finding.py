"""Finding one record by whatever names it: 1C id, article number, barcode, INN or e-mail."""

import django_tables2 as tables
from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.products.models import ImportIssue
from ops_portal.finding import Finding, Found
from ops_portal.preflight import Level
from ops_portal.templatetags.ops import moment

from . import find_customers, find_products, find_references, words
from .dry_runs import may_see_customers
from .table import IssueTable

# Records and issues that one page shows.
MOST_HITS = 20
MOST_ISSUES = 100


class FoundIssueTable(IssueTable):
    """Issues of one record over all sessions, the newest first."""

    caption = gettext_lazy("Issues of all sessions")

    session = tables.Column(gettext_lazy("Session"))
    at = tables.Column(gettext_lazy("When"), accessor="session__created_at")

    class Meta(IssueTable.Meta):
        sequence = ("session", "at", "...")

    def render_session(self, record: ImportIssue) -> SafeString:
        """Link to the session."""
        address = reverse(f"{words.SLUG}:session", args=[record.session_id])
        return format_html('<a href="{}">#{}</a>', address, record.session_id)

    def render_at(self, record: ImportIssue) -> SafeString:
        """Show when the session was made."""
        return moment(record.session.created_at, short=True)


def find(asked: str, user: AbstractBaseUser) -> Finding:
    """Look for `asked` among products, variants, what they refer to, and customers."""
    hits = find_products.found(asked, MOST_HITS + 1)
    hits += find_references.found(asked)
    notes = []
    ids = {asked, asked.lower()} | {onec_id for hit in hits for onec_id in hit.onec_ids}
    everywhere = may_see_customers(user)
    if everywhere:
        people = find_customers.found(asked, MOST_HITS + 1)
        hits += people
        ids |= {onec_id for hit in people for onec_id in hit.onec_ids}
    else:
        notes.append(_("Customers are not searched for you: that takes the right to view users."))
    if len(hits) > MOST_HITS:
        notes.append(_("Only the first %(most)s records are shown.") % {"most": MOST_HITS})
    issues = _issues(ids)
    found = [hit.for_user(user) for hit in hits[:MOST_HITS]] or [
        _nothing(asked, issues, everywhere=everywhere)
    ]
    table = FoundIssueTable(issues, orderable=False) if issues else None
    return Finding(found, table, notes)


def _issues(ids: set[str]) -> list[ImportIssue]:
    rows = ImportIssue.objects.filter(onec_id__in=ids).select_related("session")
    rows = rows.only(
        *("severity", "code", "params", "entity", "onec_id", "file", "line", "session__created_at")
    )
    return list(rows.order_by("-pk")[:MOST_ISSUES])


def _nothing(asked: str, issues: list[ImportIssue], *, everywhere: bool) -> Found:
    """Say why the shop may not have it."""
    if issues:
        state = _("Not in the shop: imports met it and left it out")
        advice = [issues[0].sentence]
    else:
        state = _("Not in the shop, and no import has had an issue with it")
        if not everywhere:
            state = _("Not among the products, and no import has had an issue with it")
        advice = [
            _(
                "Check the spelling first. Then look in 1C whether the record is part of the "
                "exchange with the site and not marked for deletion; export it, and import again."
            )
        ]
    return Found(_("Nothing found"), asked, state, Level.BLOCK, (), (), advice)
