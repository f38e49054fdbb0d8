"""A product as a `Товар` element."""

from .dialect import Dialect
from .markup_common import deletion, opening, property_values
from .records import Product, Unit
from .xmltext import element, escape, template

_TAX = template(
    4,
    """
<СтавкиНалогов>
  <СтавкаНалога>
    <Наименование>НДС</Наименование>
    <Ставка>20</Ставка>
  </СтавкаНалога>
</СтавкиНалогов>
""",
)

_REQUISITES = template(
    4,
    """
<ЗначенияРеквизитов>
  <ЗначениеРеквизита>
    <Наименование>ВидНоменклатуры</Наименование>
    <Значение>%s</Значение>
  </ЗначениеРеквизита>
  <ЗначениеРеквизита>
    <Наименование>ТипНоменклатуры</Наименование>
    <Значение>Товар</Значение>
  </ЗначениеРеквизита>
  <ЗначениеРеквизита>
    <Наименование>Полное наименование</Наименование>
    <Значение>%s</Значение>
  </ЗначениеРеквизита>
</ЗначенияРеквизитов>
""",
)

_MEASURES = template(
    4,
    """
<Вес>%s</Вес>
<Ширина>0</Ширина>
<Длина>0</Длина>
<Высота>0</Высота>
""",
)

_GROUPS = template(
    4,
    """
<Группы>
  <Ид>%s</Ид>
</Группы>
""",
)


def product(one: Product, dialect: Dialect) -> str:
    """The `Товар` of one product."""
    return "".join(
        (
            opening("Товар", one.fate, dialect),
            element(4, "Ид", one.id),
            deletion(one.fate, dialect),
            element(4, dialect.barcode, one.barcode),
            element(4, "Артикул", one.article),
            element(4, "Наименование", one.name),
            base_unit(one.unit, dialect),
            _GROUPS % one.group_id,
            element(4, "Описание", one.description),
            "".join(element(4, "Картинка", picture.path) for picture in one.pictures),
            property_values(one.values),
            _TAX,
            _REQUISITES % (escape(one.category), escape(one.full_name)),
            _MEASURES % one.weight,
            "\t\t\t</Товар>\n",
        )
    )


def base_unit(unit: Unit, dialect: Dialect) -> str:
    """The unit of measure: spelled out before 2.09, its bare code with the blank since."""
    if not dialect.legacy:
        return element(4, "БазоваяЕдиница", unit.code)
    return (
        f'\t\t\t\t<БазоваяЕдиница Код="{unit.code}" НаименованиеПолное="{unit.name}"'
        f' МеждународноеСокращение="{unit.international}">{unit.short}</БазоваяЕдиница>\n'
    )
