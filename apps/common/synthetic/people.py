"""Makes any counterparty of the shop from its number.

No one can be meant: tax numbers begin with region 00, which does not exist, telephone numbers
with the code 000, which nobody has, addresses lie in invented towns, and e-mail addresses in the
domains that RFC 2606 keeps for examples. Check digits are valid, as the importer demands.
"""

from . import words_people as words
from .chance import Dice, Fate, guid
from .checkdigits import inn10, inn12
from .records import Customer, CustomerKind

_DOMAINS = ("example.com", "example.org", "example.net")
_PHONE_NUMBERS = 10_000_000
_STRIDE = 7_919_003
"""Coprime to ten, so that neighbours get numbers far apart and still no number twice."""

BUYER, SUPPLIER = "Покупатель", "Поставщик"


class CustomerMaker:
    """Counterparties of one shop; `customer(index, fate)` depends on its arguments alone."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._shift = Dice(seed, "numbers").below(_PHONE_NUMBERS)

    def customer(self, index: int, fate: Fate) -> Customer:
        """Counterparty number `index` as it stands after `fate`."""
        dice = Dice(self._seed, "customer", index)
        changed = fate is Fate.CHANGED
        number = (index * _STRIDE + self._shift) % _PHONE_NUMBERS
        kind = _kind(dice)
        person = _person(dice)
        name, legal_name = _names(dice, kind, person)
        return Customer(
            id=guid(self._seed, "customer", index),
            fate=fate,
            kind=kind,
            name=name,
            legal_name=legal_name,
            person=person,
            roles=_roles(dice),
            inn=_inn(dice, kind, number),
            kpp=f"00{dice.between(1, 99):02d}01001" if kind is CustomerKind.COMPANY else "",
            email=_email(dice, kind, name, person, index),
            phone=_phone(dice, number, changed),
            address=_address(dice, changed),
        )


def _kind(dice: Dice) -> CustomerKind:
    roll = dice.below(100)
    if roll < 45:
        return CustomerKind.COMPANY
    return CustomerKind.ENTREPRENEUR if roll < 65 else CustomerKind.PERSON


def _person(dice: Dice) -> tuple[str, str, str]:
    """Surname, first name, patronymic."""
    return dice.pick(words.SURNAMES), dice.pick(words.MEN), dice.pick(words.PATRONYMICS)


def _names(dice: Dice, kind: CustomerKind, person: tuple[str, str, str]) -> tuple[str, str]:
    surname, first, patronymic = person
    if kind is CustomerKind.COMPANY:
        own = f"{dice.pick(words.COMPANY_HEADS)}-{dice.pick(words.COMPANY_TAILS)}"
        return f"ООО «{own}»", f"Общество с ограниченной ответственностью «{own}»"
    if kind is CustomerKind.ENTREPRENEUR:
        full = f"{surname} {first} {patronymic}"
        return (
            f"ИП {surname} {first[0]}. {patronymic[0]}.",
            f"Индивидуальный предприниматель {full}",
        )
    return f"{surname} {first}", f"{surname} {first} {patronymic}"


def _roles(dice: Dice) -> tuple[str, ...]:
    roll = dice.below(100)
    if roll < 70:
        return (BUYER,)
    if roll < 82:
        return (SUPPLIER,)
    return (SUPPLIER, BUYER) if roll < 90 else ()


def _inn(dice: Dice, kind: CustomerKind, number: int) -> str:
    """Region 00 and a number of its own; half of the private persons have told none."""
    if kind is CustomerKind.COMPANY:
        return inn10(number)
    known = kind is CustomerKind.ENTREPRENEUR or dice.chance(0.5)
    return inn12(number * 10 + dice.below(10)) if known else ""


def _email(
    dice: Dice, kind: CustomerKind, name: str, person: tuple[str, str, str], index: int
) -> str:
    if dice.chance(0.1):
        return ""
    source = name.removeprefix("ООО ") if kind is CustomerKind.COMPANY else person[0]
    return f"{latin(source)}.{index + 1}@{dice.pick(_DOMAINS)}"


def latin(text: str) -> str:
    """`text` in lower-case Latin letters, without anything that is not a letter."""
    return "".join(words.LATIN.get(letter, "") for letter in text.lower()).replace("-", "")


def _phone(dice: Dice, number: int, changed: bool) -> str:
    digits = f"{(number + changed) % _PHONE_NUMBERS:07d}"
    form = dice.below(20)
    if form == 0:
        return ""
    if form < 12:
        return f"+7 (000) {digits[:3]}-{digits[3:5]}-{digits[5:]}"
    if form < 16:
        return f"8 000 {digits[:3]} {digits[3:]}"
    phone = f"8(000){digits[:3]}-{digits[3:]}"
    return phone if form < 18 else f"{phone}, доб. {dice.between(10, 99)}"


def _address(dice: Dice, changed: bool) -> str:
    town, street = dice.pick(words.TOWNS), dice.pick(words.STREETS)
    house, room = dice.between(1, 120), dice.between(1, 80)
    return f"000{dice.below(1000):03d}, г. {town}, ул. {street}, д. {house + changed}, пом. {room}"
