"""A counterparty as a `Контрагент` element."""

from .dialect import Dialect
from .markup_common import deletion, opening
from .records import Customer, CustomerKind
from .xmltext import element

_INDENT = "\t" * 4


def customer(one: Customer, dialect: Dialect) -> str:
    """The `Контрагент` of one customer or supplier."""
    return "".join(
        (
            opening("Контрагент", one.fate, dialect),
            element(4, "Ид", one.id),
            deletion(one.fate, dialect),
            element(4, "Наименование", one.name),
            "".join(element(4, "Роль", role) for role in one.roles),
            element(4, _legal_name_tag(one, dialect), one.legal_name),
            _person(one),
            element(4, "ИНН", one.inn) if one.inn else "",
            element(4, "КПП", one.kpp) if one.kpp else "",
            f"{_INDENT}<АдресРегистрации>\n",
            element(5, "Представление", one.address),
            f"{_INDENT}</АдресРегистрации>\n",
            _contacts(one),
            "\t\t\t</Контрагент>\n",
        )
    )


def _legal_name_tag(one: Customer, dialect: Dialect) -> str:
    official = dialect.legacy and one.kind is CustomerKind.COMPANY
    return "ОфициальноеНаименование" if official else "ПолноеНаименование"


def _person(one: Customer) -> str:
    if one.kind is CustomerKind.COMPANY:
        return ""
    tags = ("Фамилия", "Имя", "Отчество")
    return "".join(element(4, tag, text) for tag, text in zip(tags, one.person, strict=True))


def _contacts(one: Customer) -> str:
    rows = _contact("Электронная почта", one.email) + _contact("Телефон рабочий", one.phone)
    return f"{_INDENT}<Контакты>\n{rows}{_INDENT}</Контакты>\n" if rows else ""


def _contact(type_: str, value: str) -> str:
    if not value:
        return ""
    inside = element(6, "Тип", type_) + element(6, "Значение", value)
    return f"\t\t\t\t\t<Контакт>\n{inside}\t\t\t\t\t</Контакт>\n"
