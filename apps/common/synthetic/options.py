"""What can be asked of the generator, and what is refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from .dialect import ENCODINGS, NAMESPACES

DEFAULT_VERSIONS = {"split": "3.1", "flat": "2.09", "single": "2.07"}
"""The layouts and the schema version each of them is usually met with."""

MAX_PRODUCTS = 2_000_000
MAX_CUSTOMERS = 5_000_000


class Refusal(Enum):
    """Why an option's value is refused; the members' values are their English sentences."""

    NOT_A_NUMBER = "is no number"
    OUT_OF_RANGE = "must be a whole number from 0 to %(limit)s"
    UNKNOWN = "must be one of %(choices)s"
    NOT_A_SHARE = "must be a share from 0 to %(limit)s"
    MISSING = "is missing"
    NOTHING_TO_WRITE = "and the number of customers are both 0, so a delta would be empty"


class InvalidOptionError(ValueError):
    """An option has a value that the generator cannot work with.

    `option` is its name, `value` what was given, `refusal` and `params` say what is wrong with it.
    """

    def __init__(self, option: str, value: object, refusal: Refusal, **params: object) -> None:
        super().__init__(f"{option} ({value!r}) {refusal.value % params}.")
        self.option = option
        self.value = value
        self.refusal = refusal
        self.params = params


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """One export, checked when it is made; raises `InvalidOptionError`.

    `schema_version` empty means the layout's usual one. `change_share` None writes every record;
    a number alters that share of them, and without `full` only changed and deleted records are
    written. `full` says whether the package claims to be complete
    (`СодержитТолькоИзменения="false"`).
    """

    products: int = 1000
    customers: int = 100
    seed: int = 1
    layout: str = "split"
    schema_version: str = ""
    encoding: str = "utf-8"
    full: bool = False
    change_share: float | None = None
    delete_share: float = 0.0
    images: bool = False

    def __post_init__(self) -> None:
        _check_number("products", self.products, MAX_PRODUCTS)
        _check_number("customers", self.customers, MAX_CUSTOMERS)
        _check_choice("layout", self.layout, DEFAULT_VERSIONS)
        _check_choice("schema_version", self.version, NAMESPACES)
        _check_choice("encoding", self.encoding, ENCODINGS)
        _check_share("change_share", self.change_share or 0.0, 1.0)
        _check_share("delete_share", self.delete_share, 1.0 - (self.change_share or 0.0))
        if not (self.products or self.customers or self.full):
            raise InvalidOptionError("products", 0, Refusal.NOTHING_TO_WRITE)

    @property
    def version(self) -> str:
        """The schema version written."""
        return self.schema_version or DEFAULT_VERSIONS.get(self.layout, "")

    @property
    def delta(self) -> bool:
        """Only changed and deleted records are written, and no frame."""
        return self.change_share is not None and not self.full

    @property
    def catalogue(self) -> bool:
        """Goods are written; with `products` = 0 only as an empty full package."""
        return self.products > 0 or self.full


def _check_number(option: str, value: int, limit: int) -> None:
    if not 0 <= value <= limit:
        raise InvalidOptionError(option, value, Refusal.OUT_OF_RANGE, limit=limit)


def _check_choice(option: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        raise InvalidOptionError(option, value, Refusal.UNKNOWN, choices=", ".join(allowed))


def _check_share(option: str, value: float, limit: float) -> None:
    if not 0.0 <= value <= limit + 1e-9:
        raise InvalidOptionError(option, value, Refusal.NOT_A_SHARE, limit=f"{limit:g}")
