"""What a run would meet: worker, broker, files, earlier imports, backup; and what is refused."""

import io
import os
import threading

import pytest
from celery import current_app
from django.core.management import call_command
from kombu import pools

from apps.common.commerceml import take_inventory
from apps.monitoring.health.worker import answering_workers
from apps.products.models import ImportSession
from freesport.import_1c import looks as looks_module
from freesport.import_1c.looks import Looks
from tests.apps.monitoring.conftest import closed_port, heard_worker, no_worker, refused_broker
from tests.apps.products.imports.conftest import HEAD, TAIL, catalogue, good
from tests.ops_portal.conftest import PORTAL
from tests.support.processes import wait_until

__all__ = ["closed_port", "heard_worker", "no_worker", "refused_broker"]


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Neither answers nor connections: a test may have asked in another corner of the broker."""
    _forget()
    yield
    _forget()


def _forget():
    answering_workers.forget()
    current_app.amqp._producer_pool = None
    current_app._pool = None
    pools.reset()


@pytest.fixture
def panel(operator):
    """Give the panel for the form's values, every run of white space as one space."""

    def ask(client=operator, **values):
        def seen():
            page = client.get(PORTAL, {"_part": "preflight"} | values)
            assert page.status_code == 200
            return " ".join(page.text.split())

        wait_until(lambda: "being looked through" not in seen(), 30, seen)
        return seen()

    return ask


def is_off(text):
    """Whether the start button is off."""
    return 'disabled aria-describedby="start-blocked"' in text


def imported(root, **options):
    """Import for real from the command line, and give the session."""
    call_command(
        *("import_catalog_from_1c", "--data-dir", str(root), "--skip-backup"),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        **options,
    )
    return ImportSession.objects.latest()


class TestQueue:
    def test_a_worker_that_answers_leaves_the_button_on(self, heard_worker, panel):
        text = panel()
        assert "answers and takes imports" in text or "answer and take imports" in text
        assert "The broker answers and takes messages." in text
        assert not is_off(text)

    def test_without_a_worker_the_button_is_off_with_the_next_step(
        self, data_root, no_worker, panel
    ):
        text = panel()
        assert is_off(text)
        blocked = text[text.index('id="start-blocked"') :]
        assert "No worker answers" in blocked
        assert "Ask your administrator to start the import worker." in blocked

    def test_without_a_broker_too(self, data_root, refused_broker, panel):
        text = panel()
        assert is_off(text)
        assert "The message broker does not answer" in text

    def test_a_missing_worker_does_not_refuse_the_start(self, data_root, no_worker, operator):
        assert operator.post(PORTAL, {"import_type": "catalog"}).status_code == 302
        assert ImportSession.objects.get().status == "pending"

    def test_the_panel_asks_again_within_half_a_minute(self, data_root, no_worker, panel):
        assert 'hx-trigger="every 20s"' in panel()


