"""The two user guides: twins of each other, in the words of the pages, with nothing left out."""

import re

import pytest
from django.utils.translation import override, trans_real

from apps.products import issues, log_texts
from apps.products.sessions.states import Status
from freesport.import_1c.change_filterset import ChangeFilterSet
from freesport.import_1c.filterset import IssueFilterSet, SessionFilterSet
from freesport.import_1c.form import ImportForm
from tests.support.documents import USER_GUIDES, Document

LANGUAGES = sorted(USER_GUIDES)
FIELDS = ImportForm.base_fields
FILTERSETS = (SessionFilterSet, IssueFilterSet, ChangeFilterSet)
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-z]|%[a-z]")
CODE = re.compile(r"`(\w+)`")


def normal(text: str) -> str:
    """Give a text of the pages on one line, with … for what is filled in."""
    return " ".join(PLACEHOLDER.sub("…", text).replace("%%", "%").split())


def says(page: str, quoted: str) -> bool:
    """Whether a guide quotes a text of the pages, whole or (with … at its end) its beginning."""
    text = normal(page)
    return text == quoted or (quoted.endswith("…") and text.startswith(quoted[:-1].rstrip()))


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    """Each language, active."""
    with override(request.param):
        yield request.param


@pytest.fixture
def guide(language) -> Document:
    """The guide in that language."""
    return USER_GUIDES[language]


@pytest.fixture(scope="module")
def pages() -> dict[str, list[str]]:
    """All texts of the pages, Django's own among them, by language."""
    # Plural forms stand under pairs, texts with a context behind it.
    catalog = trans_real.translation("ru")._catalog
    keys = [key[0] if isinstance(key, tuple) else key for key in catalog.keys()]  # noqa: SIM118
    english = [str(key).rpartition("\x04")[2] for key in keys]
    return {"en": english, "ru": [str(catalog[key]) for key in catalog.keys()]}  # noqa: SIM118


def row_of(guide: Document, code: str) -> list[str]:
    """Give the one row of a table whose first cells name a code."""
    rows = [row for row in guide.rows if code in CODE.findall(" ".join(row[:2]))]
    assert len(rows) == 1, (code, rows)
    return rows[0]


def quoted_in(row: list[str]) -> str:
    """Give the first text of the pages that a row quotes."""
    found = re.search(r"\*\*(.+?)\*\*", " ".join(row))
    assert found, row
    return found[1]


class TestTwins:
    def test_both_have_the_same_headings(self):
        english, russian = (
            [level for level, _words in USER_GUIDES[name].headings] for name in LANGUAGES
        )
        assert english == russian

    def test_both_show_the_same_pictures_each_in_its_language(self):
        shown = {
            name: [link.target.replace(f"-{name}-", "-*-") for link in USER_GUIDES[name].pictures]
            for name in LANGUAGES
        }
        assert shown["en"]
        assert shown["en"] == shown["ru"]
        assert all("-*-" in target for target in shown["en"])

    def test_both_have_the_same_rows_in_their_tables(self):
        codes = {
            name: [(len(row), CODE.findall(row[0])) for row in USER_GUIDES[name].rows]
            for name in LANGUAGES
        }
        assert codes["en"] == codes["ru"]

    def test_both_lead_to_the_same_documents(self):
        twin = re.compile(r"user-guide(\.ru)?\.md")
        targets = {
            name: [
                link.target
                for link in USER_GUIDES[name].inner_links
                if not link.picture
                and not link.target.startswith("#")
                and not twin.match(link.target)
            ]
            for name in LANGUAGES
        }
        assert targets["en"] == targets["ru"]


class TestWords:
    def test_what_is_in_bold_stands_on_the_pages(self, language, guide, pages):
        assert guide.bold
        unknown = [
            words for words in guide.bold if not any(says(page, words) for page in pages[language])
        ]
        assert unknown == []


class TestStatuses:
    @pytest.mark.parametrize("status", Status)
    def test_each_status_has_a_row_with_its_word(self, language, guide, status):
        rows = [row for row in guide.rows if len(row) == 4 and row[1] == f"`{status.value}`"]
        assert [row[0] for row in rows] == [f"**{status.label}**"]

    def test_no_other_status_is_told(self, guide):
        head = next(n for n, row in enumerate(guide.rows) if row[1] == f"`{Status.WAITING.value}`")
        told = [row[1].strip("`") for row in guide.rows[head : head + len(Status) + 1]]
        assert sorted(told[: len(Status)]) == sorted(Status)
        assert told[-1] not in map(str, Status)


class TestIssues:
    @pytest.mark.parametrize("code", issues.CODES)
    def test_each_code_has_a_row_with_the_beginning_of_its_sentence(self, language, guide, code):
        source = str(issues._SENTENCES[code])
        assert says(source, quoted_in(row_of(guide, code))), source

    def test_no_other_code_is_told(self, guide):
        told = {
            code
            for row in guide.rows
            if re.fullmatch(r"`[a-z_]+`", row[0])
            for code in CODE.findall(row[0])
        }
        assert told == set(issues.CODES)


class TestLog:
    @pytest.mark.parametrize("code", log_texts.CODES)
    def test_each_code_has_a_row(self, guide, code):
        rows = [row for row in guide.rows if f"(`{code}`)" in row[0]]
        assert len(rows) == 1

    def test_no_other_code_is_told(self, guide):
        told = {code for row in guide.rows for code in re.findall(r"\(`(\w+)`\)", row[0])}
        assert told == set(log_texts.CODES)


class TestForms:
    @pytest.mark.parametrize("name", [name for name in FIELDS if name != "retry_of"])
    def test_each_field_of_the_form_has_a_row(self, language, guide, name):
        rows = [row for row in guide.rows if row[0] == f"**{FIELDS[name].label}**"]
        assert rows

    @pytest.mark.parametrize("name", ["import_type", "file_type"])
    def test_each_choice_of_a_field_is_told_in_its_row(self, language, guide, name):
        (row,) = (row for row in guide.rows if row[0] == f"**{FIELDS[name].label}**")
        assert [
            label for _value, label in FIELDS[name].choices if f"**{label}**" not in row[1]
        ] == []

    @pytest.mark.parametrize("filterset", FILTERSETS, ids=lambda filterset: filterset.__name__)
    def test_each_filter_is_told(self, language, guide, filterset):
        labels = {str(declared.label) for declared in filterset.base_filters.values()}
        assert labels - set(guide.bold) == set()
