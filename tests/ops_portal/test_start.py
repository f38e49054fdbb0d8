"""Starting: accepted, refused, sent twice, filled in again."""

import re
import shutil

import pytest
from celery import current_app
from django.contrib.admin.models import LogEntry
from kombu import pools

from apps.products.models import ImportSession
from tests.ops_portal.conftest import PORTAL


def _use_broker(url):
    current_app.conf.broker_write_url = url
    current_app.amqp._producer_pool = None
    current_app._pool = None
    pools.reset()


@pytest.fixture
def dead_broker():
    """Point Celery to a port where nobody listens."""
    original = current_app.conf.broker_url
    _use_broker("redis://127.0.0.1:1/0")
    yield
    _use_broker(original)


def token_of(page):
    """Give the one-use token of a form."""
    return re.search(r'name="token" value="([^"]+)"', page.text)[1]


class TestForm:
    def test_each_field_is_described_by_its_help(self, operator, data_root):
        page = operator.get(PORTAL).text
        for name in ("import_type", "file_type", "chunk_size", "dry_run", "skip_backup"):
            assert f'aria-describedby="id_{name}_helptext"' in page
            assert f'id="id_{name}_helptext"' in page

    def test_it_says_in_words_what_will_happen(self, operator, data_root):
        page = operator.get(PORTAL).text
        assert "What differs is written, 1,000 records at a time." in page
        assert "A backup of the database is made first." in page

    def test_the_words_follow_the_values(self, operator, data_root):
        page = operator.get(PORTAL, {"_part": "summary", "dry_run": "on", "file_type": "prices"})
        assert "prices only" in page.text
        assert "Nothing in the shop changes" in page.text

    def test_the_words_for_wrong_values_ask_for_better_ones(self, operator, data_root):
        page = operator.get(PORTAL, {"_part": "summary", "chunk_size": "0"})
        assert "Correct the marked fields first." in page.text

    def test_a_viewer_sees_no_form_but_what_runs(self, viewer, running):
        page = viewer.get(PORTAL).text
        assert 'name="chunk_size"' not in page
        assert "30 of 120" in page

    def test_one_who_may_only_run_sees_no_history(self, people, as_user, running, data_root):
        group = people.operator.groups.get()
        group.permissions.remove(group.permissions.get(codename="view_importsession"))
        page = as_user(people.operator).get(PORTAL)
        assert page.status_code == 200
        assert 'name="chunk_size"' in page.text
        assert "Last sessions" not in page.text

    def test_a_missing_chunk_size_takes_the_default(self, operator, data_root):
        operator.post(PORTAL, {"import_type": "catalog"})
        assert ImportSession.objects.get().parameters["chunk_size"] == 1000

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("chunk_size", "0"),
            ("chunk_size", "10001"),
            ("chunk_size", "-5"),
            ("chunk_size", "many"),
            ("chunk_size", "9" * 5000),
            ("file_type", "shoes"),
            ("import_type", "weather"),
            ("import_type", "\0"),
            ("source", "../.."),
            ("source", "/etc"),
            ("source", "a\0b"),
            ("retry_of", "x"),
        ],
    )
    def test_wrong_input_comes_back_with_an_error_and_starts_nothing(
        self, operator, data_root, field, value
    ):
        page = operator.post(PORTAL, {"import_type": "catalog", field: value})
        assert page.status_code == 200
        assert "Nothing was started" in page.text
        assert not ImportSession.objects.exists()


class TestAccepted:
    def test_it_leads_to_the_new_session_with_links(self, operator, people, data_root):
        page = operator.post(PORTAL, {"import_type": "catalog", "dry_run": "on"}, follow=True)
        session = ImportSession.objects.get()
        assert page.redirect_chain == [(f"{PORTAL}sessions/{session.pk}/", 302)]
        assert f'<a href="{PORTAL}sessions/{session.pk}/">Session #{session.pk}</a>' in page.text
        assert 'href="/admin/monitoring/dashboard/">Monitoring</a>' in page.text
        assert (session.requested_by, session.trigger) == (people.operator, "portal")
        assert (session.status, session.dry_run) == ("pending", True)

    def test_it_is_in_the_admins_log(self, operator, people, data_root):
        operator.post(PORTAL, {"import_type": "catalog"})
        entry = LogEntry.objects.get()
        assert entry.user == people.operator
        assert entry.object_id == str(ImportSession.objects.get().pk)
        assert entry.is_addition()

    def test_the_chosen_directory_is_imported(self, operator, data_root):
        for day in ("monday", "tuesday"):
            (data_root / day).mkdir()
            shutil.copy(data_root / "goods.xml", data_root / day)
        (data_root / "goods.xml").unlink()
        operator.post(PORTAL, {"import_type": "catalog", "source": "tuesday"})
        parameters = ImportSession.objects.get().parameters
        assert parameters["data_dir"] == str((data_root / "tuesday").resolve())


