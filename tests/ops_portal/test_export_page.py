"""Before a file: how many rows, which format, which separator, which columns."""

import csv
import io
import random
import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from apps.products.models import ImportSession
from ops_portal.exports import xlsx_file
from tests.ops_portal.conftest import HISTORY
from tests.ops_portal.test_pages import insert

EXPORT = f"{HISTORY}export/"


def fields_of(page):
    """Give the fields of the export form: name and values that may be chosen or are hidden."""
    form = re.search(r'class="export-form">(.*?)</form>', page.text, re.S)[1]
    fields = {}
    for tag in re.findall(r"<(?:input|option)[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = unescape(re.search(r'value="([^"]*)"', tag)[1])
        fields.setdefault(name[1] if name else "_separator", []).append(value)
    return fields


class TestPage:
    def test_the_number_of_rows_is_said_first_and_exactly(self, operator, people):
        insert(10_050, people.operator, random.Random(1))
        assert "10,050 rows" in operator.get(EXPORT).text

    def test_filters_and_order_are_carried_on(self, operator, make_session):
        make_session(status="failed")
        make_session()
        page = operator.get(f"{EXPORT}?status=failed&sort=-duration&page=1&per_page=50")
        assert "1 row" in page.text
        assert "Status:</span> Failed" in page.text
        fields = fields_of(page)
        assert fields["status"] == ["failed"]
        assert fields["sort"] == ["-duration"]
        assert "page" not in fields
        assert "per_page" not in fields

    def test_the_shown_columns_are_offered_and_all(self, operator, make_session):
        make_session()
        operator.post(f"{HISTORY}view/", {"columns": ["status", "error"]})
        page = operator.get(EXPORT)
        assert fields_of(page)["columns"] == ["id,status,error", "all"]
        assert "Those shown: No., Status, Error" in page.text

    @pytest.mark.parametrize(("language", "usual"), [("en", "comma"), ("ru", "semicolon")])
    def test_the_separator_of_the_language_is_chosen(self, operator, language, usual):
        page = operator.get(EXPORT, headers={"Accept-Language": language})
        assert f'<option value="{usual}" selected>' in page.text
        assert set(fields_of(page)["_separator"]) == {"semicolon", "comma", "tab"}

    def test_what_no_workbook_holds_is_said_before(self, operator, make_session, monkeypatch):
        monkeypatch.setattr(xlsx_file, "MOST_ROWS", 3)
        make_session()
        make_session()
        assert fields_of(operator.get(EXPORT))["_export"] == ["csv", "xlsx"]
        make_session()
        page = operator.get(EXPORT)
        assert fields_of(page)["_export"] == ["csv"]
        assert "XLSX holds 2 rows at most here." in page.text

    def test_a_bad_filter_is_said_and_nothing_offered(self, operator, make_session):
        make_session()
        page = operator.get(f"{EXPORT}?colour=red")
        assert "There is no filter “colour”." in page.text
        assert "export-form" not in page.text
        assert "0 rows" in page.text

    def test_looking_at_it_is_not_recorded(self, operator):
        operator.get(EXPORT)
        assert not LogEntry.objects.exists()


class TestChoices:
    @pytest.mark.parametrize(("name", "sign"), [("semicolon", ";"), ("comma", ","), ("tab", "\t")])
    @pytest.mark.parametrize("language", ["en", "ru"])
    def test_the_chosen_separator_is_used(self, operator, make_session, name, sign, language):
        session = make_session()
        address = f"{HISTORY}?_export=csv&columns=id,trigger&_separator={name}"
        response = operator.get(address, headers={"Accept-Language": language})
        lines = response.getvalue().decode().splitlines()
        assert lines[1].startswith(f"{session.pk}{sign}")

    @pytest.mark.parametrize("name", ["x", ";", "%00", "comma,tab"])
    def test_another_separator_is_refused(self, operator, name):
        response = operator.get(f"{HISTORY}?_export=csv&_separator={name}")
        assert response.status_code == 400
        assert "semicolon, comma, tab" in response.text

    def test_all_columns_are_more_than_the_usual(self, operator, make_session):
        make_session(status="failed", error_message="=cmd")
        response = operator.get(f"{HISTORY}?_export=csv&columns=all")
        header, row = csv.reader(io.StringIO(response.getvalue().decode()[1:]))
        assert len(header) == len(row) == 12
        assert row[header.index("Error")] == "'=cmd"

    def test_what_is_remembered_for_pages_changes_no_file(self, operator, make_session):
        make_session()
        operator.post(f"{HISTORY}view/", {"columns": ["status"]})
        assert "columns=id%2Cstatus&amp;_export=csv" in operator.get(HISTORY).text
        response = operator.get(f"{HISTORY}?_export=csv")
        header, _row = csv.reader(io.StringIO(response.getvalue().decode()[1:]))
        assert len(header) == 10

    def test_a_workbook_holds_all_columns_with_blanks_for_nothing(self, operator, make_session):
        make_session(started_at=None, finished_at=None, duration_ms=None, status="cancelled")
        response = operator.get(f"{HISTORY}?_export=xlsx&columns=all")
        assert response.status_code == 200
        assert response.getvalue().startswith(b"PK")


class TestStream:
    def test_the_cursor_stays_on_the_server_while_rows_are_sent(self, operator, people):
        insert(3_500, people.operator, random.Random(4))
        response = operator.get(f"{HISTORY}?_export=csv&sort=id")
        pieces = iter(response.streaming_content)
        read = next(pieces) + next(pieces)
        assert _cursors() == 1
        assert read.count(b"\r\n") == 1_001
        rest = b"".join(pieces)
        assert rest.count(b"\r\n") == 2_500
        assert _cursors() == 0

    def test_one_mark_at_the_beginning_and_none_between(self, operator, people):
        insert(2_500, people.operator, random.Random(4))
        text = operator.get(f"{HISTORY}?_export=csv").getvalue().decode()
        assert text.count("\ufeff") == 1
        assert text.startswith("\ufeff")

    def test_yes_no_words_and_blanks_are_right_in_any_mixture(self, operator, people):
        insert(300, people.operator, random.Random(5))
        response = operator.get(f"{HISTORY}?_export=csv&sort=id&columns=id,dry_run,duration,status")
        rows = list(csv.DictReader(io.StringIO(response.getvalue().decode()[1:])))
        for row, session in zip(rows, ImportSession.objects.order_by("pk"), strict=True):
            seconds = "" if session.duration_ms is None else str(session.duration_ms / 1000)
            assert row == {
                "No.": str(session.pk),
                "Status": session.get_status_display(),
                "Dry run": "yes" if session.dry_run else "no",
                "Duration, s": seconds,
            }


def _cursors():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors")
        return cursor.fetchone()[0]
