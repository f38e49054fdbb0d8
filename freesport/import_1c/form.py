"""The form that starts an import."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Layout, Row
from django import forms
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.products.models import ImportSession
from apps.products.sessions.parameters import (
    DEFAULT_CHUNK_SIZE,
    FILE_TYPES,
    MAX_CHUNK_SIZE,
    MIN_CHUNK_SIZE,
    Parameters,
)
from apps.products.sessions.states import ImportType

from . import sources, words

BOTH = "both"
# What can be asked for, and the imports that it takes, in their order.
IMPORT_TYPES: dict[str, tuple[ImportType, ...]] = {
    ImportType.CATALOG.value: (ImportType.CATALOG,),
    ImportType.CUSTOMERS.value: (ImportType.CUSTOMERS,),
    BOTH: (ImportType.CATALOG, ImportType.CUSTOMERS),
}
LABELS = {
    ImportType.CATALOG.value: ImportType.CATALOG.label,
    ImportType.CUSTOMERS.value: ImportType.CUSTOMERS.label,
    BOTH: _("Both: the catalogue, then customers"),
}


class ImportForm(forms.Form):
    """Parameters of an import, each with its help; `parameters_from` says what they amount to.

    What is left out of a POST takes its default, as on the command line.
    """

    import_type = forms.ChoiceField(
        label=_("What to import"),
        choices=[(name, LABELS[name]) for name in IMPORT_TYPES],
        initial=ImportType.CATALOG.value,
        required=False,
        help_text=_(
            "The catalogue: groups, products, offers, prices and stock. Customers come from the "
            "counterparties of the same export. Of both, the customers begin by themselves once "
            "the catalogue has completed."
        ),
    )
    source = forms.ChoiceField(
        label=_("Directory"),
        required=False,
        help_text=_("Where the export from 1C was copied to."),
    )
    file_type = forms.ChoiceField(
        label=_("Scope"),
        choices=[(name, words.FILE_TYPES[name]) for name in FILE_TYPES],
        initial="all",
        required=False,
        help_text=_("One kind of content is quicker, but needs what it refers to in the shop."),
    )
    chunk_size = forms.IntegerField(
        label=_("Records per step"),
        min_value=MIN_CHUNK_SIZE,
        max_value=MAX_CHUNK_SIZE,
        required=False,
        help_text=_(
            "1 to 10,000; empty: 1,000 of the catalogue or 100 customers. "
            "Each step is saved as a whole or not at all."
        ),
    )
    dry_run = forms.BooleanField(
        label=_("Dry run"),
        required=False,
        help_text=_("Reads and compares everything, and changes nothing in the shop."),
    )
    skip_backup = forms.BooleanField(
        label=_("Skip the backup"),
        required=False,
        help_text=_("Starts sooner; without a backup the import cannot be undone."),
    )
    allow_mass_hide = forms.BooleanField(
        label=_("Allow mass hiding"),
        required=False,
        help_text=_(
            "Lifts, for this import alone, the brake that stops an export which would hide a large "
            "part of the catalogue. Look at a dry run first."
        ),
    )
    retry_of = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: AbstractBaseUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self._offer_sources()
        self.helper = self._helper()

    def clean_import_type(self) -> str:
        """Take the catalogue when nothing is named."""
        return self.cleaned_data["import_type"] or ImportType.CATALOG.value

    def clean_file_type(self) -> str:
        """Take everything when nothing is named."""
        return self.cleaned_data["file_type"] or "all"

    def clean_source(self) -> str:
        """Take the first directory when none is named."""
        return str(self.cleaned_data["source"] or self.fields["source"].initial)

    def clean_allow_mass_hide(self) -> bool:
        """Let only those lift the brake who may."""
        wanted = bool(self.cleaned_data["allow_mass_hide"])
        if wanted and not self._may_hide_much():
            raise forms.ValidationError(_("You may not lift the brake on mass hiding."))
        return wanted

    def _may_hide_much(self) -> bool:
        return isinstance(self.user, PermissionsMixin) and self.user.has_perm(
            "products.allow_mass_hide"
        )

    def clean_retry_of(self) -> ImportSession | None:
        """Give the session that is repeated; one that is gone is no reason to refuse."""
        pk = self.cleaned_data["retry_of"]
        return ImportSession.objects.filter(pk=pk).first() if pk else None

    def summary(self) -> str:
        """Say in words what the form's values will do."""
        if self.is_bound and not self.is_valid():
            return gettext("Correct the marked fields first.")
        values = self.cleaned_data if self.is_bound else self._initial_values()
        return " ".join(_sentences(values))

    def _initial_values(self) -> dict[str, Any]:
        return {
            name: self.get_initial_for_field(field, name) for name, field in self.fields.items()
        }

    def _offer_sources(self) -> None:
        found = [(source.name, _source_label(source)) for source in sources.sources()]
        field = self.fields["source"]
        field.choices = found  # type: ignore[attr-defined]
        field.initial = found[0][0]
        if len(found) == 1:
            field.widget = forms.HiddenInput()

    def _helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        shown = ["import_type", "source", "file_type", Field("chunk_size", inputmode="numeric")]
        hidden = ["retry_of"]
        if self.fields["source"].widget.is_hidden:
            hidden.append(shown.pop(1))
        columns = [Column(field, css_class="col-sm-6") for field in shown]
        switches = ["dry_run", "skip_backup"]
        if self._may_hide_much():
            switches.append("allow_mass_hide")
        helper.layout = Layout(Row(*columns), Div(*switches), *hidden)
        return helper


