"""Links and pictures of the documents lead somewhere."""

import pytest

from tests.support.documents import DOCUMENTS, Document, Link, slug_of
from tests.support.processes import ROOT


def target_of(document: Document, link: Link) -> Document:
    """Give the file that a link names; the document itself where it names none."""
    name = link.target.partition("#")[0]
    return Document((document.path.parent / name).resolve()) if name else document


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
class TestEachDocument:
    def test_every_link_leads_to_a_file(self, document):
        broken = [
            link.target
            for link in document.inner_links
            if not target_of(document, link).path.exists()
        ]
        assert broken == []

    def test_every_link_stays_within_the_project(self, document):
        paths = [target_of(document, link).path for link in document.inner_links]
        assert [path for path in paths if not path.is_relative_to(ROOT)] == []

    def test_every_anchor_names_a_heading(self, document):
        broken = [
            link.target
            for link in document.inner_links
            if "#" in link.target
            and link.target.partition("#")[2] not in target_of(document, link).anchors
        ]
        assert broken == []

    def test_every_picture_says_what_it_shows(self, document):
        assert [link.target for link in document.pictures if len(link.words.split()) < 3] == []


class TestAllDocuments:
    def test_each_is_linked_from_another_one(self):
        linked = {
            target_of(document, link).path
            for document in DOCUMENTS
            for link in document.inner_links
            if target_of(document, link).path != document.path
        }
        assert {str(d) for d in DOCUMENTS if d.path not in linked} == {"README.md"}

    def test_each_picture_in_docs_is_shown_or_listed(self):
        shown = {
            target_of(document, link).path
            for document in DOCUMENTS
            for link in document.inner_links
        }
        pictures = (ROOT / "docs").rglob("*.png")
        assert [str(path.relative_to(ROOT)) for path in pictures if path not in shown] == []


class TestSlugs:
    @pytest.mark.parametrize(
        ("heading", "anchor"),
        [
            ("Exit codes", "exit-codes"),
            ("What to do when…", "what-to-do-when"),
            ("Portal or scripts", "portal-or-scripts"),
            ("Почему товара нет в магазине?", "почему-товара-нет-в-магазине"),
            ("Завершён, но ничего не изменилось", "завершён-но-ничего-не-изменилось"),
            ("`manage.py`", "managepy"),
        ],
    )
    def test_an_anchor_is_made_as_github_makes_it(self, heading, anchor):
        assert slug_of(heading) == anchor
