"""Small, fast looks at an lxml element: local names, texts, pairs, lines, deletion marks.

Names are compared without their namespace: 1C writes none, or one of half a dozen. The functions
here run millions of times. Asking an element for its tag costs more than its text, so ``pairs``
and its kin fetch the wanted elements by name in one walk done by libxml2 and only then check that
they stand in the regular order; whatever is irregular is read element by element.
"""

from collections.abc import Iterable
from typing import cast

from lxml.etree import _Element as Element

from . import tags
from .records import Pairs
from .values import is_deleted_status, is_true

#: libxml2 keeps line numbers of elements in 16 bits.
_LAST_SHORT_LINE = 65535
_MOST_NAMES = 20_000


class LocalNames(dict[object, str]):
    """Tag to local name; comments and instructions, whose tag is no text, have the name ""."""

    def __missing__(self, tag: object) -> str:
        if len(self) > _MOST_NAMES:  # only a hostile file has so many
            self.clear()
        name = self[tag] = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        return name


LOCAL = LocalNames()
Fields = dict[str, Element]


def any_namespace(*names: str) -> tuple[str, ...]:
    """Names as lxml's filters take them, in whatever namespace."""
    return tuple(f"{{*}}{name}" for name in names)


def fields_of(element: Element) -> Fields:
    """The children by local name; of several with one name the last."""
    return {LOCAL[child.tag]: child for child in element}


def text_of(element: Element | None) -> str:
    """The text directly inside, stripped; ``""`` for no element."""
    if element is None:
        return ""
    text = element.text
    return text.strip() if text else ""


def own_text(element: Element | None) -> str:
    """The first text inside that is not blank, also behind a child element."""
    if element is None:
        return ""
    if not len(element):
        return text_of(element)
    for text in (element.text, *(child.tail for child in element)):
        if text and not text.isspace():
            return text.strip()
    return ""


def filled_texts(elements: Iterable[Element]) -> tuple[str, ...]:
    """The texts that are not blank, stripped, in order."""
    return tuple(
        stripped for element in elements if (text := element.text) and (stripped := text.strip())
    )


def is_deleted(element: Element, fields: Fields) -> bool:
    """Whether 1C marks a record as deleted, in any of its three ways."""
    mark = fields.get(tags.DELETION_MARK)
    if mark is not None and is_true(mark.text):
        return True
    status = element.get(tags.STATUS)
    if status is None:
        child = fields.get(tags.STATUS)
        status = child.text if child is not None else None
    return status is not None and is_deleted_status(status)


class PairReader:
    """Reads a block of records that are (key, value) of two child elements each."""

    def __init__(self, key: str, value: str) -> None:
        self._names = key, value
        self._both = any_namespace(key, value)
        self._key = self._both[:1]

    def __call__(self, block: Element) -> list[tuple[str, str]]:
        """(key, value) of each child, stripped; an absent one is ``""``."""
        keys = list(block.iter(*self._key))
        both = list(block.iter(*self._both))
        if len(both) == 2 * len(keys) == 2 * len(block) and both[::2] == keys:
            texts = [text.strip() if (text := element.text) else "" for element in both]
            return list(zip(texts[::2], texts[1::2], strict=True))
        return [pair for child in block for pair in self.one_by_one(child)]

    def one_by_one(self, child: Element) -> list[tuple[str, str]]:
        """The pairs of one child: several values under one key give several pairs."""
        key, value = self._names
        found, values = "", []
        for part in child:
            name = LOCAL[part.tag]
            if name == key:
                found = text_of(part)
            elif name == value:
                values.append(text_of(part))
        return [(found, text) for text in values] or [(found, "")]


def with_both(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Pairs without those that lack key or value."""
    return tuple([pair for pair in pairs if pair[0] and pair[1]])


def line_of(element: Element) -> int:
    """The line on which the opening tag of an element ends, 1-based, beyond 65535 too."""
    line = cast("int | None", element.sourceline) or 0  # the stubs say "int | ellipsis"
    return line if line < _LAST_SHORT_LINE else _long_line(element)


def _long_line(element: Element) -> int:
    """Take the line from the nearest text, whose node has room for it, and go back from there.

    libxml2 answers with the line where the first text inside ends, or behind an empty element
    with that of the text that follows it.
    """
    node = element
    while not node.text and len(node):
        node = node[0]
    line = cast("int | None", node.sourceline) or 0
    text = node.text if node.text else node.tail
    return line - text.count("\n") if text else line
