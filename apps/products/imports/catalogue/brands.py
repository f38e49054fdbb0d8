"""Brands: what 1C repeats under many ids and spellings, the shop has once.

A brand is found by an id that was met before, then by the letters and digits of its name in any
letter case ("Rusco Sport" is "RuscoSport", "Ingame." is "InGame"); else it is made. A brand that
was found is left as it is, and an id stays with its brand: staff rename and merge brands, and no
import undoes that.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from django.conf import settings
from django.db import connection

from apps.common.commerceml import ProductRecord, PropertyRecord

from ...models import Brand, BrandSource, PropertyValue
from ...models.base import ONEC_ID_LENGTH
from ..context import Context
from ..copying import copy_rows
from ..entities import BRANDS, PRODUCTS, PROPERTIES
from .checks import fit
from .links import says_nothing
from .slugs import make_slug

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def learn_brands(context: Context, records: Sequence[PropertyRecord]) -> None:
    """Bring in the dictionaries of those properties that name brands."""
    names = {
        value_id: fit(context, BRANDS, record, "name", _spelt(text))
        for record in records
        if _rank(record.name) is not None
        for value_id, text in record.values
    }
    if names:
        context.helper(Brands).learn(names)


def brands_of(context: Context, records: Sequence[ProductRecord]) -> list[int | None]:
    """Give the row id of each product's brand; new brands that goods name are made."""
    brands = context.helper(Brands)
    said = [() if record.deleted else tuple(brands.said_by(record)) for record in records]
    brands.learn_from_goods(records, said)
    return [brands.first_of(record, raws) for record, raws in zip(records, said, strict=True)]


class Brands:
    """All brands, by every id that means one and by name."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._by_id = dict(BrandSource.objects.values_list("onec_id", "brand_id"))
        brands = Brand.objects.order_by("-pk").values_list("name", "pk")
        self._by_name = {_key(name): pk for name, pk in brands}
        self._lost: set[str] = set()

    @cached_property
    def _ranks(self) -> dict[str, int]:
        """The properties that name brands, by 1C id, and which of them goes first."""
        known = self._context.known(PROPERTIES)
        ranks = {str(onec_id): _rank(state.extra[0]) for onec_id, state in known.items()}
        return {onec_id: rank for onec_id, rank in ranks.items() if rank is not None}

    def said_by(self, record: ProductRecord) -> Iterator[str]:
        """Give what a product says of its brand, ids and names, the most telling first."""
        ranks = self._ranks
        pairs = [pair for pair in record.properties if pair[0] in ranks]
        for _property_id, raw in sorted(pairs, key=lambda pair: ranks[pair[0]]):
            if not says_nothing(raw):
                yield raw
        if record.brand_id:
            yield record.brand_id
        if record.brand_name:
            yield record.brand_name

    def learn_from_goods(
        self, records: Sequence[ProductRecord], said: Sequence[tuple[str, ...]]
    ) -> None:
        """Bring in brands that only goods name: by a text, or by an id of an older dictionary."""
        unmet = [
            (record, raws)
            for record, raws in zip(records, said, strict=True)
            if not any(raw in self._by_id for raw in raws)
        ]
        names = self._names_of({raw for _record, raws in unmet for raw in raws} - self._lost)
        wanted: dict[str, str] = {}
        for record, raws in unmet:
            raw = next((raw for raw in raws if names.get(raw)), None)
            if raw is not None:
                wanted[raw] = fit(self._context, BRANDS, record, "name", names[raw])
        self.learn(wanted)

    def _names_of(self, raws: set[str]) -> dict[str, str]:
        """Give the name behind an id of an older dictionary, or the text itself; an id has none."""
        if not raws:
            return {}
        entries = PropertyValue.objects.filter(onec_id__in=raws, property__onec_id__in=self._ranks)
        texts = dict(entries.values_list("onec_id", "value"))
        names = {
            raw: _spelt(texts.get(raw) or ("" if _GUID.fullmatch(raw) else raw)) for raw in raws
        }
        self._lost |= {raw for raw, name in names.items() if not name}
        return names

    def first_of(self, record: ProductRecord, raws: tuple[str, ...]) -> int | None:
        """Give the brand that is known by the first of these ids and names that means one."""
        for raw in raws:
            if raw in self._by_id:
                return self._by_id[raw]
        for raw in raws[:1]:
            self._context.warn(
                PRODUCTS, "unknown_brand", onec_id=raw, line=record.line, product=record.onec_id
            )
        return None

    def learn(self, names: Mapping[str, str]) -> None:
        """Give each id its brand, by name; ids that are known already stay where they are."""
        new = {raw: name for raw, name in names.items() if name and raw not in self._by_id}
        self._make({_key(name): name for name in reversed(new.values())})
        sources = []
        for raw, name in new.items():
            self._by_id[raw] = self._by_name[_key(name)]
            if len(raw) <= ONEC_ID_LENGTH:
                sources.append((self._by_id[raw], raw))
        if sources and not self._context.session.dry_run:
            table = BrandSource._meta.db_table  # noqa: SLF001  (Django's documented model API)
            copy_rows(table, ("brand_id", "onec_id"), sources)

    def _make(self, names: Mapping[str, str]) -> None:
        """Add brands that no spelling of their name has."""
        new = {key: name for key, name in names.items() if key not in self._by_name}
        if not new:
            return
        ids = self._context.store.allocate(BRANDS, len(new))
        self._by_name |= dict(zip(new, ids, strict=True))
        if not self._context.session.dry_run:
            self._insert(ids, list(new.values()))

    def _insert(self, ids: list[int], names: list[str]) -> None:
        slugs = [make_slug(name, row_id) for name, row_id in zip(names, ids, strict=True)]
        with connection.cursor() as cursor:
            # Letter case in the database may fold more than here: such a name has its row already.
            cursor.execute(
                f"INSERT INTO {BRANDS.table} (id, name, slug) "  # noqa: S608
                "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[]) "
                "ON CONFLICT DO NOTHING RETURNING id",
                [ids, names, slugs],
            )
            made = {row[0] for row in cursor.fetchall()}
            for row_id, name in zip(ids, names, strict=True):
                if row_id not in made:
                    cursor.execute(
                        f"SELECT id FROM {BRANDS.table} WHERE lower(name) = lower(%s)",  # noqa: S608
                        [name],
                    )
                    self._by_name[_key(name)] = cursor.fetchone()[0]


def _spelt(name: str) -> str:
    """Give a name with single blanks."""
    return " ".join(name.split())


def _key(name: str) -> str:
    """Give what the spellings of one name have in common: its letters and digits."""
    folded = _spelt(name).casefold()
    return "".join(filter(str.isalnum, folded)) or folded


def _rank(property_name: str) -> int | None:
    """Whether a property of this name names brands, and how far to the front it stands."""
    names: list[str] = settings.ONEC_BRAND_PROPERTIES
    wanted = _key(property_name)
    return next((at for at, name in enumerate(names) if _key(name) == wanted), None)
