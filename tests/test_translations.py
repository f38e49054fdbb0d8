"""The Russian translation: whole, true to its source, and compiled."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from django.utils.translation.template import templatize

from apps.products.issues import CODES, sentence_for
from apps.products.sessions.states import Status
from apps.products.wording import REASONS, reason_in_words
from freesport.settings import base
from tests.support.processes import ROOT

PO = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
SOURCES = ("apps", "freesport", "ops_portal", "templates")
LAZY = ("gettext_noop", "gettext_lazy", "ngettext_lazy", "pgettext_lazy", "npgettext_lazy")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-z]|%[a-z]")
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
# Texts without a Russian letter: they are the same in every language, or become a sign.
SIGNS = {"SHA-256", "%(file)s: %(reason)s", "No."}

Key = tuple[str | None, str]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The translation as its source file has it."""
    with PO.open("rb") as file:
        return read_po(file, locale="ru")


@pytest.fixture
def russian() -> Iterator[None]:
    """Russian is the active language."""
    with translation.override("ru"):
        yield


def messages(catalog: Catalog) -> list[Message]:
    """Give the messages without the catalogue's header."""
    return [message for message in catalog if message.id]


def key(message: Message) -> Key:
    """Give what a text is looked up by: its context and, of a plural, the singular."""
    return message.context, singular(message.id)


def singular(text: str | tuple[str, ...] | list[str]) -> str:
    """Give the first form."""
    return text if isinstance(text, str) else text[0]


def source_files() -> list[Path]:
    """Give the files whose texts are translated."""
    found = [path for top in SOURCES for path in sorted((ROOT / top).rglob("*"))]
    return [path for path in found if path.suffix in {".py", ".html"}]


def texts_of(path: Path) -> Iterator[Key]:
    """Give the texts that a file marks for translation, as `makemessages` finds them."""
    code = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        code = "\n".join(line.lstrip() for line in templatize(code, origin=str(path)).splitlines())
    for _line, function, arguments, _comments in extract_python(
        BytesIO(code.encode()), KEYWORDS, [], {"encoding": "utf-8"}
    ):
        # None: the call looks up a variable, whose texts are marked where they are written.
        given = [arguments] if isinstance(arguments, str) else [*(arguments or ())]
        context = given.pop(0) if function.removeprefix("n").startswith("pgettext") else None
        if given:
            yield context, given[0]


def lines_with_hidden_texts(path: Path) -> Iterator[int]:
    """Give the lines with a text that is marked for translation inside an f-string."""
    for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(outer, ast.JoinedStr):
            for node in ast.walk(outer):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if called and node.func.id in KEYWORDS:
                    yield node.lineno


class TestSource:
    def test_every_text_of_the_source_is_in_the_translation(self, catalog):
        known = {key(message) for message in messages(catalog)}
        missing = {
            f"{path.relative_to(ROOT)}: {text!r}"
            for path in source_files()
            for text in texts_of(path)
            if text not in known
        }
        assert not missing, f"Run `make messages` and translate: {sorted(missing)}"

    def test_no_text_hides_inside_an_f_string(self):
        hidden = {
            f"{path.relative_to(ROOT)}:{line}"
            for path in source_files()
            if path.suffix == ".py"
            for line in lines_with_hidden_texts(path)
        }
        assert not hidden, f"`make messages` does not see them, so they stay English: {hidden}"

    def test_the_translation_holds_no_text_that_the_source_has_lost(self, catalog):
        used = {text for path in source_files() for text in texts_of(path)}
        assert [key(message) for message in messages(catalog) if key(message) not in used] == []
        assert not catalog.obsolete

    def test_russian_is_the_language_of_whoever_asks_for_none(self):
        assert base.LANGUAGE_CODE == "ru"


class TestTexts:
    def test_nothing_is_untranslated(self, catalog):
        empty = [key(message) for message in messages(catalog) if not all(forms(message))]
        assert empty == []

    def test_nothing_is_guessed(self, catalog):
        assert [key(message) for message in messages(catalog) if message.fuzzy] == []

    def test_every_text_is_in_russian(self, catalog):
        latin = [
            singular(message.id)
            for message in messages(catalog)
            if message.context != "date format"
            and not all(CYRILLIC.search(form) for form in forms(message))
        ]
        assert set(latin) == SIGNS

    def test_placeholders_are_those_of_the_source(self, catalog):
        wrong = [
            (key(message), form)
            for message in messages(catalog)
            for form in forms(message)
            if placeholders(form) != placeholders(last(message.id))
        ]
        assert wrong == []

    def test_texts_begin_and_end_as_in_the_source(self, catalog):
        wrong = [
            (key(message), form)
            for message in messages(catalog)
            for form in forms(message)
            if singular(message.id) not in SIGNS and edges(form) != edges(singular(message.id))
        ]
        assert wrong == []