class TestFiles:
    def test_each_kind_is_told_with_files_records_size_and_age(self, data_root, no_worker, panel):
        body = catalogue(*(good(f"p{n}") for n in range(1200)))
        (data_root / "more.xml").write_text(HEAD + body + TAIL)
        os.utime(data_root / "more.xml", (1, 1))
        text = panel()
        row = text[text.index('<th scope="row">Products</th>') :].partition("</tr>")[0]
        assert '<td class="num">2</td> <td class="num">1,201</td>' in row
        assert "KB" in row
        assert "now" in row or "second" in row
        assert "2 files" in text

    def test_a_directory_without_files_keeps_the_button_off(self, data_root, no_worker, panel):
        (data_root / "goods.xml").unlink()
        text = panel()
        assert is_off(text)
        assert "holds no XML file, so there is nothing to import." in text

    def test_a_missing_directory_too(self, settings, tmp_path, no_worker, panel):
        settings.ONEC_DATA_DIR = tmp_path / "nowhere"
        text = panel()
        assert is_off(text)
        assert "The directory cannot be read" in text

    def test_files_that_are_nothing_of_1c_too(self, data_root, no_worker, panel):
        (data_root / "goods.xml").write_text("<html></html>")
        text = panel()
        assert is_off(text)
        assert "None of the files can be read as content from 1C: goods.xml" in text

    def test_broken_files_are_named(self, data_root, no_worker, panel):
        (data_root / "broken.xml").write_text("")
        text = panel()
        assert "1 file cannot be read and would be left out: broken.xml (is empty)." in text

    def test_the_chosen_directory_changes_the_panel(self, data_root, no_worker, panel):
        (data_root / "goods.xml").unlink()
        (data_root / "morning").mkdir()
        (data_root / "evening").mkdir()
        (data_root / "evening" / "goods.xml").write_text(HEAD + catalogue(good("p")) + TAIL)
        assert "evening holds no XML" not in panel(source="evening")
        assert "morning holds no XML" in panel(source="morning")

    def test_a_scope_of_which_there_is_nothing_is_told(self, data_root, no_worker, panel):
        assert "hold nothing of what" not in panel(file_type="goods")
        assert "hold nothing of what you are about to import" in panel(file_type="prices")
        assert "hold nothing of what you are about to import" in panel(import_type="customers")

    @pytest.mark.parametrize("value", ["../..", "/etc", "a\0b", "x" * 5000, "<script>alert(1)"])
    def test_hostile_values_count_as_the_default(self, data_root, no_worker, panel, value):
        text = panel(source=value, import_type=value, file_type=value, retry_of=value)
        assert "Products" in text
        assert "<script>alert" not in text


class TestEarlierImports:
    def test_the_same_files_are_told(self, data_root, transactional_db, no_worker, panel):
        assert "Nothing has been imported completely yet." in panel()
        session = imported(data_root)
        text = panel()
        assert f"Same files as session #{session.pk}: nothing will change" in text
        assert "Such a run took" in text

    def test_what_is_new_and_changed_is_counted(
        self, data_root, transactional_db, no_worker, panel
    ):
        session = imported(data_root)
        (data_root / "goods.xml").write_text(HEAD + catalogue(good("p", "Other")) + TAIL)
        (data_root / "new.xml").write_text(HEAD + catalogue(good("q")) + TAIL)
        text = panel()
        assert f"differ from those of session #{session.pk} (new: 1, changed: 1)" in text

    def test_a_copy_with_the_same_content_is_the_same(
        self, data_root, transactional_db, no_worker, panel
    ):
        imported(data_root)
        os.utime(data_root / "goods.xml", (1, 1))
        assert "nothing will change" in panel()

    def test_neither_a_dry_run_nor_a_narrower_one_makes_that_promise(
        self, data_root, transactional_db, no_worker, panel
    ):
        imported(data_root, dry_run=True)
        assert "Nothing has been imported completely yet." in panel()
        imported(data_root, file_type="prices")
        assert "nothing will change" not in panel()
        assert "which imported less (Prices only)" in panel()

    def test_what_an_unfinished_import_has_changed_comes_back(
        self, data_root, transactional_db, no_worker, panel, make_session
    ):
        imported(data_root)
        make_session(status="failed", changed_count=3)
        assert "nothing will change" not in panel()

    def test_files_that_changed_since_the_dry_run_are_a_warning(
        self, data_root, transactional_db, no_worker, panel
    ):
        session = imported(data_root, dry_run=True)
        assert "any more" not in panel(retry_of=session.pk)
        (data_root / "goods.xml").write_text(HEAD + catalogue(good("p", "Other")) + TAIL)
        assert f"not those of dry run #{session.pk} any more" in panel(retry_of=session.pk)


