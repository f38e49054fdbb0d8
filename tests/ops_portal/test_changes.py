"""What a dry run leaves: its list, its file, the way to the real run, the brake."""

import csv
import io
import re

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from apps.products.models import Category, ImportChange, ImportSession
from tests.apps.products.imports.conftest import HEAD, TAIL, catalogue, good
from tests.ops_portal.conftest import HISTORY, PORTAL

FIGURES = dict.fromkeys(
    ("read", "created", "updated", "unchanged", "hidden", "skipped", "failed", "absent"), 0
)


def counters(**entities):
    """Give a session's report: counters by entity, everything else zero."""
    return {"counters": {name: FIGURES | row for name, row in entities.items()}}


def allow(user, codename):
    """Give a user a permission of their own."""
    user.user_permissions.add(Permission.objects.get(codename=codename))


def text_of(response):
    """Give a page's words and tags, every run of white space as one space."""
    return " ".join(response.text.split())


@pytest.fixture
def dry_run(make_session):
    """A dry run of the catalogue that has ended."""
    return make_session(
        dry_run=True,
        report_details=counters(
            total={"created": 1, "updated": 2}, products={"created": 1, "updated": 2}
        ),
    )


@pytest.fixture
def add_change():
    """Insert a row of a dry run's list."""

    def add(session, **values):
        defaults = {"entity": "products", "action": "update", "onec_id": "p-1", "name": "Ball"}
        return ImportChange.objects.create(session=session, **(defaults | values))

    return add


@pytest.fixture
def look(operator, dry_run):
    """Give the list's page."""
    return lambda query="", client=operator: text_of(
        client.get(f"{HISTORY}{dry_run.pk}/changes/{query}")
    )


