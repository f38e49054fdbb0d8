"""The operations that staff may run."""

from django.utils.translation import gettext_lazy as _

from ops_portal.operations import Operation, Permissions

from .clear_logins import SLUG, CleanupBackend, CleanupFilterSet, CleanupForm, CleanupTable

OPERATIONS = (
    Operation(
        slug=SLUG,
        title=_("Clear logins"),
        description=_("Deletes logins that have expired."),
        path="logins/clear/",
        form=CleanupForm,
        table=CleanupTable,
        filterset=CleanupFilterSet,
        permissions=Permissions(
            view="logins.view_cleanup",
            run="logins.add_cleanup",
            cancel="logins.change_cleanup",
            export="logins.view_cleanup",
        ),
        backend=CleanupBackend(),
    ),
)