class TestBackup:
    def test_room_and_the_last_one_are_told(self, data_root, no_worker, panel, settings):
        assert "There is no backup yet." in panel()
        assert "are free; about" in panel()
        assert "A dry run needs none." in panel(dry_run="on")
        assert "cannot be undone" in panel(skip_backup="on")

    def test_too_little_room_is_a_warning(self, data_root, no_worker, panel, monkeypatch):
        usage = os.statvfs("/")
        monkeypatch.setattr(
            "freesport.import_1c.backup_outlook.shutil.disk_usage",
            lambda _path: type("Usage", (), {"free": 1, "total": usage.f_blocks})(),
        )
        assert "so the import would fail" in panel()


class TestLooks:
    def test_files_are_read_again_only_when_they_changed(self, data_root, monkeypatch):
        taken = []

        def counted(directory):
            taken.append(directory)
            return take_inventory(directory)

        monkeypatch.setattr(looks_module, "take_inventory", counted)
        looks = Looks()
        for _time in range(3):
            assert looks.at(data_root, 30)
        assert len(taken) == 1
        (data_root / "more.xml").write_text(HEAD + catalogue(good("q")) + TAIL)
        inventory = looks.at(data_root, 30)
        assert inventory
        assert len(inventory.files) == 2
        assert len(taken) == 2

    def test_nobody_waits_longer_than_his_patience(self, data_root, monkeypatch):
        may_end = threading.Event()

        def slow(directory):
            may_end.wait(60)
            return take_inventory(directory)

        monkeypatch.setattr(looks_module, "take_inventory", slow)
        looks = Looks()
        assert looks.at(data_root, 0.05) is None
        assert looks.at(data_root, 0.05) is None
        may_end.set()
        assert looks.at(data_root, 30)

    def test_a_slow_look_does_not_keep_the_page(self, data_root, operator, no_worker, monkeypatch):
        may_end = threading.Event()

        def slow(directory):
            may_end.wait(60)
            return take_inventory(directory)

        monkeypatch.setattr(looks_module, "take_inventory", slow)
        (data_root / "slow.xml").write_text(HEAD + catalogue(good("s")) + TAIL)
        text = operator.get(PORTAL, {"_part": "preflight"}).text
        may_end.set()
        assert "The files are being looked through…" in text
        assert 'hx-trigger="every 2s"' in text


class TestPage:
    def test_the_page_knows_what_blocks_and_leaves_the_files_to_a_part(
        self, data_root, operator, refused_broker, monkeypatch
    ):
        monkeypatch.delattr(looks_module, "take_inventory")
        text = operator.get(PORTAL).text
        assert is_off(text)
        assert "The message broker does not answer" in text
        assert 'hx-trigger="load"' in text
        assert 'href="?preflight=1"' in text

    def test_the_page_itself_knows_a_directory_without_files(self, data_root, operator, no_worker):
        (data_root / "goods.xml").unlink()
        assert "holds no XML file" in operator.get(PORTAL).text

    def test_without_script_a_link_brings_it_with_the_page(self, data_root, operator, no_worker):
        text = operator.get(PORTAL, {"preflight": "1"}).text
        assert is_off(text)
        assert "<html" in text

    def test_a_viewer_gets_the_panel_and_no_button(self, data_root, viewer, panel, no_worker):
        text = panel(client=viewer)
        assert "No worker answers" in text
        assert "start-action" not in text


class TestNothingToImport:
    def test_the_server_refuses_it_in_words(self, data_root, operator):
        (data_root / "goods.xml").unlink()
        page = operator.post(PORTAL, {"import_type": "catalog", "chunk_size": "77"})
        assert page.status_code == 200
        assert "holds no XML file, so there is nothing to import." in page.text
        assert 'value="77"' in page.text
        assert not ImportSession.objects.exists()

    def test_a_running_import_is_shown_all_the_same(self, data_root, operator, running):
        (data_root / "goods.xml").unlink()
        answer = operator.post(PORTAL, {"import_type": "catalog"})
        assert answer["Location"] == f"{PORTAL}sessions/{running.pk}/"
