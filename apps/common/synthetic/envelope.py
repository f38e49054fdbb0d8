"""What surrounds the records of a file: declaration, root, package heads and tails."""

from dataclasses import dataclass
from datetime import datetime

from .chance import guid
from .dialect import Dialect, Encoding
from .xmltext import element, template

_ROOT = (
    '<?xml version="1.0" encoding="%s"?>\n'
    '<КоммерческаяИнформация xmlns="%s" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ВерсияСхемы="%s"'
    ' ДатаФормирования="%s">\n'
)
_END = "</КоммерческаяИнформация>\n"

_CATALOGUE = template(
    2,
    """
<Ид>%s</Ид>
<ИдКлассификатора>%s</ИдКлассификатора>
<Наименование>Основной каталог товаров</Наименование>
<Описание>Основной каталог товаров</Описание>
""",
)

_OFFERS = template(
    2,
    """
<Ид>%s#</Ид>
<Наименование>Пакет предложений (Основной каталог товаров)</Наименование>
<ИдКаталога>%s</ИдКаталога>
<ИдКлассификатора>%s</ИдКлассификатора>
""",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """The text before and after the records of a file."""

    head: str
    tail: str


class Envelope:
    """Heads and tails of one export's files.

    `full` becomes `СодержитТолькоИзменения="false"`. Before 2.09 a classifier bears the attribute
    only in full packages: real exports leave it out, and a missing one means a delta.
    """

    def __init__(
        self, seed: int, dialect: Dialect, encoding: Encoding, full: bool, stamp: datetime
    ) -> None:
        self._id = guid(seed, "catalogue")
        self._dialect = dialect
        self._full = full
        self._root = _ROOT % (
            encoding.label,
            dialect.namespace,
            dialect.version,
            stamp.isoformat(timespec="seconds"),
        )

    def goods(self, classifier: str = "") -> Frame:
        """A file of `Товар` records, after a classifier's element if one is given."""
        head = self._root + classifier + self._catalogue_head() + "\t\t<Товары>\n"
        return Frame(head, "\t\t</Товары>\n\t</Каталог>\n" + _END)

    def offers(self, classifier: str = "", inside: str = "") -> Frame:
        """A file of `Предложение` records; `inside` stands in the package before them."""
        head = self._root + classifier + self._offers_head() + inside + "\t\t<Предложения>\n"
        return Frame(head, "\t\t</Предложения>\n\t</ПакетПредложений>\n" + _END)

    def customers(self) -> Frame:
        """A file of `Контрагент` records."""
        head = f"{self._root}\t<Контрагенты {self._scope()}>\n"
        return Frame(head, "\t</Контрагенты>\n" + _END)

    def classifier(self, inside: str) -> str:
        """A `Классификатор` that holds `inside`."""
        scope = "" if self._dialect.legacy and not self._full else f" {self._scope()}"
        return (
            f"\t<Классификатор{scope}>\n"
            + element(2, "Ид", self._id)
            + element(2, "Наименование", "Основной каталог товаров")
            + inside
            + "\t</Классификатор>\n"
        )

    def goods_frame_file(self, inside: str) -> str:
        """A whole file with a classifier and, as 1C writes it, a catalogue without goods."""
        empty = self._catalogue_head() + "\t</Каталог>\n"
        return self._root + self.classifier(inside) + empty + _END

    def offers_frame_file(self, inside: str) -> str:
        """A whole file with a classifier and an offers package without offers."""
        empty = self._offers_head() + "\t</ПакетПредложений>\n"
        return self._root + empty + self.classifier(inside) + _END

    def _catalogue_head(self) -> str:
        return f"\t<Каталог {self._scope()}>\n" + _CATALOGUE % (self._id, self._id)

    def _offers_head(self) -> str:
        ids = (self._id, self._id, self._id)
        return f"\t<ПакетПредложений {self._scope()}>\n" + _OFFERS % ids

    def _scope(self) -> str:
        return f'СодержитТолькоИзменения="{"false" if self._full else "true"}"'
