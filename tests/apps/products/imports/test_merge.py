"""The merge routine, on the catalogue and on a dry run's shadow: the same answers from both."""

import pytest
from django.db import transaction

from apps.products.imports.changes import Changes
from apps.products.imports.counters import Outcome
from apps.products.imports.dry_store import DryStore
from apps.products.imports.entities import PRICE_TYPES, PRODUCTS, WAREHOUSES
from apps.products.imports.merge import Row, fingerprint, merge
from apps.products.imports.store import Store
from apps.products.models import ImportSession, PriceType, Product, Warehouse

pytestmark = pytest.mark.django_db(transaction=True)

CREATED, UPDATED, UNCHANGED = Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED
HIDDEN, SKIPPED = Outcome.HIDDEN, Outcome.SKIPPED


def dry_store() -> DryStore:
    return DryStore(Changes(ImportSession()))


def row(key: str, name: str, *, deleted: bool = False) -> Row:
    return Row(key, (name,), fingerprint(name), deleted)


def bring(store: Store, *rows: Row) -> list[Outcome]:
    with transaction.atomic():
        return merge(store, WAREHOUSES, rows).outcomes


def names() -> dict[str, str]:
    return dict(Warehouse.objects.values_list("onec_id", "name"))


# What a run reads, chunk by chunk, and what becomes of each record.
STORIES = {
    "a new row is created": [([row("a", "A")], [CREATED])],
    "the same row again is unchanged": [
        ([row("a", "A")], [CREATED]),
        ([row("a", "A")], [UNCHANGED]),
    ],
    "another value updates": [([row("a", "A")], [CREATED]), ([row("a", "B")], [UPDATED])],
    "a repeated key is judged by what the record before left": [
        ([row("a", "A"), row("a", "A"), row("a", "B")], [CREATED, UNCHANGED, UPDATED])
    ],
    "an update back to the old value counts both moves": [
        ([row("a", "A")], [CREATED]),
        ([row("a", "B"), row("a", "A")], [UPDATED, UPDATED]),
    ],
    "a deleted row that nobody has seen is skipped": [([row("a", "A", deleted=True)], [SKIPPED])],
    "a deleted row is hidden once": [
        ([row("a", "A")], [CREATED]),
        ([row("a", "A", deleted=True)], [HIDDEN]),
        ([row("a", "A", deleted=True)], [UNCHANGED]),
    ],
    "a row that comes back is shown again": [
        ([row("a", "A")], [CREATED]),
        ([row("a", "A", deleted=True)], [HIDDEN]),
        ([row("a", "A")], [UPDATED]),
        ([row("a", "A")], [UNCHANGED]),
    ],
    "created and deleted in one chunk": [
        ([row("a", "A"), row("a", "A", deleted=True)], [CREATED, HIDDEN]),
        ([row("a", "A", deleted=True)], [UNCHANGED]),
    ],
    "deleted and back in one chunk": [
        ([row("a", "A")], [CREATED]),
        ([row("a", "A", deleted=True), row("a", "A")], [HIDDEN, UPDATED]),
        ([row("a", "A")], [UNCHANGED]),
    ],
}


class TestStories:
    @pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
    def test_on_the_catalogue(self, story):
        store = Store()
        for rows, expected in story:
            assert bring(store, *rows) == expected

    @pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
    def test_in_a_dry_run_nothing_is_written(self, story):
        store = dry_store()
        for rows, expected in story:
            assert bring(store, *rows) == expected
        assert not Warehouse.objects.exists()
        store.close()

    def test_a_dry_run_starts_from_the_catalogue(self):
        bring(Store(), row("a", "A"), row("b", "B"))
        store = dry_store()
        assert bring(store, row("a", "A"), row("b", "C")) == [UNCHANGED, UPDATED]
        assert bring(store, row("b", "C"), row("b", "B", deleted=True)) == [UNCHANGED, HIDDEN]
        assert bring(store, row("b", "B", deleted=True)) == [UNCHANGED]
        assert names() == {"a": "A", "b": "B"}
        store.close()


class TestWriting:
    def test_the_last_record_of_a_key_decides(self):
        bring(Store(), row("a", "A"), row("a", "B"))
        assert names() == {"a": "B"}

    def test_values_survive_copy_as_they_are(self):
        nasty = 'tab\there, line\nbreak, back\\slash, \\N, quote\'s "and" ё'
        bring(Store(), row("a", nasty))
        bring(Store(), row("b", "plain"))
        bring(Store(), row("b", nasty))
        assert names() == {"a": nasty, "b": nasty}

    def test_hides_wait_for_the_end_and_hidden_rows_stay_in_the_table(self):
        bring(Store(), row("a", "A"))
        store = Store()
        bring(store, row("a", "A", deleted=True))
        assert Warehouse.objects.values_list("is_active", flat=True).get() is True
        store.apply_hides(WAREHOUSES, store.departures.pending(WAREHOUSES))
        assert Warehouse.objects.values_list("is_active", flat=True).get() is False

    def test_unchanged_rows_keep_their_time(self):
        bring(Store(), row("a", "A"))
        before = Warehouse.objects.get().updated_at
        bring(Store(), row("a", "A"))
        assert Warehouse.objects.get().updated_at == before
        bring(Store(), row("a", "B"))
        assert Warehouse.objects.get().updated_at > before

    def test_what_staff_own_is_set_once(self):
        def bring_type(name: str) -> None:
            with transaction.atomic():
                values = (name, "RUB")
                rows = [Row("t", values, fingerprint(*values))]
                merge(Store(), PRICE_TYPES, rows, initial=lambda *_: ("retail",))

        bring_type("РРЦ")
        PriceType.objects.update(customer_role="trainer")
        bring_type("РРЦ новая")
        price_type = PriceType.objects.get()
        assert (price_type.name, price_type.customer_role) == ("РРЦ новая", "trainer")


class TestHiddenByStaff:
    def bring(self, store: Store, name: str) -> list[Outcome]:
        values = (name, "", "", "", None, None, None, None, "", "")
        with transaction.atomic():
            rows = [Row("p", values, fingerprint(*values))]
            return merge(store, PRODUCTS, rows, initial=lambda _row, i: (f"p-{i}",)).outcomes

    @pytest.mark.parametrize("store", [Store, dry_store])
    def test_1c_updates_it_but_never_shows_it(self, store):

        self.bring(Store(), "A")
        Product.objects.update(hidden_by_staff=True, is_active=False)
        under_test = store()
        assert self.bring(under_test, "A") == [UNCHANGED]
        assert self.bring(under_test, "B") == [UPDATED]
        assert self.bring(under_test, "B") == [UNCHANGED]
        assert Product.objects.get().is_active is False


class TestFingerprint:
    def test_it_fits_a_signed_64_bit_column(self):
        digests = [fingerprint(str(number)) for number in range(1000)]
        assert len(set(digests)) == 1000
        assert all(-(2**63) <= digest < 2**63 for digest in digests)
        assert min(digests) < 0 < max(digests)

    def test_where_one_value_ends_matters(self):
        assert fingerprint("ab", "c") != fingerprint("a", "bc")
