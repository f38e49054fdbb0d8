"""Small CommerceML texts for tests, written with as little ceremony as possible."""

from pathlib import Path
from xml.sax.saxutils import escape

from apps.common.commerceml import Kind, Record, read

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
V3 = 'xmlns="urn:1C.ru:commerceml_3" ВерсияСхемы="3.1"'


def el(name: str, *content: object) -> str:
    """An element with text (escaped) or elements (as they are)."""
    inner = "".join(str(part) for part in content)
    return f"<{name}>{inner}</{name}>"


def leaf(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def document(*content: str, root: str = V3) -> str:
    body = "\n".join(content)
    return f"<КоммерческаяИнформация {root}>\n{body}\n</КоммерческаяИнформация>"


def catalog(*goods: str, attributes: str = 'СодержитТолькоИзменения="true"') -> str:
    body = "\n".join(goods)
    return f"<Каталог {attributes}>\n<Ид>cat</Ид>\n<Товары>\n{body}\n</Товары>\n</Каталог>"


def classifier(*sections: str) -> str:
    return el("Классификатор", "<Ид>cls</Ид>", "<Наименование>К</Наименование>", *sections)


def offers(*content: str, before: str = "") -> str:
    body = "\n".join(content)
    return (
        f"<ПакетПредложений>\n<Ид>pkg</Ид>\n<ИдКаталога>cat</ИдКаталога>{before}\n"
        f"<Предложения>\n{body}\n</Предложения>\n</ПакетПредложений>"
    )


def write(folder: Path, text: str | bytes, name: str = "file.xml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def records(folder: Path, *content: str, kinds: set[Kind] | None = None) -> list[Record]:
    """What the reader makes of a document with this content."""
    path = write(folder, DECLARATION + document(*content))
    return list(read(path, None if kinds is None else frozenset(kinds)))


def one(folder: Path, *content: str, kinds: set[Kind] | None = None) -> Record:
    found = records(folder, *content, kinds=kinds)
    assert len(found) == 1, found
    return found[0]
