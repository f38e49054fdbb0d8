"""The project's documents as tests read them: headings, links, pictures, code, tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.support.processes import ROOT

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_FOREIGN = re.compile(r"[a-z]+:")


@dataclass(frozen=True)
class Link:
    """A link or (`picture`) a picture: its words and where it leads."""

    words: str
    target: str
    picture: bool


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """All but the blocks of code."""
        return _FENCE.sub("", self.text)

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Level and words of each heading, in order."""
        found = re.findall(r"^(#{1,6}) (.+)$", self.prose, re.MULTILINE)
        return [(len(marks), words.strip()) for marks, words in found]

    @cached_property
    def anchors(self) -> set[str]:
        """What a link behind `#` may name."""
        seen: dict[str, int] = {}
        for _level, words in self.headings:
            slug = slug_of(words)
            seen[slug] = seen.get(slug, -1) + 1
        return {
            slug if not n else f"{slug}-{n}" for slug, most in seen.items() for n in range(most + 1)
        }

    @cached_property
    def links(self) -> list[Link]:
        """Links and pictures, those within words of a link too."""
        prose = _SPAN.sub("", self.prose)
        return [Link(words, target, bool(sign)) for sign, words, target in _LINK.findall(prose)]

    @cached_property
    def inner_links(self) -> list[Link]:
        """Links and pictures that stay within the project."""
        return [link for link in self.links if not _FOREIGN.match(link.target)]

    @cached_property
    def pictures(self) -> list[Link]:
        """Pictures, in order."""
        return [link for link in self.links if link.picture]

    @cached_property
    def code(self) -> list[str]:
        """Each code span, and each line of the blocks of code."""
        lines = [
            line for _in, _lang, body in _FENCE.findall(self.text) for line in body.splitlines()
        ]
        return [*_SPAN.findall(self.prose), *lines]

    @cached_property
    def bold(self) -> list[str]:
        """What is set in bold, each on one line."""
        return [
            " ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", self.prose, re.DOTALL)
        ]

    @cached_property
    def rows(self) -> list[list[str]]:
        """The cells of each row of the tables, heads included."""
        lines = re.findall(r"^\|(.+)\|$", self.prose, re.MULTILINE)
        return [
            [cell.strip() for cell in line.split("|")]
            for line in lines
            if not set(line) <= set(" -|")
        ]

    def part(self, title: str) -> str:
        """Give what stands under a heading of the second level."""
        return self.text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def slug_of(words: str) -> str:
    """Give the anchor that GitHub makes of a heading."""
    plain = re.sub(r"[^\w\- ]", "", words.lower())
    return plain.replace(" ", "-")


def document(name: str) -> Document:
    """Give one document by its path from the project's root."""
    return Document(ROOT / name)


def documents() -> Iterator[Document]:
    """Give all documents."""
    yield document("README.md")
    yield document("CHANGELOG.md")
    for top in ("docs", "scripts"):
        yield from (Document(path) for path in sorted((ROOT / top).rglob("*.md")))


DOCUMENTS = list(documents())
USER_GUIDES = {"en": document("docs/user-guide.md"), "ru": document("docs/user-guide.ru.md")}
