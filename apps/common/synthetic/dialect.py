"""How CommerceML's schema versions and encodings differ, as far as exports show it.

Read off exports of many 1C configurations: namespaces do not follow the version number, versions
before 2.09 mark deletion and stock with attributes, and spelling wavers. Spellings are tied to one
version each here, so that every one gets written.
"""

import codecs
from dataclasses import dataclass

NAMESPACES = {
    "2.04": "urn:1C.ru:commerceml_2",
    "2.05": "urn:1C.ru:commerceml_205",
    "2.06": "urn:1C.ru:commerceml_2",
    "2.07": "urn:1C.ru:commerceml_2",
    "2.08": "urn:1C.ru:commerceml_208",
    "2.09": "urn:1C.ru:commerceml_2",
    "2.10": "urn:1C.ru:commerceml_210",
    "3.1": "urn:1C.ru:commerceml_3",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The choices that follow from the schema version."""

    version: str

    @property
    def namespace(self) -> str:
        """The namespace that exports of this version declare."""
        return NAMESPACES[self.version]

    @property
    def legacy(self) -> bool:
        """Before 2.09: deletion and stock in attributes, the unit spelled out, no row versions."""
        return tuple(map(int, self.version.split("."))) < (2, 9)

    @property
    def barcode(self) -> str:
        """The name of the barcode element."""
        return "ШтрихКод" if self.version == "2.08" else "Штрихкод"

    @property
    def property(self) -> str:
        """The name of the element that declares a property."""
        return "СвойствоНоменклатуры" if self.version == "2.04" else "Свойство"


@dataclass(frozen=True, slots=True)
class Encoding:
    """A text encoding: the name its XML declaration bears, Python's codec, the opening bytes."""

    label: str
    codec: str
    mark: bytes = b""

    def encode(self, text: str) -> bytes:
        """`text` in this encoding; what it cannot express becomes a character reference."""
        return text.encode(self.codec, "xmlcharrefreplace")


ENCODINGS = {
    "utf-8": Encoding("UTF-8", "utf-8"),
    "utf-8-sig": Encoding("UTF-8", "utf-8", codecs.BOM_UTF8),
    "utf-16": Encoding("UTF-16", "utf-16-le", codecs.BOM_UTF16_LE),
    "windows-1251": Encoding("windows-1251", "cp1251"),
}
