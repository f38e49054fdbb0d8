"""What is asked before a list is taken away: format, separator, columns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..columns import ALL
from . import csv_file, xlsx_file

USUAL = _("%(sign)s, usual in your language")
SIGNS = {
    "semicolon": _("Semicolon ( ; )"),
    "comma": _("Comma ( , )"),
    "tab": _("Tab"),
}


class ExportForm(forms.Form):
    """Choices for a file of `count` rows; `shown` names the columns that the page shows.

    Its names are those of the history's address, to which it is sent.
    """

    _export = forms.ChoiceField(label=_("Format"), required=False, widget=forms.RadioSelect)
    _separator = forms.ChoiceField(
        label=_("Separator of CSV"),
        required=False,
        help_text=_("Excel expects the one of its own language. XLSX needs none."),
    )
    columns = forms.ChoiceField(label=_("Columns"), required=False, widget=forms.RadioSelect)

    def __init__(self, *, count: int, shown: str, titles: str) -> None:
        usual = csv_file.usual_separator()
        super().__init__(initial={"_export": "csv", "_separator": usual, "columns": shown})
        formats = [("csv", "CSV")]
        if xlsx_file.fits(count):
            formats.append(("xlsx", "XLSX"))
        else:
            self.fields["_export"].help_text = xlsx_file.limit()
        self._offer("_export", formats)
        self._offer("_separator", [(name, self._sign(name, usual)) for name in SIGNS])
        shown_label = _("Those shown: %(titles)s") % {"titles": titles}
        self._offer("columns", [(shown, shown_label), (ALL, _("All columns"))])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # choice fields, all three

    def _sign(self, name: str, usual: str) -> str:
        sign = str(SIGNS[name])
        return USUAL % {"sign": sign} if name == usual else sign
