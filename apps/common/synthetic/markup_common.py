"""What goods, offers and customers share: record tags, the mark of deletion, property values."""

from .chance import Fate
from .dialect import Dialect
from .xmltext import element

_VERSION_FIRST, _VERSION_LATER = "AAAAAAAAAAE=", "AAAAAAAAAAI="


def opening(tag: str, fate: Fate, dialect: Dialect) -> str:
    """The start tag of a record; versions before 2.09 mark a deleted one in an attribute."""
    status = ' Статус="Удален"' if dialect.legacy and fate.gone else ""
    return f"\t\t\t<{tag}{status}>\n"


def deletion(fate: Fate, dialect: Dialect) -> str:
    """The row version and the mark of deletion, from 2.09 on."""
    if dialect.legacy:
        return ""
    version = _VERSION_FIRST if fate is Fate.KEPT else _VERSION_LATER
    mark = "true" if fate.gone else "false"
    return element(4, "НомерВерсии", version) + element(4, "ПометкаУдаления", mark)


def property_values(values: tuple[tuple[str, str], ...]) -> str:
    """The `ЗначенияСвойств` of a record, nothing when it has none."""
    if not values:
        return ""
    rows = "".join(_value(id_, text) for id_, text in values)
    return f"\t\t\t\t<ЗначенияСвойств>\n{rows}\t\t\t\t</ЗначенияСвойств>\n"


def _value(id_: str, text: str) -> str:
    inside = element(6, "Ид", id_) + element(6, "Значение", text)
    return f"\t\t\t\t\t<ЗначенияСвойства>\n{inside}\t\t\t\t\t</ЗначенияСвойства>\n"