class TestList:
    def test_each_changed_field_is_shown_from_what_to_what(self, look, dry_run, add_change):
        add_change(dry_run, fields={"name": ["Ball", "Big ball"], "article": ["", "A-5"]})
        page = look()
        assert "<del>Ball</del>" in page
        assert "<ins>Big ball</ins>" in page
        assert "article number:" in page
        assert "<del>empty</del>" in page

    def test_a_property_is_called_as_in_1c(self, look, dry_run, add_change):
        add_change(dry_run, fields={"property:Colour": ["red", "blue"]})
        assert ">Colour:</span>" in look()

    def test_long_texts_begin_shortly_before_they_differ(self, look, dry_run, add_change):
        alike = "Made of leather, sewn by hand, made for halls and for lawns of any kind. " * 4
        add_change(dry_run, fields={"description": [f"{alike}Blue.", f"{alike}Red and white."]})
        page = look()
        assert "<del>…for lawns of any kind. Blue.</del>" in page
        assert "<ins>…for lawns of any kind. Red and white.</ins>" in page

    def test_what_was_added_at_the_end_of_a_long_text_is_seen(self, look, dry_run, add_change):
        old = "Made of leather, sewn by hand, made for halls and for lawns of any kind. " * 4
        add_change(dry_run, fields={"description": [old, f"{old}Red and white."]})
        assert "<ins>…for lawns of any kind. Red and white.</ins>" in look()

    def test_a_short_text_is_shown_whole(self, look, dry_run, add_change):
        alike = "A ball for the hall and for the lawn"
        add_change(dry_run, fields={"name": [f"{alike}, blue", f"{alike}, red"]})
        assert f"<del>{alike}, blue</del>" in look()

    def test_whether_a_record_is_shown_is_said_in_words(self, look, dry_run, add_change):
        add_change(dry_run, fields={"is_active": ["False", "True"]})
        page = look()
        assert "visible:" in page
        assert "<del>no</del>" in page
        assert "<ins>yes</ins>" in page

    def test_references_are_told_by_name(self, look, dry_run, add_change):
        old = Category.objects.create(onec_id="g-1", name="Balls", slug="balls")
        add_change(dry_run, fields={"category_id": [str(old.pk), "-7"]})
        page = look()
        assert "<del>Balls</del>" in page
        assert "<ins>new in this run</ins>" in page

    def test_it_is_filtered_by_entity_and_action_and_searched(self, look, dry_run, add_change):
        add_change(dry_run, action="create", onec_id="made", name="New ball")
        add_change(dry_run, action="hide", onec_id="gone", name="Old ball")
        add_change(dry_run, entity="prices", action="remove", onec_id="priced", name="")
        assert "made" not in look("?action=hide")
        assert "gone" in look("?action=hide")
        assert "gone" not in look("?entity=prices")
        assert "priced" in look("?entity=prices")
        assert "gone" not in look("?q=new+BALL")
        assert "made" in look("?q=new+BALL")

    def test_it_is_sorted(self, look, dry_run, add_change):
        for onec_id in ("bbb", "aaa", "ccc"):
            add_change(dry_run, onec_id=onec_id)
        found = re.findall(r'<code class="id">(\w+)</code>', look("?sort=-onec_id"))
        assert found == ["ccc", "bbb", "aaa"]

    def test_what_the_list_has_no_room_for_is_counted(self, operator, make_session, monkeypatch):
        monkeypatch.setattr(ImportChange, "LISTED", 2)
        session = make_session(
            dry_run=True, report_details=counters(total={}, variants={"created": 23_000})
        )
        for number in range(2):
            ImportChange.objects.create(
                session=session, entity="variants", action="create", onec_id=f"v{number}"
            )
        page = text_of(operator.get(f"{HISTORY}{session.pk}/changes/"))
        assert "Variants: the list holds the first 2 of 23,000" in page

    def test_hides_that_the_brake_kept_are_counted_without_a_list(self, operator, make_session):
        report = counters(total={}, products={}) | {
            "mass_hide": {"products": {"hidden": 12_345, "visible": 20_000}}
        }
        session = make_session(dry_run=True, report_details=report)
        page = text_of(operator.get(f"{HISTORY}{session.pk}/changes/"))
        assert '<td class="num">12,345</td>' in page

    def test_a_number_of_rows_costs_the_same_queries(
        self, operator, dry_run, add_change, django_assert_max_num_queries
    ):
        groups = [
            Category.objects.create(onec_id=f"g{n}", name=f"G{n}", slug=f"g{n}") for n in range(40)
        ]
        for group in groups:
            add_change(dry_run, fields={"category_id": [str(group.pk), str(groups[0].pk)]})
        with django_assert_max_num_queries(14):
            operator.get(f"{HISTORY}{dry_run.pk}/changes/?per_page=50")

    @pytest.mark.parametrize(
        "query",
        [
            "?q=%00",
            "?q=" + "x" * 5000,
            "?action=eat",
            "?entity=%27--",
            "?sort=steps",
            "?colour=red",
        ],
    )
    def test_hostile_parameters_are_answered(self, operator, dry_run, add_change, query):
        add_change(dry_run)
        response = operator.get(f"{HISTORY}{dry_run.pk}/changes/{query}")
        assert response.status_code == 200
        assert 'role="alert"' in response.text

    def test_hostile_records_are_shown_as_text(self, look, dry_run, add_change):
        evil = "<script>alert(1)</script>"
        add_change(
            dry_run, onec_id=evil, name=evil, fields={"name": [evil, evil], evil: ["", evil]}
        )
        assert "<script>alert" not in look()

    def test_an_empty_list_says_so(self, operator, make_session):
        session = make_session(dry_run=True)
        page = operator.get(f"{HISTORY}{session.pk}/changes/").text
        assert "Nothing would change" in page

    def test_a_real_run_has_no_list(self, operator, make_session):
        response = operator.get(f"{HISTORY}{make_session().pk}/changes/")
        assert response.status_code == 404
        assert "was no dry run" in response.text


class TestFile:
    def test_it_holds_the_filtered_rows_with_whole_values(self, operator, dry_run, add_change):
        long = "long " * 100
        add_change(dry_run, fields={"description": ["", long.strip()]})
        add_change(dry_run, action="hide", onec_id="=gone")
        address = f"{HISTORY}{dry_run.pk}/changes/?_export=csv"
        text = operator.get(address).getvalue().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[0] == ["What would be done", "Kind", "1C id", "Name", "From → to"]
        assert rows[1][4] == f"description:  → {long.strip()}"
        assert rows[2][:3] == ["Hide", "Products", "'=gone"]
        only = operator.get(f"{address}&action=hide").getvalue().decode("utf-8-sig")
        assert len(only.splitlines()) == 2


class TestCustomers:
    @pytest.fixture
    def customers(self, make_session, add_change):
        session = make_session(
            import_type="customers", dry_run=True, report_details=counters(customers={"updated": 1})
        )
        fields = {"email": ["ivan@example.org", "petr@example.org"]}
        add_change(session, entity="customers", onec_id="c-1", name="", fields=fields)
        return f"{HISTORY}{session.pk}/changes/"

    def test_their_data_are_withheld_from_those_who_may_not_see_users(self, viewer, customers):
        page = text_of(viewer.get(customers))
        assert "e-mail address" in page
        assert "petr@example.org" not in page
        assert "shown to staff who may view users" in page
        assert b"petr@" not in viewer.get(f"{customers}?_export=csv").getvalue()

    def test_those_who_may_see_users_see_them(self, people, viewer, customers):
        allow(people.viewer, "view_user")
        page = text_of(viewer.get(customers))
        assert "<ins>petr@example.org</ins>" in page
        assert b"petr@" in viewer.get(f"{customers}?_export=csv").getvalue()