class TestSentTwice:
    def test_the_same_form_lands_on_the_session_it_made(self, operator, data_root):
        token = token_of(operator.get(PORTAL))
        first = operator.post(PORTAL, {"import_type": "catalog", "token": token})
        ImportSession.objects.update(status="completed")
        second = operator.post(PORTAL, {"import_type": "catalog", "token": token})
        assert second["Location"] == first["Location"]
        assert ImportSession.objects.count() == 1

    def test_another_form_starts_another_session(self, operator, data_root):
        operator.post(PORTAL, {"token": token_of(operator.get(PORTAL))})
        ImportSession.objects.update(status="completed")
        operator.post(PORTAL, {"token": token_of(operator.get(PORTAL))})
        assert ImportSession.objects.count() == 2

    def test_forms_without_a_token_are_each_accepted(self, operator, data_root):
        operator.post(PORTAL, {"import_type": "catalog"})
        ImportSession.objects.update(status="completed")
        operator.post(PORTAL, {"import_type": "catalog"})
        assert ImportSession.objects.count() == 2

    def test_an_endless_token_is_not_kept(self, operator, data_root):
        operator.post(PORTAL, {"token": "x" * 10_000})
        assert not operator.session.get("ops_portal.import-1c.tokens")


class TestRefused:
    def test_busy_leads_to_the_running_session_and_says_who_started_it(
        self, operator, running, data_root
    ):
        page = operator.post(PORTAL, {"import_type": "catalog"}, follow=True)
        assert page.redirect_chain == [(f"{PORTAL}sessions/{running.pk}/", 302)]
        assert f"Import #{running.pk} (Catalogue) is active: started by oleg.operator" in page.text
        assert ImportSession.objects.count() == 1

    def test_a_dead_broker_leads_to_the_failed_session(self, operator, data_root, dead_broker):
        page = operator.post(PORTAL, {"import_type": "catalog"}, follow=True)
        session = ImportSession.objects.get()
        assert page.redirect_chain == [(f"{PORTAL}sessions/{session.pk}/", 302)]
        assert session.status == "failed"
        assert "The message broker does not answer" in page.text


class TestRunAgain:
    def test_the_form_is_filled_in(self, operator, make_session, data_root):
        old = make_session(
            dry_run=True,
            parameters={
                "data_dir": str(data_root.resolve()),
                "file_type": "prices",
                "chunk_size": 77,
                "skip_backup": True,
            },
        )
        page = operator.get(PORTAL, {"retry_of": old.pk}).text
        assert '<option value="prices" selected>' in page
        assert 'value="77"' in page
        assert re.search(r'name="dry_run"[^>]*checked', page)
        assert re.search(r'name="skip_backup"[^>]*checked', page)
        assert f'name="retry_of" value="{old.pk}"' in page

    def test_both_sessions_link_to_each_other(self, operator, make_session, data_root):
        old = make_session()
        new = operator.post(PORTAL, {"import_type": "catalog", "retry_of": old.pk}, follow=True)
        session = ImportSession.objects.get(retry_of=old)
        assert f'Repeats <a href="{PORTAL}sessions/{old.pk}/">' in " ".join(new.text.split())
        assert f"{PORTAL}sessions/{session.pk}/" in operator.get(f"{PORTAL}sessions/{old.pk}/").text

    @pytest.mark.parametrize("asked", ["0", "999999", "x", "-1", "9" * 40, "\0", "<script>"])
    def test_a_session_that_does_not_exist_is_said(self, operator, data_root, asked):
        page = operator.get(PORTAL, {"retry_of": asked})
        assert page.status_code == 200
        assert "to repeat" in page.text
        assert "<script>" not in page.text.replace("<script src", "")


class TestPage:
    def test_it_shows_the_last_ten_and_the_running_one(self, operator, make_session, data_root):
        sessions = [make_session() for _ in range(12)]
        page = operator.get(PORTAL).text
        assert page.count('scope="row"') == 10
        assert f"#{sessions[-1].pk}<" in page
        assert f"#{sessions[1].pk}<" not in page

    def test_it_says_when_nothing_has_run(self, operator, data_root):
        assert "Nothing has run yet." in operator.get(PORTAL).text

    def test_its_number_of_queries_does_not_depend_on_the_history(
        self, operator, make_session, data_root, django_assert_max_num_queries
    ):
        for _ in range(40):
            make_session()
        with django_assert_max_num_queries(8):
            operator.get(PORTAL)