def forms(message: Message) -> list[str]:
    """Give the translation's forms: one, or one for each plural."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def last(text: str | tuple[str, ...] | list[str]) -> str:
    """Give the plural, where there is one."""
    return text if isinstance(text, str) else text[-1]


def placeholders(text: str) -> list[str]:
    """Give what is filled in, in alphabetical order: Russian has an order of its own."""
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def edges(text: str) -> tuple[str, str, str]:
    """Give the blanks around a text, and the full stop at its end."""
    end = text[-1] if text[-1] in ".…" else ""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :], end


class TestPlurals:
    def test_each_plural_has_three_forms(self, catalog):
        plurals = [message for message in messages(catalog) if not isinstance(message.id, str)]
        assert plurals
        assert catalog.num_plurals == 3
        assert {len(message.string) for message in plurals} == {3}

    @pytest.mark.parametrize(
        ("number", "said"),
        [
            (0, "0 строк"),
            (1, "1 строка"),
            (2, "2 строки"),
            (4, "4 строки"),
            (5, "5 строк"),
            (11, "11 строк"),
            (14, "14 строк"),
            (21, "21 строка"),
            (22, "22 строки"),
            (111, "111 строк"),
            (121, "121 строка"),
            (1002, "1002 строки"),
        ],
    )
    def test_numbers_take_the_right_form(self, russian, number, said):
        assert ngettext("%(n)s row", "%(n)s rows", number) % {"n": number} == said

    def test_a_plural_with_a_context_is_found(self, russian):
        said = [npgettext("counted", "error", "errors", number) for number in (1, 3, 5)]
        assert said == ["ошибка", "ошибки", "ошибок"]


class TestWords:
    def test_states_agree_with_an_import(self, russian):
        assert [str(status.label) for status in Status] == [
            "Ожидает",
            "В очереди",
            "Запускается",
            "Выполняется",
            "Отменяется",
            "Завершён",
            "Ошибка",
            "Отменён",
        ]

    def test_numbers_of_sessions_and_records_are_neuter(self, russian):
        assert pgettext("number of sessions", "Completed") == "Завершено"
        assert pgettext("number of records", "Failed") == "С ошибкой"

    def test_the_admins_own_texts_stay_as_django_has_them(self, russian):
        assert gettext("Home") == "Начало"
        assert gettext("Log out") == "Выйти"

    @pytest.mark.parametrize("code", CODES)
    def test_an_issue_names_1c_in_cyrillic(self, russian, code):
        sentence = sentence_for(code, {})
        assert CYRILLIC.search(sentence)
        assert "1C" not in sentence

    def test_an_issue_names_the_column_in_the_readers_language(self, russian):
        said = sentence_for("text_too_long", {"field": "article", "length": 300, "limit": 255})
        assert said.startswith("Значение «артикул» слишком длинное (300 симв.)")

    def test_a_reason_is_said_in_the_readers_language(self, russian):
        assert reason_in_words("the root is html, not CommerceML").startswith("корневой элемент")
        assert reason_in_words("not valid utf-16") == "содержимое не соответствует utf-16"
        assert reason_in_words("Extra content at the end") == "Extra content at the end"

    def test_every_reason_is_one_that_a_reader_of_files_gives(self):
        of_exports = sorted((ROOT / "apps" / "common" / "commerceml").glob("*.py"))
        of_pictures = ROOT / "apps" / "products" / "imports" / "pictures.py"
        code = "".join(path.read_text(encoding="utf-8") for path in (*of_exports, of_pictures))
        parts = [part for reason in REASONS for part in re.split(r"%\(what\)s", reason)]
        assert [part for part in parts if part.strip() and part.strip() not in code] == []


class TestCompiled:
    def test_the_compiled_file_is_that_of_the_source(self, catalog):
        compiled = BytesIO()
        write_mo(compiled, catalog)
        assert PO.with_suffix(".mo").read_bytes() == compiled.getvalue(), "Run `make messages`."

    def test_it_is_where_django_looks_for_it(self):
        assert PO.parents[2] in settings.LOCALE_PATHS
