"""Makes any product of the shop from its number."""

from decimal import Decimal
from typing import NamedTuple

from . import frame
from . import words_goods as words
from .chance import Dice, Fate, guid
from .checkdigits import ean13
from .records import Choice, Offer, Picture, Product, Property, ValueType

NBSP = "\u00a0"
NOT_SET = f"-999{NBSP}999{NBSP}999,9"
"""What FREESPORT's 1C writes for a number nobody has entered."""

_WITHOUT_OFFERS = (33, 16)
"""Products whose number leaves the remainder 16 modulo 33 (3 %) have no offers."""

_REPEATED_ARTICLE = (40, 39)
"""2.5 % of the products bear the article number of the product before them."""

_GAPS = (0, 3, 5, 8)
_STOCK_CEILING = 180


class _Origin(NamedTuple):
    """What an offer takes over from its product."""

    id: str
    name: str
    article: str
    colour: str
    kind: words.Kind


class GoodsMaker:
    """Products of one shop; `product(index, fate)` depends on nothing but its arguments."""

    def __init__(self, seed: int, products: int, images: bool) -> None:
        self._seed = seed
        self._images = images
        self._shelves = frame.shelves(seed, products)
        self.price_types = frame.price_types(seed)
        self.warehouses = frame.warehouses(seed)
        self.goods_properties = frame.goods_properties(seed)
        self.offer_properties = frame.offer_properties(seed)
        self._choice_ids = {
            one.name: {choice.text: choice.id for choice in one.choices}
            for one in self.offer_properties
        }

    def product(self, index: int, fate: Fate) -> Product:
        """Product number `index` as it stands after `fate`."""
        dice = Dice(self._seed, "product", index)
        changed = fate is Fate.CHANGED
        product_id = guid(self._seed, "product", index)
        group_id, kind = dice.pick(self._shelves)
        brand = dice.pick(self.goods_properties[0].choices)
        colour = dice.pick(words.COLOURS)
        article = _article(index)
        adjective = dice.pick(kind.adjectives)
        name = f"{kind.noun} {adjective} {brand.text} {article}, {colour}"
        if changed:
            name += ", новая партия"
        return Product(
            id=product_id,
            fate=fate,
            name=name,
            full_name=f"{name} ({kind.category.lower()})",
            article="" if dice.chance(0.04) else article,
            barcode="" if dice.chance(0.2) else ean13(210_000_000_000 + index),
            unit=frame.UNITS[0] if dice.chance(0.85) else dice.pick(frame.UNITS[:4]),
            group_id=group_id,
            category=kind.category,
            description=_description(dice, brand.text, colour, changed),
            values=self._values(dice, brand, changed),
            weight=comma(dice.between(5, 24_000), 3).replace(",", ".").replace(NBSP, ""),
            pictures=() if fate.gone else self._pictures(index, product_id, changed),
            offers=self._offers(
                dice, index, _Origin(product_id, name, article, colour, kind), changed
            ),
        )

    def _values(self, dice: Dice, brand: Choice, changed: bool) -> tuple[tuple[str, str], ...]:
        """Eight filled values and four empty ones; the brand is always filled."""
        others = self.goods_properties[1:]
        start = dice.below(len(others))
        empty = {(start + gap) % len(others) for gap in _GAPS}
        values = [(frame.BRAND_ID, brand.id)]
        for number, one in enumerate(others):
            text = _blank(dice, one) if number in empty else _filled(dice, one, changed)
            values.append((one.id, text))
        return tuple(values)

    def _pictures(self, index: int, product_id: str, changed: bool) -> tuple[Picture, ...]:
        if not self._images:
            return ()
        dice = Dice(self._seed, "pictures", index)
        return tuple(
            Picture(
                f"import_files/{product_id[:2]}/{product_id}_{guid(product_id, number)}{suffix}",
                dice.below(1000) + changed,
            )
            for number, suffix in enumerate((".jpg", ".png")[: dice.between(1, 2)])
        )

    def _offers(self, dice: Dice, index: int, origin: _Origin, changed: bool) -> tuple[Offer, ...]:
        base = dice.between(90, 24_000) * 100 + (dice.below(100) if dice.chance(0.3) else 0)
        modulus, remainder = _WITHOUT_OFFERS
        if index % modulus == remainder:
            return (self._stand_in(dice, origin.id, base, changed),)
        first = dice.below(1000) + changed
        return tuple(
            self._offer(dice, index * 2 + number, first + number, origin, base, changed)
            for number in range(2)
        )

    def _stand_in(self, dice: Dice, product_id: str, base: int, changed: bool) -> Offer:
        prices, stocks = self._prices(base, changed), self._stocks(dice, changed)
        return Offer(product_id, "", "", "", (), (), prices, stocks, declared=False)

    def _offer(
        self, dice: Dice, number: int, place: int, origin: _Origin, base: int, changed: bool
    ) -> Offer:
        axis, range_ = words.AXES[origin.kind.axis]
        value = range_[place % len(range_)]
        chosen = {"Цвет": origin.colour, axis: value}
        plain = ("Кратность", ("Вес упаковки брутто (кг)", "Длина упаковки (см)")[number // 2 % 2])
        chosen |= {name: _number(dice, name, changed) for name in plain}
        return Offer(
            id=f"{origin.id}#{guid(self._seed, 'offer', number)}",
            name=f"{origin.name} ({value})",
            article=origin.article,
            barcode=ean13(220_000_000_000 + number),
            characteristics=tuple(
                (one.name, chosen.get(one.name, "")) for one in self.offer_properties
            ),
            values=tuple(
                (one.id, self._choice_ids[one.name][chosen[one.name]])
                for one in self.offer_properties
                if one.choices and one.name in chosen
            ),
            prices=self._prices(base + dice.below(20) * 500, changed),
            stocks=self._stocks(dice, changed),
        )

    def _prices(self, base: int, changed: bool) -> tuple[int, ...]:
        """A price per type in kopecks; a changed price always differs from the one before."""
        prices = (max(1, base * one.percent // 100) for one in self.price_types)
        return tuple(price + price // 20 + 100 if changed else price for price in prices)

    def _stocks(self, dice: Dice, changed: bool) -> tuple[int, ...]:
        return tuple(_stock(dice) + (3000 if changed else 0) for _ in self.warehouses)


def comma(value: int, places: int) -> str:
    """A number as 1C shows it: "1 250,5" with a no-break space, given in units of 10^-places."""
    text = f"{Decimal(value).scaleb(-places):,f}".replace(",", NBSP).replace(".", ",")
    return text.rstrip("0").rstrip(",") if "," in text else text


def _article(index: int) -> str:
    modulus, remainder = _REPEATED_ARTICLE
    serial = index - 1 if index % modulus == remainder else index
    head = words.ARTICLE_HEADS[serial % len(words.ARTICLE_HEADS)]
    return f"{head}-{serial + 1000:05d}"


def _description(dice: Dice, brand: str, colour: str, changed: bool) -> str:
    start = dice.below(len(words.SENTENCES))
    count = dice.between(6, 9)
    sentences = [words.SENTENCES[(start + n * 3) % len(words.SENTENCES)] for n in range(count)]
    if changed:
        sentences.append("Обновлённая партия: упаковка стала компактнее.")
    text = "<br>".join(sentences)
    return text.format(brand=brand, colour=colour, material=dice.pick(words.MATERIALS))


def _filled(dice: Dice, one: Property, changed: bool) -> str:
    if one.choices:
        return _other(dice.below(len(one.choices)), one, changed).id
    if one.type is ValueType.NUMBER:
        return _number(dice, one.name, changed)
    if one.name == "Хит продаж":
        return "true" if dice.chance(0.2) != changed else "false"
    return dice.pick(words.FEATURES) + (", обновлено" if changed else "")


def _other(number: int, one: Property, changed: bool) -> Choice:
    """The drawn choice, or its neighbour in the dictionary once the record has changed."""
    return one.choices[(number + changed) % len(one.choices)]


def _number(dice: Dice, name: str, changed: bool) -> str:
    low, high, places = frame.RANGES[name]
    return comma(dice.between(low, high) + changed, places)


def _blank(dice: Dice, one: Property) -> str:
    if one.choices:
        return frame.NULL_GUID
    return NOT_SET if one.type is ValueType.NUMBER and dice.chance(0.5) else ""


def _stock(dice: Dice) -> int:
    """Thousandths: a fifth is zero, some are fractional, a few negative."""
    roll = dice.below(100)
    if roll < 20:
        return 0
    quantity = dice.between(1, _STOCK_CEILING) * 1000
    if roll < 23:
        return quantity + dice.between(1, 19) * 50
    return -quantity // 20 if roll < 25 else quantity