class TestRealRun:
    def test_the_session_leads_to_the_list_and_to_the_real_run(self, operator, viewer, dry_run):
        page = text_of(operator.get(f"{HISTORY}{dry_run.pk}/"))
        assert f'href="{HISTORY}{dry_run.pk}/changes/"' in page
        assert f'href="{PORTAL}?retry_of={dry_run.pk}&amp;real=1"' in page
        assert "real=1" not in viewer.get(f"{HISTORY}{dry_run.pk}/").text

    def test_one_that_is_still_at_work_is_not_offered(self, operator, dry_run):
        ImportSession.objects.update(status="in_progress")
        assert "real=1" not in operator.get(f"{HISTORY}{dry_run.pk}/").text

    def test_the_form_is_filled_in_without_the_dry_run(self, operator, dry_run, data_root):
        ImportSession.objects.update(
            parameters={"data_dir": str(data_root), "file_type": "prices", "chunk_size": 77}
        )
        page = operator.get(PORTAL, {"retry_of": dry_run.pk, "real": "1"}).text
        assert '<option value="prices" selected>' in page
        assert not re.search(r'name="dry_run"[^>]*checked', page)
        assert f'name="retry_of" value="{dry_run.pk}"' in page
        assert f"real run of dry run #{dry_run.pk}" in page


class TestBrake:
    """A real dry run that the real brake stops."""

    @pytest.fixture
    def braked(self, data_root, transactional_db):
        self.write(data_root, *(good(f"p{n}") for n in range(4)))
        self.run(data_root)
        self.write(data_root, good("p0"))
        assert self.run(data_root, dry_run=True) == 1
        return ImportSession.objects.get(dry_run=True)

    def write(self, root, *goods):
        body = catalogue(*goods).replace('Изменения="true"', 'Изменения="false"')
        (root / "goods.xml").write_text(HEAD + body + TAIL)

    def run(self, root, **options):
        try:
            call_command(
                *("import_catalog_from_1c", "--data-dir", str(root), "--skip-backup"),
                stdout=io.StringIO(),
                stderr=io.StringIO(),
                **options,
            )
        except CommandError as error:
            return error.returncode
        return 0

    def test_it_is_said_with_its_figures(self, braked, operator):
        page = text_of(operator.get(f"{HISTORY}{braked.pk}/changes/"))
        assert "would hide 3 of 4 visible records (products)" in page
        assert '<a href="?action=hide">Show what would be hidden</a>' in page

    def test_the_tally_counts_what_the_brake_kept(self, braked, operator):
        page = text_of(operator.get(f"{HISTORY}{braked.pk}/changes/"))
        row = re.search(r'<th scope="row">Products</th>(.*?)</tr>', page)[1]
        assert re.findall(r">(\d+)</td>", row) == ["0", "0", "3", "3"]

    def test_only_beside_the_list_of_hides_may_it_be_lifted(self, braked, people, operator):
        address = f"{HISTORY}{braked.pk}/changes/"
        allow(people.operator, "allow_mass_hide")
        assert "lifted=1" not in operator.get(address).text
        assert "lifted=1" not in operator.get(f"{address}?action=hide&q=p1").text
        page = operator.get(f"{address}?action=hide").text
        assert page.index("lifted=1") > page.index(">p3<")

    def test_others_are_told_whom_to_ask(self, braked, operator):
        page = operator.get(f"{HISTORY}{braked.pk}/changes/?action=hide").text
        assert "lifted=1" not in page
        assert "ask a colleague who may lift the brake" in page

    def test_the_form_of_the_real_run_says_it_too(self, braked, people, operator):
        page = operator.get(PORTAL, {"retry_of": braked.pk, "real": "1"}).text
        assert "The brake would stop the real import" in page
        assert "allow_mass_hide" not in page
        allow(people.operator, "allow_mass_hide")
        asked = {"retry_of": braked.pk, "real": "1", "lifted": "1"}
        page = operator.get(PORTAL, asked).text
        assert re.search(r'name="allow_mass_hide"[^>]*checked', page)
        page = operator.get(PORTAL, {"retry_of": braked.pk, "real": "1"}).text
        assert not re.search(r'name="allow_mass_hide"[^>]*checked', page)

    def test_a_dry_run_that_lifted_the_brake_tells_the_same(self, braked, data_root, operator):
        assert self.run(data_root, dry_run=True, allow_mass_hide=True) == 0
        session = ImportSession.objects.filter(dry_run=True).latest()
        page = text_of(operator.get(f"{HISTORY}{session.pk}/changes/"))
        assert "would hide 3 of 4 visible records (products)" in page
