"""Rows that 1C owns: the admin shows them, and staff change only what is theirs.

Who owns what: docs/architecture.md, "What staff own". An import would overwrite everything else, so
the admin does not offer it.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common.admin.typed import ModelT, TypedAdmin

from ..models import Category, Product, ProductVariant
from ..models.base import Imported

FROM_ONEC = _(
    "These values come from 1C and follow it with every import, so they cannot be changed here: "
    "change them in 1C, then run an import."
)
HIDDEN_BY_STAFF_HELP = _(
    "Hides the record at once and keeps it hidden, whatever 1C says. When you clear it, the next "
    "import that contains the record decides whether it is shown again."
)


class OnecOwnedAdmin(TypedAdmin[ModelT]):
    """Admin of rows that imports write. A subclass names `fieldsets` and its `staff_fields`.

    `identifiers` are looked up exactly and first: whoever types an id or a barcode wants that one
    record. When none has it, Django's search through `search_fields` follows.
    """

    staff_fields: ClassVar[Sequence[str]] = ()
    identifiers: ClassVar[Sequence[str]] = ("onec_id",)
    help_texts: ClassVar[Mapping[str, Any]] = {"hidden_by_staff": HIDDEN_BY_STAFF_HELP}
    show_full_result_count = False
    list_per_page = 50
    save_on_top = False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """1C adds records, through imports."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Records are hidden, never deleted: the next import would bring them back."""
        return False

    def get_readonly_fields(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: Model | None = None,  # noqa: ARG002
    ) -> list[str]:
        """Give every field that is not the staff's."""
        fields = flatten_fieldsets(self.fieldsets or ())
        return [name for name in fields if name not in self.staff_fields]

    def get_form(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> "type[forms.ModelForm[Any]]":
        """Explain the staff's own switches in the admin's words."""
        return super().get_form(request, *args, help_texts=self.help_texts, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let a slug be a slug: letters of any alphabet, digits, hyphens, underscores."""
        if db_field.name == "slug":
            return forms.SlugField(
                label=db_field.verbose_name.capitalize(),
                max_length=db_field.max_length,
                allow_unicode=True,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002
        """Write the changed columns alone: an import may be writing the others meanwhile."""
        columns = set(form.changed_data)
        if "hidden_by_staff" in columns:
            columns |= follow_staff(obj)
        if not columns:
            return
        if isinstance(obj, Imported):
            obj.updated_at = timezone.now()
            columns.add("updated_at")
        obj.save(update_fields=columns)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ModelT], search_term: str
    ) -> tuple[QuerySet[ModelT], bool]:
        """Look for the one record with this identifier, then for words."""
        if term := search_term.strip():
            exact = queryset.filter(self.identified_by(term))
            if exact.exists():
                return exact, False
        return super().get_search_results(request, queryset, search_term)

    def identified_by(self, term: str) -> Q:
        """Give the condition for "this is the identifier of the row"."""
        return reduce(or_, (Q(**{name: term}) for name in self.identifiers))


def follow_staff(row: Category | Product | ProductVariant) -> set[str]:
    """Do what `hidden_by_staff` says, and give the columns that changed with it.

    Hidden takes effect at once. Shown again is 1C's decision: without a fingerprint the next import
    looks at the row value by value and sets `is_active` as 1C has it.
    """
    if row.hidden_by_staff:
        row.is_active = False
        return {"is_active"}
    row.fingerprint = None
    return {"fingerprint"}
