"""Files: exactly the filtered rows, in order, safe to open, recorded."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from freesport.operations import OPERATIONS
from ops_portal.exports import csv_file, rows, xlsx_file
from tests.ops_portal.conftest import HISTORY


def read(response, delimiter=","):
    """Give a CSV answer as rows; there is one BOM, at its start."""
    text = response.getvalue().decode()
    assert text.startswith("\ufeff")
    assert text.count("\ufeff") == 1
    return list(csv.reader(io.StringIO(text[1:]), delimiter=delimiter))


class TestCsv:
    def test_it_holds_exactly_the_filtered_and_sorted_rows(self, operator, make_session):
        for seconds in (3, 1, 2):
            make_session(duration_ms=seconds * 1000, dry_run=True)
        make_session()
        rows = read(operator.get(f"{HISTORY}?dry_run=true&sort=duration&_export=csv"))
        assert [row[7] for row in rows] == ["Duration, s", "1.0", "2.0", "3.0"]

    def test_all_pages_are_in_it(self, operator, make_session):
        for _ in range(40):
            make_session()
        assert len(read(operator.get(f"{HISTORY}?per_page=25&page=2&_export=csv"))) == 41

    def test_only_the_chosen_columns_are_in_it(self, operator, make_session):
        session = make_session()
        rows = read(operator.get(f"{HISTORY}?columns=id,status&_export=csv"))
        assert rows == [["No.", "Status"], [str(session.pk), "Completed"]]

    def test_whole_records_give_what_their_fields_give(self, operator, make_session):
        make_session(duration_ms=1500, error_count=2, warning_count=3)
        table = OPERATIONS[0].table(OPERATIONS[0].backend.history())
        (by_field,) = rows.values(table, table.data.data)
        (by_record,) = rows._of_records(table, table.data.data)
        assert [list(column) for column in by_field] == [list(column) for column in by_record]

    def test_times_are_local_and_the_header_names_the_zone(self, operator, make_session):
        make_session(started_at=datetime(2026, 1, 31, 21, 5, 7, tzinfo=UTC))
        rows = read(operator.get(f"{HISTORY}?columns=started_at&_export=csv"))
        assert rows == [["Started (Europe/Moscow)"], ["2026-02-01 00:05:07"]]

    def test_russian_spreadsheets_get_semicolons(self, operator, make_session):
        make_session()
        response = operator.get(f"{HISTORY}?_export=csv", headers={"Accept-Language": "ru"})
        assert len(read(response, ";")[1]) == 10

    @pytest.mark.parametrize(
        ("query", "delimiter", "seconds"),
        [("", ";", "12,5"), ("&_separator=comma", ",", "12.5"), ("&_separator=tab", "\t", "12.5")],
    )
    def test_the_decimal_sign_goes_with_the_separator(
        self, operator, make_session, query, delimiter, seconds
    ):
        make_session(duration_ms=12_500)
        response = operator.get(
            f"{HISTORY}?columns=id,duration&_export=csv{query}", headers={"Accept-Language": "ru"}
        )
        assert read(response, delimiter)[1][1] == seconds

    def test_the_file_is_named_after_the_list_and_the_day(self, operator, make_session):
        response = operator.get(f"{HISTORY}?_export=csv")
        assert re.fullmatch(
            r'attachment; filename="import-1c-\d{4}-\d\d-\d\d\.csv"',
            response["Content-Disposition"],
        )
        assert response["Content-Type"] == "text/csv; charset=utf-8"

    def test_rows_come_from_a_cursor_on_the_server(self, operator, make_session, monkeypatch):
        monkeypatch.setattr("ops_portal.exports.rows.BATCH", 10)
        for _ in range(35):
            make_session()
        with CaptureQueriesContext(connection) as captured:
            response = operator.get(f"{HISTORY}?_export=csv")
            assert response.streaming
            assert len(read(response)) == 36
        assert not [query for query in captured if "COUNT(" in query["sql"]]

    def test_it_is_recorded_in_the_admins_log(self, operator, people, make_session):
        operator.get(f"{HISTORY}?status=failed&_export=csv").getvalue()
        entry = LogEntry.objects.get()
        assert entry.user == people.operator
        assert "status=failed" in entry.change_message

    @pytest.mark.parametrize("file_format", ["", "pdf", "CSV", "\0"])
    def test_another_format_is_refused(self, operator, file_format):
        response = operator.get(HISTORY, {"_export": file_format})
        assert response.status_code == 400
        assert not LogEntry.objects.exists()

    def test_issues_are_exported_with_ids_as_text(self, operator, make_session, add_issue):
        session = make_session()
        add_issue(session, onec_id="000123", file="goods.xml")
        rows = read(operator.get(f"{HISTORY}{session.pk}/issues/?_export=csv"))
        assert rows[0] == [
            "Severity",
            "What happened, what to do",
            "Kind",
            "1C id",
            "File",
            "Line",
        ]
        assert rows[1][2:] == ["Products", "000123", "goods.xml", "7"]


class TestFormulas:
    @pytest.mark.parametrize(
        "text", ["=1+1", "+7 900", "-5", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"]
    )
    def test_text_that_a_spreadsheet_would_run_is_made_text(self, text):
        assert csv_file.cells([text, "plain"]) == [f"'{text}", "plain"]

    @pytest.mark.parametrize("value", [-5, -0.5, 0, 12])
    def test_real_numbers_stay_numbers(self, value):
        assert csv_file.cells([value]) == [value]

    @pytest.mark.parametrize("text", ["", "a=b", "goods.xml", "Мяч"])
    def test_harmless_text_is_left_alone(self, text):
        assert csv_file.cells([text]) == [text]

    def test_a_hostile_starter_is_neutralised_in_the_file(self, operator, make_session):
        make_session(requested_by_name='=HYPERLINK("http://evil.example")')
        rows = read(operator.get(f"{HISTORY}?columns=requested_by&_export=csv"))
        assert rows[1] == ['\'=HYPERLINK("http://evil.example")']


class TestSeparator:
    @pytest.mark.parametrize(
        ("language", "sign"), [("ru", "semicolon"), ("en", "comma"), ("en-gb", "comma")]
    )
    def test_it_follows_the_language(self, language, sign):
        with translation.override(language):
            assert csv_file.usual_separator() == sign


class TestXlsx:
    def test_text_stays_text_and_numbers_numbers(self, operator, make_session):
        make_session(requested_by_name="=1+1", changed_count=42)
        response = operator.get(f"{HISTORY}?columns=requested_by,changed&_export=xlsx")
        sheet = _sheet(response.getvalue())
        assert "<f>" not in sheet
        assert ">=1+1<" in sheet
        assert "<v>42</v>" in sheet

    def test_times_are_dates_of_the_sheet(self, operator, make_session):
        make_session(started_at=datetime(2026, 1, 31, 21, 0, 0, tzinfo=UTC))
        response = operator.get(f"{HISTORY}?columns=started_at&_export=xlsx")
        assert "<v>46054</v>" in _sheet(response.getvalue())  # 2026-02-01 in Moscow

    def test_more_rows_than_a_sheet_holds_are_refused(self, operator, make_session, monkeypatch):
        monkeypatch.setattr(xlsx_file, "MOST_ROWS", 3)
        for _ in range(3):
            make_session()
        response = operator.get(f"{HISTORY}?_export=xlsx")
        assert response.status_code == 400
        assert "take CSV" in response.text


def _sheet(content):
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()
