"""The form that starts an import: what it takes, and from whom."""

import pytest
from django.contrib.auth.models import Permission
from django.utils import translation

from apps.products.sessions.states import ImportType
from freesport.import_1c.form import ImportForm, parameters_from


@pytest.fixture(autouse=True)
def _source(data_root):
    (data_root / "goods.xml").write_text("<a/>")


def form_of(user, **values) -> ImportForm:
    return ImportForm({"import_type": "catalog"} | values, user=user)


def may_lift_the_brake(user):
    user.user_permissions.add(Permission.objects.get(codename="allow_mass_hide"))
    return type(user).objects.get(pk=user.pk)


class TestTypes:
    @pytest.mark.parametrize(
        ("asked", "kinds"),
        [
            ("catalog", [ImportType.CATALOG]),
            ("customers", [ImportType.CUSTOMERS]),
            ("both", [ImportType.CATALOG, ImportType.CUSTOMERS]),
        ],
    )
    def test_each_takes_its_imports_in_their_order(self, people, asked, kinds):
        form = form_of(people.operator, import_type=asked)
        assert form.is_valid(), form.errors
        assert [one.import_type for one in parameters_from(form.cleaned_data)] == kinds

    def test_what_belongs_to_the_catalogue_does_not_reach_the_customers(self, people):
        values = {"import_type": "both", "file_type": "prices", "allow_mass_hide": "on"}
        form = form_of(may_lift_the_brake(people.operator), **values)
        assert form.is_valid(), form.errors
        catalog, customers = parameters_from(form.cleaned_data)
        assert (catalog.file_type, catalog.allow_mass_hide) == ("prices", True)
        assert (customers.file_type, customers.allow_mass_hide) == ("all", False)
        assert (catalog.records_per_chunk, customers.records_per_chunk) == (1000, 100)

    def test_another_type_is_refused(self, people):
        assert not form_of(people.operator, import_type="orders").is_valid()


class TestMassHiding:
    def test_who_may_lifts_the_brake(self, people):
        form = form_of(may_lift_the_brake(people.operator), allow_mass_hide="on")
        assert form.is_valid(), form.errors
        assert parameters_from(form.cleaned_data)[0].allow_mass_hide is True
        assert "allow_mass_hide" in str(form.helper.layout.get_field_names())

    def test_who_may_not_is_refused_and_not_offered_it(self, people):
        form = form_of(people.operator, allow_mass_hide="on")
        assert form.errors["allow_mass_hide"]
        assert "allow_mass_hide" not in str(form.helper.layout.get_field_names())

    def test_it_is_off_unless_asked_for(self, people):
        form = form_of(may_lift_the_brake(people.operator))
        assert form.is_valid(), form.errors
        assert parameters_from(form.cleaned_data)[0].allow_mass_hide is False


class TestSummary:
    @pytest.mark.parametrize(("language", "size"), [("en", "1,000"), ("ru", "1\xa0000")])
    def test_numbers_stand_as_the_reader_writes_them(self, people, language, size):
        with translation.override(language):
            assert size in ImportForm(user=people.operator).summary()
