"""The exports of the story: an invented shop, its changes, and what can be wrong with an export."""

import re
import shutil
from pathlib import Path

from apps.common.synthetic import ExportOptions, write_export

PRODUCTS = 1500
CUSTOMERS = 120
SEED = 7


def write_shop(directory: Path) -> None:
    """Write the whole shop."""
    _write(directory, full=True)


def write_changes(directory: Path) -> None:
    """Write what has changed in the shop since."""
    _write(directory, change_share=0.08, delete_share=0.01)


def write_season(directory: Path) -> None:
    """Write the whole shop of another season: much has changed, some goods are gone."""
    _write(directory, full=True, change_share=0.15, delete_share=0.06)


def write_damaged(directory: Path, season: Path) -> None:
    """Write a shop's export with mistakes as they happen in 1C and on the way.

    The product with the long name is one that the season's export does not have any more.
    """
    _write(directory, full=True, change_share=0.03)
    goods = _file(directory, "goods")
    _spoil(goods, r"\t*<Наименование>[^<]+</Наименование>\n", "", 5, after="<Товар>")
    _spoil(goods, r"(<Группы>\s*<Ид>)[^<]+", rf"\g<1>{_ELSEWHERE}", 9)
    _spoil(goods, r"(<Товар>\s*<Ид>)[^<]+", r"\g<1>", 14)
    gone = min(_ids(goods) - _ids(_file(season, "goods")))
    _spoil(goods, rf"({gone}.*?<Наименование>)", r"\g<1>" + "Очень длинное название " * 60, 0)
    prices = _file(directory, "prices")
    _spoil(prices, r"(<ЦенаЗаЕдиницу>)[^<]+", r"\g<1>по запросу", 30)
    _spoil(prices, r"(<ИдТипаЦены>)[^<]+", rf"\g<1>{_ELSEWHERE}", 44)
    rests = _file(directory, "rests")
    _spoil(rests, r"(<Предложение>\s*<Ид>)[^<]+", rf"\g<1>{_ELSEWHERE}", 12)
    (rests.parent / "rests_2_1.xml").write_bytes(rests.read_bytes()[:20_000])


def write_foreign(directory: Path) -> None:
    """Write XML that did not come from 1C's exchange with a site."""
    directory.mkdir()
    for name in ("orders", "turnover"):
        text = f"<?xml version='1.0'?><{name}/>\n"
        (directory / f"{name}.xml").write_text(text, encoding="utf-8")


def remove(directory: Path) -> None:
    """Remove an export."""
    shutil.rmtree(directory)


_ELSEWHERE = "5d2a1c77-0c1e-4e0b-9f3a-6d1f0b7c2e90"


def _write(directory: Path, **options: object) -> None:
    given = {"products": PRODUCTS, "customers": CUSTOMERS, "seed": SEED, **options}
    write_export(directory, ExportOptions(**given))  # type: ignore[arg-type]  # as declared there


def _file(directory: Path, entity: str) -> Path:
    return min((directory / entity).glob("*.xml"))


def _ids(goods: Path) -> set[str]:
    """Give the ids of the products in a file."""
    found = re.findall(r"<Товар>\s*<Ид>([^<]+)", goods.read_text(encoding="utf-8"))
    return set(found)


def _spoil(path: Path, pattern: str, by: str, number: int, *, after: str = "") -> None:
    """Replace the match of that number, counted from the first `after`."""
    text = path.read_text(encoding="utf-8")
    start = text.index(after) if after else 0
    matches = re.finditer(pattern, text[start:], re.DOTALL)
    match = next(found for place, found in enumerate(matches) if place == number)
    begin, end = start + match.start(), start + match.end()
    path.write_text(text[:begin] + match.expand(by) + text[end:], encoding="utf-8")
