"""The operations that staff may run. One entry here adds one to the portal."""

from django.utils.translation import gettext_lazy as _

from ops_portal.finding import Search
from ops_portal.operations import Link, Operation, Permissions

from .import_1c.backend import ImportBackend
from .import_1c.change_filterset import ChangeFilterSet
from .import_1c.change_table import ChangeTable
from .import_1c.filterset import IssueFilterSet, SessionFilterSet
from .import_1c.form import ImportForm
from .import_1c.table import IssueTable, SessionTable
from .import_1c.words import SLUG

OPERATIONS = (
    Operation(
        slug=SLUG,
        title=_("Import from 1C"),
        description=_("Brings groups, products, offers, prices and stock from 1C into the shop."),
        path="products/import-1c/",
        form=ImportForm,
        table=SessionTable,
        filterset=SessionFilterSet,
        issue_table=IssueTable,
        issue_filterset=IssueFilterSet,
        change_table=ChangeTable,
        change_filterset=ChangeFilterSet,
        checks_first=True,
        search=Search(
            question=_("Why is this product missing?"),
            tells=_(
                "How a record is now, which session changed it last, every issue with it, and what "
                "to do next in 1C."
            ),
            label=_("1C id, article number, barcode, INN or e-mail address"),
        ),
        permissions=Permissions(
            view="products.view_importsession",
            run="products.run_import",
            cancel="products.cancel_import",
            export="products.export_importsession",
        ),
        backend=ImportBackend(),
        dashboard=Link(_("Monitoring"), "monitoring:dashboard", "gauge"),
    ),
)
