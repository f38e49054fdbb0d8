"""The two audit logs: one row per run, one per touched customer."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.models import CustomerSyncLog, SyncLog
from apps.common.portal_links import session_link

from .readonly import ReadOnlyAdmin, pretty_json


@admin.register(SyncLog)
class SyncLogAdmin(ReadOnlyAdmin[SyncLog]):
    """Runs of imports, as the audit sees them."""

    list_display = [
        "id",
        "sync_type",
        "status",
        "started_at",
        "completed_at",
        "records_processed",
        "errors_count",
        "session_page",
    ]
    list_filter = ["sync_type", "status", "started_at"]
    search_fields = ["=id", "=session__id", "=correlation_id"]
    search_help_text = _("Number of the log, number of the session, correlation id.")
    exclude = ["session", "error_details"]
    readonly_fields = ["session_page", "errors"]

    @admin.display(description=_("session"), ordering="session_id")
    def session_page(self, log: SyncLog) -> SafeString | str:
        """Link to the session."""
        return session_link(log.session_id)

    @admin.display(description=_("error details"))
    def errors(self, log: SyncLog) -> SafeString:
        """Error details as indented JSON."""
        return pretty_json(log.error_details)


@admin.register(CustomerSyncLog)
class CustomerSyncLogAdmin(ReadOnlyAdmin[CustomerSyncLog]):
    """What imports did with each customer."""

    list_display = [
        "id",
        "customer",
        "onec_id",
        "operation_type",
        "status",
        "created_at",
        "session_page",
    ]
    list_select_related = ["customer"]
    list_filter = ["operation_type", "status", "created_at"]
    search_fields = ["=onec_id", "=customer__username", "=session__id", "=correlation_id"]
    search_help_text = _("1C id, customer's login, number of the session, correlation id.")
    exclude = ["session", "details"]
    readonly_fields = ["session_page", "what_happened"]

    @admin.display(description=_("session"), ordering="session_id")
    def session_page(self, log: CustomerSyncLog) -> SafeString | str:
        """Link to the session."""
        return session_link(log.session_id)

    @admin.display(description=_("details"))
    def what_happened(self, log: CustomerSyncLog) -> SafeString:
        """Details as indented JSON."""
        return pretty_json(log.details)
