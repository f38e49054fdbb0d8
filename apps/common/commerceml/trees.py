"""Groups and properties: the records that must be read while they are still open.

A group holds its subgroups, a property its dictionary; either can be larger than memory should
be. So both are visited again and again while the file grows, give out what is complete, and drop
it from the tree.
"""

from dataclasses import dataclass, replace

from lxml.etree import _Element as Element

from . import tags
from .nodes import LOCAL, PairReader, fields_of, is_deleted, line_of, text_of
from .records import GroupRecord, Pairs, PropertyRecord, Record

#: Values of a dictionary in one record; more come in continuation records.
VALUES_PER_RECORD = 1000

_GROUPS = frozenset({tags.GROUP, tags.CATEGORY})
_BRANCHES = frozenset({tags.GROUPS, tags.CATEGORIES})
_dictionary_pairs = PairReader(tags.VALUE_ID, tags.VALUE)


@dataclass(slots=True)
class _OpenGroup:
    element: Element
    given: GroupRecord


class GroupReader:
    """Gives out a tree of groups, parents first, also while it is still being parsed."""

    def __init__(self) -> None:
        self._open: list[_OpenGroup] = []

    def read(self, element: Element, *, complete: bool, out: list[Record]) -> bool:
        """Give out what is new in a topmost group; whether anything could be dropped."""
        return self._visit(element, 0, None, complete=complete, out=out)

    def _visit(
        self,
        element: Element,
        depth: int,
        parent_id: str | None,
        *,
        complete: bool,
        out: list[Record],
    ) -> bool:
        branches = [child for child in element if LOCAL[child.tag] in _BRANCHES]
        if not (complete or branches):
            return False
        known = self._known(element, depth)
        record = _group(element, parent_id)
        if known is None and not (complete or _can_be_told(element, record)):
            return False
        if record != known:  # new, or its name or mark came behind its subgroups
            out.append(record)
            self._open[depth:] = [_OpenGroup(element, record)]
        dropped = False
        for branch in branches:
            closed = complete or branch is not element[-1]
            dropped |= self._descend(branch, depth + 1, record.onec_id, complete=closed, out=out)
        if complete:
            del self._open[depth:]
        return dropped

    def _known(self, element: Element, depth: int) -> GroupRecord | None:
        if depth < len(self._open) and self._open[depth].element is element:
            return self._open[depth].given
        del self._open[depth:]
        return None

    def _descend(
        self, branch: Element, depth: int, parent_id: str, *, complete: bool, out: list[Record]
    ) -> bool:
        children = list(branch)
        last = None if complete or not children else children.pop()
        for child in children:
            if LOCAL[child.tag] in _GROUPS:
                self._visit(child, depth, parent_id, complete=True, out=out)
        dropped = bool(children)
        if last is not None and LOCAL[last.tag] in _GROUPS:
            dropped |= self._visit(last, depth, parent_id, complete=False, out=out)
        del branch[: len(children)]
        return dropped


def _can_be_told(element: Element, record: GroupRecord) -> bool:
    """Whether an open group has said all that its record needs."""
    return bool(record.onec_id) and any(LOCAL[child.tag] == tags.NAME for child in element)


def _group(element: Element, parent_id: str | None) -> GroupRecord:
    fields = fields_of(element)
    return GroupRecord(
        onec_id=text_of(fields.get(tags.ID)),
        name=text_of(fields.get(tags.NAME)),
        parent_id=parent_id,
        deleted=is_deleted(element, fields),
        line=line_of(element),
    )


class PropertyReader:
    """Gives out properties with their dictionaries in bounded portions."""

    def __init__(self) -> None:
        self._begun: Element | None = None

    def read(self, element: Element, *, complete: bool, out: list[Record]) -> bool:
        """Give out what is new in a property; whether anything could be dropped."""
        fields = fields_of(element)
        dictionary = fields.get(tags.VALUE_VARIANTS)
        if not complete and (dictionary is None or len(dictionary) <= VALUES_PER_RECORD):
            return False
        values = _take_values(dictionary, complete=complete)
        head = PropertyRecord(
            onec_id=text_of(fields.get(tags.ID)),
            name=text_of(fields.get(tags.NAME)),
            value_type=text_of(fields.get(tags.VALUE_TYPE)),
            values=(),
            deleted=is_deleted(element, fields),
            line=line_of(element),
            continued=self._begun is element,
        )
        out.extend(_portions(head, values))
        self._begun = None if complete else element
        return True


def _take_values(dictionary: Element | None, *, complete: bool) -> Pairs:
    """The complete values; they leave the tree, unless the whole property is about to."""
    if dictionary is None:
        return ()
    if complete:
        return _usable(_dictionary_pairs(dictionary), dictionary)
    children = list(dictionary)
    children = children[: (len(children) - 1) // VALUES_PER_RECORD * VALUES_PER_RECORD]
    pairs = [pair for child in children for pair in _dictionary_pairs.one_by_one(child)]
    values = _usable(pairs, children)
    del dictionary[: len(children)]
    return values


def _usable(pairs: list[tuple[str, str]], elements: "Element | list[Element]") -> Pairs:
    """Values with an id; a value without one has its text as id, an empty one is left out."""
    if not any(text for _, text in pairs):
        pairs = [("", text_of(element)) for element in elements]
    return tuple((value_id or text, text) for value_id, text in pairs if value_id or text)


def _portions(head: PropertyRecord, values: Pairs) -> list[Record]:
    """At least one record, unless a continuation has nothing left to say."""
    starts = range(0, len(values) or (0 if head.continued else 1), VALUES_PER_RECORD)
    return [
        replace(
            head,
            values=values[start : start + VALUES_PER_RECORD],
            continued=head.continued or start > 0,
        )
        for start in starts
    ]
