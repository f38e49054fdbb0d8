"""Whole runs: nothing written twice, dry runs, chunk sizes, logs, generated exports."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.common.models import CustomerSyncLog, SyncLog
from apps.common.synthetic import ExportOptions, write_export
from apps.products.models import ImportSession
from apps.products.sessions import lifecycle
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType, Trigger
from apps.users.imports.entity import ONEC_FIELDS
from apps.users.models import User

from .conftest import INN, account, customer, the


def state() -> list[tuple]:
    """Give what imports write of all accounts, without times and numbers."""
    fields = (*ONEC_FIELDS, "onec_id", "username", "role", "is_active", "created_in_1c")
    return sorted(User.objects.values_list(*fields), key=str)


def generated(directory: Path, **options: object) -> Path:
    write_export(directory, ExportOptions(products=0, **{"customers": 300, "seed": 3} | options))
    return directory


# Every trap at once: repeated ids, shared numbers and addresses, deletions, bad records.
TRICKY = (
    customer("c1", inn=INN, email="a@example.org"),
    customer("c2", inn=INN, email="a@example.org"),
    customer("c1", "Новый Иван", email="b@example.org"),
    customer("c3", email="a@example.org"),
    customer("c3", email="a@example.org"),
    customer("c4", roles=("Поставщик",)),
    customer("c5", email="no address"),
    customer("c6", deleted=True),
    customer("c7"),
    customer("c7", deleted=True),
    customer("c7", deleted=True),
    customer("c7", "Вернулся Иван"),
    customer("c8", email="shop@example.org", phone="8 000 000 00 01"),
    customer("c9", email="staff@example.org"),
    customer("c10", deleted=True),
    customer("c10", phone="8 000 000 00 02"),
)


def cast() -> None:
    """Make accounts that the tricky records meet."""
    account("shop", email="SHOP@example.org", phone="+70000000009")
    account("staff", email="staff@example.org", is_staff=True)
    account("blocked", onec_id="c10", created_in_1c=True, is_active=False)


class TestUnchangedInput:
    def test_writes_nothing(self, run_import, tmp_path, writes):
        directory = generated(tmp_path / "shop")
        first = run_import(data_dir=directory)
        CustomerSyncLog.objects.all().delete()
        before = writes()
        second = run_import(data_dir=directory)
        after = writes()
        assert second.counts["unchanged"] == first.counts["created"]
        assert after["users_user"] == before["users_user"]
        assert {operation for _onec_id, operation in second.log()} == {"skipped"}

    def test_of_customers_alone_leaves_no_log_row(self, run_import, writes):
        run_import(customer(), customer("c2"))
        before = writes()
        assert run_import().counts == {"read": 2, "unchanged": 2}
        assert writes() == before


class TestDryRun:
    def test_its_counters_equal_those_of_the_run_that_follows(self, run_import, writes):
        cast()
        before, accounts = writes(), state()
        dry = run_import(*TRICKY, dry_run=True)
        assert writes() == before
        assert state() == accounts
        real = run_import()
        assert real.summary["counters"] == dry.summary["counters"]
        assert real.codes() == dry.codes()

    def test_also_when_customers_are_known(self, run_import):
        cast()
        run_import(*TRICKY)
        User.objects.filter(onec_id="c7").update(is_active=True, phone="+70000000000")
        changed = [*TRICKY[::-1], customer("c2", phone="8 000 000 00 03")]
        dry = run_import(*changed, dry_run=True, chunk_size=3)
        real = run_import(chunk_size=5)
        assert real.summary["counters"] == dry.summary["counters"]
        assert real.codes() == dry.codes()

    def test_it_leaves_a_sync_log_and_no_customers_log(self, run_import):
        run_import(customer(), dry_run=True)
        assert SyncLog.objects.get().sync_type == "customers"
        assert not CustomerSyncLog.objects.exists()

    def test_it_locks_no_account(self, run_import, monkeypatch):
        from apps.users.imports import customers  # noqa: PLC0415  (its lock must not be reached)

        run_import(customer())
        monkeypatch.setattr(customers, "_lock", lambda ids: pytest.fail("a lock"))
        assert run_import(customer(name="Новый"), dry_run=True).counts["updated"] == 1


class TestChunks:
    @pytest.mark.parametrize("chunk_size", [1, 2, 3, 7])
    def test_their_size_changes_nothing(self, run_import, chunk_size):
        cast()
        whole = run_import(*TRICKY, chunk_size=10_000)
        accounts, log = state(), sorted(whole.log())
        User.objects.all().delete()
        cast()
        parts = run_import(chunk_size=chunk_size)
        assert state() == accounts
        assert (parts.counts, parts.codes()) == (whole.counts, whole.codes())
        assert sorted(parts.log()) == log

    def test_another_chunk_takes_few_statements(self, run_import):
        def statements(*records: str) -> int:
            with CaptureQueriesContext(connection) as queries:
                run_import(*records)
            return len(queries)

        two = [customer(f"c{i}", email=f"c{i}@example.org") for i in range(200)]
        three = [customer(f"d{i}", email=f"d{i}@example.org") for i in range(300)]
        # Beginning, proof, progress, sign of life and end; accounts and their log, or a look-up.
        assert statements(*three) - statements(*two) <= 7
        assert statements(*three) - statements(*two) <= 6


class TestLayouts:
    @pytest.mark.parametrize(
        ("layout", "encoding"), [("split", "utf-8"), ("flat", "utf-16"), ("single", "windows-1251")]
    )
    def test_customers_are_found_wherever_they_lie(self, run_import, tmp_path, layout, encoding):
        directory = generated(tmp_path / "shop", layout=layout, encoding=encoding)
        outcome = run_import(data_dir=directory)
        assert outcome.code == 0, outcome.error
        assert set(outcome.codes()) == {"not_a_buyer"}
        assert outcome.counts["read"] == 300
        assert outcome.counts["created"] == User.objects.count()
        assert outcome.counts["created"] + outcome.counts["skipped"] == 300

    def test_v1_then_v2_then_v1_gives_v1(self, run_import, tmp_path):
        first = generated(tmp_path / "v1", full=True)
        second = generated(tmp_path / "v2", full=True, change_share=0.3, delete_share=0.1)
        run_import(data_dir=first)
        accounts = state()
        changed = run_import(data_dir=second)
        assert changed.counts["updated"] > 0
        assert changed.counts["hidden"] > 0
        assert state() != accounts
        run_import(data_dir=first)
        assert state() == accounts


class TestLogs:
    def test_every_customer_but_the_unchanged_leaves_a_row(self, run_import):
        run_import(customer("same"), customer("changed"))
        outcome = run_import(
            customer("same"),
            customer("changed", "Новый Иван"),
            customer("new"),
            customer("supplier", roles=("Поставщик",)),
            customer("bad", email="bad"),
        )
        assert sorted(outcome.log()) == [
            ("bad", "failed"),
            ("changed", "updated"),
            ("new", "created"),
            ("supplier", "skipped"),
        ]

    def test_a_row_tells_who_what_and_why(self, run_import):
        outcome = run_import(customer("bad", email="bad"), customer("odd", inn="7701234569"))
        failed = CustomerSyncLog.objects.get(operation_type="failed")
        assert (failed.status, failed.customer) == ("failed", None)
        assert failed.details["code"] == "email_invalid"
        assert failed.error_message == outcome.session.issues.get(onec_id="bad").sentence
        created = CustomerSyncLog.objects.get(operation_type="created")
        assert (created.status, created.customer) == ("warning", the("odd"))
        assert created.details == {"remarks": ["tax_id_wrong"]}
        assert created.duration_ms is not None

    def test_all_rows_of_a_run_share_its_correlation_id(self, run_import):
        run_import(customer(), customer("c2"))
        ids = set(CustomerSyncLog.objects.values_list("correlation_id", flat=True))
        assert ids == {SyncLog.objects.get().correlation_id}

    def test_a_run_leaves_one_sync_log(self, run_import):
        outcome = run_import(customer(), customer("c2", email="bad"))
        log = SyncLog.objects.get()
        assert (log.sync_type, log.status, log.session) == (
            "customers",
            "completed",
            outcome.session,
        )
        assert (log.records_processed, log.errors_count) == (2, 1)

    def test_a_chunk_that_is_rolled_back_leaves_no_row(self, run_import, writes):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE users_user ADD CONSTRAINT no_c2 CHECK (onec_id <> 'c2')")
        try:
            records = customer(), customer("c2", "Тайный Иван", email="i@example.org")
            outcome = run_import(*records, customer("c3"), chunk_size=2)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE users_user DROP CONSTRAINT no_c2")
        assert outcome.code == 1
        assert not CustomerSyncLog.objects.exists()
        assert not User.objects.exists()
        assert "no_c2" in outcome.session.error_message

    def test_a_refused_row_is_not_quoted_in_sessions_and_logs(self, run_import, caplog):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE users_user ADD CONSTRAINT no_c2 CHECK (onec_id <> 'c2')")
        try:
            outcome = run_import(customer("c2", "Тайный Иван", email="secret@example.org"))
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE users_user DROP CONSTRAINT no_c2")
        told = outcome.error + outcome.session.error_message + caplog.text
        told += "".join(line.sentence for line in outcome.session.log_lines.all())
        assert "no_c2" in told
        assert "Тайный" not in told
        assert "secret" not in told


class TestFullPackages:
    def test_who_is_absent_from_one_keeps_the_account(self, run_import, export):
        run_import(customer(), customer("c2"))
        path = export.directory / "contragents/contragents_1_1_a.xml"
        export.write(customer())
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('Изменения="true"', 'Изменения="false"'), encoding="utf-8")
        outcome = run_import()
        assert outcome.counts == {"read": 1, "unchanged": 1}
        assert the("c2").is_active


class TestCommand:
    def test_json_has_the_contracts_keys(self, run_import):
        outcome = run_import(customer())
        assert set(outcome.summary) == {
            *("id", "status", "dry_run", "counters", "issues", "seconds", "error")
        }
        assert outcome.summary["counters"]["total"] == outcome.summary["counters"]["customers"]

    def test_1_for_a_missing_directory(self, run_import, tmp_path):
        outcome = run_import(data_dir=tmp_path / "nowhere")
        assert (outcome.code, outcome.summary["status"]) == (1, "failed")

    @pytest.mark.parametrize("chunk_size", [0, 10_001])
    def test_2_for_wrong_options(self, run_import, chunk_size):
        assert run_import(customer(), chunk_size=chunk_size).code == 2
        assert not ImportSession.objects.exists()

    def test_75_while_a_catalogue_import_is_active(self, export, run_import):
        active = lifecycle.open_session(
            Parameters(ImportType.CATALOG, export.directory), trigger=Trigger.CLI
        )
        outcome = run_import(customer())
        assert (outcome.code, outcome.out) == (75, "")
        assert f"#{active.pk}" in outcome.error

    def test_the_default_chunk_is_a_hundred(self, run_import):
        assert run_import(customer()).session.parameters["chunk_size"] == 100

    def test_a_directory_without_customers_completes_with_none(self, run_import, tmp_path):
        write_export(tmp_path / "goods", ExportOptions(products=5, customers=0))
        outcome = run_import(data_dir=tmp_path / "goods")
        assert (outcome.code, outcome.counts) == (0, {})


class TestSmallChunks:
    def test_a_later_chunk_meets_what_an_earlier_one_made(self, run_import):
        """Though both were looked up before anything was written."""
        first = customer("a", inn="7707083893", kpp="", email="one@example.org")
        others = [customer(f"c{i}", email=f"c{i}@example.org") for i in range(3)]
        again = customer("a", name="Новое имя", email="one@example.org")
        sharer = customer("b", email="ONE@example.org")
        outcome = run_import(first, *others, again, sharer, chunk_size=2)
        assert (outcome.counts["created"], outcome.counts["updated"]) == (5, 1)
        assert outcome.codes().count("email_taken") == 1
        assert User.objects.filter(email__iexact="one@example.org").count() == 1

    def test_logins_that_differ_in_signs_only_meet_across_chunks(self, run_import):
        outcome = run_import(customer("a/1", email=""), customer("a:1", email=""), chunk_size=1)
        assert outcome.counts["created"] == 2
        assert User.objects.values("username").distinct().count() == 2

    @pytest.mark.parametrize(
        "who", [{"tax_id": INN}, {"email": "NEW@example.org"}], ids=["inn", "email"]
    )
    def test_who_registers_between_two_chunks_gets_no_second_account(
        self, run_import, monkeypatch, who
    ):
        """Ids and logins of both chunks were looked up before."""
        real, newcomers = lifecycle.note_chunk, []

        def register(session, number, columns):
            real(session, number, columns)
            if columns.get("progress_done") == 2:
                newcomers.append(account(**who))

        monkeypatch.setattr(lifecycle, "note_chunk", register)
        others = [customer(f"c{i}", email=f"c{i}@example.org") for i in range(2)]
        outcome = run_import(
            *others, customer("a", inn=INN, email="new@example.org"), customer("b"), chunk_size=2
        )
        assert (outcome.counts["created"], outcome.counts["updated"]) == (3, 1)
        assert [newcomer.pk for newcomer in newcomers] == [the("a").pk]

    def test_a_chunk_that_is_done_again_finds_what_it_found(self, run_import, monkeypatch):
        """What its first try made is gone with it, and nothing of it is taken for known."""
        real, tries = lifecycle.note_chunk, []

        def fail_once(session, number, columns):
            real(session, number, columns)
            if columns.get("progress_done") == 4 and not tries:
                tries.append(number)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        monkeypatch.setattr(lifecycle, "note_chunk", fail_once)
        outcome = run_import(
            *(customer(f"c{i}", email=f"c{i}@example.org") for i in range(6)), chunk_size=2
        )
        assert tries
        assert outcome.counts == {"read": 6, "created": 6}
        assert User.objects.filter(username__startswith="1c-").count() == 6
