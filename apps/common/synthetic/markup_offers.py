"""Offers, prices and stock as `Предложение` elements."""

from decimal import Decimal

from .chance import Fate
from .dialect import Dialect
from .goods import comma
from .markup_common import deletion, opening, property_values
from .markup_goods import base_unit
from .records import Offer, Product
from .shop import Shop
from .xmltext import element, template

_CLOSING = "\t\t\t</Предложение>\n"

_PRICE = template(
    5,
    """
<Цена>
  <Представление>%s руб</Представление>
  <ИдТипаЦены>%s</ИдТипаЦены>
  <ЦенаЗаЕдиницу>%s</ЦенаЗаЕдиницу>
  <Валюта>руб</Валюта>
</Цена>
""",
)

_LEGACY_PRICE = template(
    5,
    """
<Цена>
  <Представление>%s руб</Представление>
  <ИдТипаЦены>%s</ИдТипаЦены>
  <ЦенаЗаЕдиницу>%s</ЦенаЗаЕдиницу>
  <Валюта>руб</Валюта>
  <Единица>шт</Единица>
  <Коэффициент>1</Коэффициент>
</Цена>
""",
)

_STOCK = template(
    5,
    """
<Остаток>
  <Склад>
    <Ид>%s</Ид>
    <Количество>%s</Количество>
  </Склад>
</Остаток>
""",
)

_LEGACY_STOCK = '\t\t\t\t<Склад ИдСклада="%s" КоличествоНаСкладе="%s"/>\n'


class OfferMarkup:
    """Writes the offers of one shop in one schema version."""

    def __init__(self, shop: Shop, dialect: Dialect) -> None:
        self._dialect = dialect
        self._price_types = [one.id for one in shop.price_types]
        self._warehouses = [one.id for one in shop.warehouses]

    def offer(self, product: Product, one: Offer, inside: str = "") -> str:
        """A declared offer; `inside` holds prices and stock where a layout wants them inline."""
        dialect = self._dialect
        return "".join(
            (
                opening("Предложение", product.fate, dialect),
                element(4, "Ид", one.id),
                deletion(product.fate, dialect),
                element(4, dialect.barcode, one.barcode),
                element(4, "Артикул", one.article) if one.article else "",
                element(4, "Наименование", one.name),
                base_unit(product.unit, dialect) if dialect.legacy else "",
                _characteristics(one),
                property_values(one.values),
                inside,
                _CLOSING,
            )
        )

    def bare(self, one: Offer, inside: str) -> str:
        """A `Предложение` that declares nothing: the id with `inside`, prices or stock."""
        return (
            opening("Предложение", Fate.KEPT, self._dialect)
            + element(4, "Ид", one.id)
            + inside
            + _CLOSING
        )

    def prices(self, one: Offer) -> str:
        """The `Цены` of an offer."""
        form = _LEGACY_PRICE if self._dialect.legacy else _PRICE
        rows = "".join(
            form % (comma(kopecks, 2), type_id, _plain(kopecks, 2))
            for type_id, kopecks in zip(self._price_types, one.prices, strict=True)
        )
        return f"\t\t\t\t<Цены>\n{rows}\t\t\t\t</Цены>\n"

    def stocks(self, one: Offer) -> str:
        """The stock of an offer; before 2.09 in attributes, with a total beside them."""
        pairs = zip(self._warehouses, one.stocks, strict=True)
        if self._dialect.legacy:
            total = element(4, "Количество", _plain(sum(one.stocks), 3))
            return total + "".join(_LEGACY_STOCK % (id_, _plain(n, 3)) for id_, n in pairs)
        rows = "".join(_STOCK % (id_, _plain(n, 3)) for id_, n in pairs)
        return f"\t\t\t\t<Остатки>\n{rows}\t\t\t\t</Остатки>\n"


def _characteristics(one: Offer) -> str:
    rows = "".join(_characteristic(name, value) for name, value in one.characteristics)
    return f"\t\t\t\t<ХарактеристикиТовара>\n{rows}\t\t\t\t</ХарактеристикиТовара>\n"


def _characteristic(name: str, value: str) -> str:
    inside = element(6, "Наименование", name) + element(6, "Значение", value)
    return f"\t\t\t\t\t<ХарактеристикаТовара>\n{inside}\t\t\t\t\t</ХарактеристикаТовара>\n"


def _plain(value: int, places: int) -> str:
    """A number for machines: dot, no grouping, no trailing zeros; in units of 10^-places."""
    whole, rest = divmod(value, 10**places)
    return str(whole) if rest == 0 else f"{Decimal(value).scaleb(-places):f}".rstrip("0")