def parameters_from(values: dict[str, Any]) -> list[Parameters]:
    """Turn the form's cleaned values into the parameters of one import, or of two in a row."""
    return [_parameters(kind, values) for kind in IMPORT_TYPES[values["import_type"]]]


def _parameters(kind: ImportType, values: dict[str, Any]) -> Parameters:
    return Parameters(
        import_type=kind,
        data_dir=sources.resolve(values["source"]),
        file_type=values["file_type"] if kind is ImportType.CATALOG else "all",
        chunk_size=values["chunk_size"],
        dry_run=values["dry_run"],
        skip_backup=values["skip_backup"],
        allow_mass_hide=values["allow_mass_hide"] and kind is ImportType.CATALOG,
    )


def _source_label(source: sources.Source) -> str:
    return str(source.path) if source.name == sources.ROOT else source.name


def _sentences(values: dict[str, Any]) -> list[str]:
    kinds = IMPORT_TYPES[values["import_type"] or ImportType.CATALOG.value]
    sentences = [_what(kind, values) for kind in kinds]
    if len(kinds) > 1:
        sentences.append(gettext("The customers wait until the catalogue has completed."))
    sizes = {int(values["chunk_size"] or DEFAULT_CHUNK_SIZE[kind]) for kind in kinds}
    return [*sentences, _how_written(values, sizes), _backup(values)]


def _what(kind: ImportType, values: dict[str, Any]) -> str:
    scope = words.FILE_TYPES[values["file_type"] or "all"]
    if kind is ImportType.CUSTOMERS:
        return gettext("Customers: read from the export and compared with the shop's accounts.")
    return gettext("%(type)s, %(scope)s: read from the export and compared with the shop.") % {
        "type": kind.label,
        "scope": str(scope).lower(),
    }


def _how_written(values: dict[str, Any], sizes: set[int]) -> str:
    if values["dry_run"]:
        return gettext("Nothing in the shop changes: you only learn what would change.")
    if len(sizes) > 1:
        return gettext("What differs is written in steps of %(sizes)s records.") % {
            "sizes": gettext(" and ").join(_grouped(size) for size in sorted(sizes, reverse=True))
        }
    size = sizes.pop()
    return ngettext(
        "What differs is written, one record at a time.",
        "What differs is written, %(size)s records at a time.",
        size,
    ) % {"size": _grouped(size)}


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)


def _backup(values: dict[str, Any]) -> str:
    if values["dry_run"]:
        return gettext("No backup is needed.")
    if values["skip_backup"]:
        return gettext("No backup is made, so the import cannot be undone.")
    return gettext("A backup of the database is made first.")
