"""Rows written down for COPY, and how the import's connection looks things up."""

import pytest
from django.db import connection, transaction

from apps.products.imports.copying import copy_rows
from apps.products.imports.sql import id_array, text_array
from apps.products.imports.text_format import copy_lines
from apps.products.imports.writer_connection import whole_tables, writer_connection
from apps.products.models import ImportSession

HARD = ["", "\\", "\\N", "a\tb", "a\nb\r\n", '"', "',{}", "Ё\u00a0«»", "\x7f"]


class TestCopyLines:
    def test_each_kind_of_value(self):
        assert copy_lines([("a", 1, None, True), ("b", -2, "x", False)]) == (
            "a\t1\t\\N\tt\nb\t-2\tx\tf\n"
        )

    def test_what_would_end_a_value_is_escaped(self):
        assert copy_lines([("a\tb\\",), ("c\n\r",)]) == "a\\tb\\\\\nc\\n\\r\n"

    @pytest.mark.parametrize("others", [("b", "c"), ("b", None)])
    def test_nul_vanishes(self, others):
        rows = [("a\0a",), *((other,) for other in others)]
        assert copy_lines(rows).startswith("aa\nb\n")

    def test_no_rows_are_no_text(self):
        assert copy_lines([]) == ""


@pytest.mark.django_db
class TestDatabase:
    def test_every_text_arrives_as_it_is(self):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE told (n int, said text) ON COMMIT DROP")
            copy_rows("told", ("n", "said"), enumerate(HARD * 100))
            cursor.execute("SELECT said FROM told ORDER BY n")
            assert [row[0] for row in cursor.fetchall()] == HARD * 100

    def test_arrays_arrive_as_they_are(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT %s::text[], %s::text[], %s::bigint[], %s::bigint[]",
                [text_array(HARD), text_array([]), id_array([1, -2]), id_array([])],
            )
            assert cursor.fetchone() == (HARD, [], [1, -2], [])


@pytest.mark.django_db
def test_an_import_looks_up_by_index_but_reads_whole_tables():
    def setting() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_seqscan")
            return str(cursor.fetchone()[0])

    session = ImportSession.objects.create(import_type="catalog", trigger="cli")
    with writer_connection(session), transaction.atomic():
        inside = [setting()]
        with whole_tables():
            inside.append(setting())
        inside.append(setting())
    assert inside == ["off", "on", "off"]
    assert setting() == "on"
