# ruff: noqa: E501 (XML is easier to read unbroken)
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.common.commerceml import (
    Container,
    Inventory,
    Kind,
    NoDirectory,
    ProblemCode,
    SourceFile,
    sniff,
    take_inventory,
)
from apps.common.commerceml.recount import count_by_reading
from apps.common.commerceml.scan import Scan, Scanner
from apps.common.commerceml.sniff import natural_order
from tests.apps.common.commerceml.builders import (
    DECLARATION,
    catalog,
    classifier,
    document,
    el,
    offers,
    write,
)

PRICES = "<Цены><Цена><ИдТипаЦены>t</ИдТипаЦены><ЦенаЗаЕдиницу>1</ЦенаЗаЕдиницу></Цена></Цены>"
STOCK = "<Остатки><Остаток><Склад><Ид>w</Ид><Количество>1</Количество></Склад></Остаток></Остатки>"


def only_file(folder: Path, *content: str, root: str | None = None) -> SourceFile:
    text = document(*content) if root is None else document(*content, root=root)
    write(folder, DECLARATION + text)
    (file,) = take_inventory(folder).files
    return file


class TestTakeInventory:
    def test_finds_files_of_any_suffix_case_in_natural_order(self, tmp_path: Path) -> None:
        names = ["goods/goods_1_10_aa.xml", "goods/goods_1_2_bb.XML", "goods_1_1.Xml", "a/b/c.xml"]
        for name in [*names, "goods/picture.jpg", "readme.txt"]:
            write(tmp_path, document(), name)
        inventory = take_inventory(tmp_path)
        assert [file.name for file in inventory.files] == [
            "a/b/c.xml",
            "goods/goods_1_2_bb.XML",
            "goods/goods_1_10_aa.xml",
            "goods_1_1.Xml",
        ]
        assert inventory.readable == inventory.files

    def test_refuses_links_that_lead_out_and_follows_those_that_stay(self, tmp_path: Path) -> None:
        data, outside = tmp_path / "data", tmp_path / "outside"
        secret = write(outside, document(), "secret.xml")
        inside = write(data, document(), "real.xml")
        (data / "out.xml").symlink_to(secret)
        (data / "folder").symlink_to(outside)
        (data / "dangling.xml").symlink_to(tmp_path / "nothing")
        (data / "in.xml").symlink_to(inside)
        (data / "loop").symlink_to(data)
        inventory = take_inventory(data)
        assert [file.name for file in inventory.readable] == ["in.xml", "real.xml"]
        assert {(f.name, f.problem.code) for f in inventory.problems if f.problem} == {
            ("out.xml", ProblemCode.NOT_A_FILE),
            ("folder", ProblemCode.NOT_A_FILE),
            ("dangling.xml", ProblemCode.NOT_A_FILE),
        }

    def test_leaves_out_what_a_copy_in_progress_and_the_one_before_it_hide(
        self, tmp_path: Path
    ) -> None:
        for name in (".current.part/a.xml", ".current.previous/a.xml", "goods/._g.xml"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.touch()
        (tmp_path / "goods" / "g.xml").touch()
        assert [file.name for file in take_inventory(tmp_path).files] == ["goods/g.xml"]

    def test_lists_pipes_without_waiting_for_them(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.xml")
        (file,) = take_inventory(tmp_path).problems
        assert file.problem is not None
        assert file.problem.code is ProblemCode.NOT_A_FILE

    def test_names_of_strange_bytes_stay_storable(self, tmp_path: Path) -> None:
        path = os.path.join(os.fsencode(tmp_path), b"\xff\xfe.xml")  # noqa: PTH118 (bytes)
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(document().encode())
        inventory = take_inventory(tmp_path)
        json.dumps(inventory.as_json(), ensure_ascii=False).encode()
        assert len(inventory.readable) == 1

    @pytest.mark.parametrize("name", ["absent", "file.xml"])
    def test_a_missing_directory_is_told(self, tmp_path: Path, name: str) -> None:
        write(tmp_path, document())
        with pytest.raises(NoDirectory):
            take_inventory(tmp_path / name)

    def test_an_empty_directory_is_an_empty_inventory(self, tmp_path: Path) -> None:
        assert take_inventory(tmp_path) == Inventory(())

    def test_a_file_that_ends_early_is_not_complete(self, tmp_path: Path) -> None:
        write(tmp_path, document(catalog("<Товар><Ид>a</Ид></Товар><Товар><Ид>b</Ид>"))[:-60])
        (file,) = take_inventory(tmp_path).files
        assert not file.complete
        assert file.kinds == {Kind.GOODS: 1}

    @pytest.mark.parametrize("end", ["", "\n", " \r\n ", "<!-- end -->"])
    def test_a_file_with_its_end_is_complete(self, tmp_path: Path, end: str) -> None:
        write(tmp_path, document(catalog()) + end)
        (file,) = take_inventory(tmp_path).files
        assert file.complete

    def test_half_a_tree_in_a_comment_does_not_hide_the_end(self, tmp_path: Path) -> None:
        tree = "<Группы><!-- <Группы><Группа> --><Группа><Ид>a</Ид></Группа></Группы>"
        file = only_file(tmp_path, classifier(tree), catalog("<Товар><Ид>p</Ид></Товар>"))
        assert file.complete
        assert file.kinds == {Kind.GROUPS: 1, Kind.GOODS: 1}


class TestFingerprint:
    def test_is_of_names_and_contents_only(self, tmp_path: Path) -> None:
        one, two = tmp_path / "one", tmp_path / "two"
        for folder in (one, two):
            write(folder, document(), "a.xml")
        os.utime(two / "a.xml", (1, 1))
        assert take_inventory(one).fingerprint() == take_inventory(two).fingerprint()

    @pytest.mark.parametrize("change", ["content", "name", "more"])
    def test_changes_with_either(self, tmp_path: Path, change: str) -> None:
        path = write(tmp_path, document(), "a.xml")
        before = take_inventory(tmp_path).fingerprint()
        if change == "content":
            path.write_text(document() + " ", "utf-8")
        elif change == "name":
            path.rename(tmp_path / "b.xml")
        else:
            write(tmp_path, document(), "c.xml")
        assert take_inventory(tmp_path).fingerprint() != before


class TestPackages:
    def test_delta_and_full_by_attribute_child_and_silence(self, tmp_path: Path) -> None:
        file = only_file(
            tmp_path,
            classifier(),
            '<Каталог СодержитТолькоИзменения="false"><Ид>c</Ид></Каталог>',
            "<ПакетПредложений><Ид>o</Ид><ИдКаталога>c</ИдКаталога><Предложения/>"
            "<СодержитТолькоИзменения> Нет </СодержитТолькоИзменения></ПакетПредложений>",
            '<Контрагенты СодержитТолькоИзменения="true"><Контрагент><Ид>k</Ид></Контрагент></Контрагенты>',
        )
        assert [(p.container, p.changes_only, p.empty) for p in file.packages] == [
            (Container.CLASSIFIER, True, True),
            (Container.CATALOG, False, True),
            (Container.OFFERS, False, True),
            (Container.CUSTOMERS, True, False),
        ]
        assert file.packages[2].catalog_id == "c"
        assert file.kinds == {Kind.CUSTOMERS: 1}

    def test_ids_of_the_owner_are_not_the_packages(self, tmp_path: Path) -> None:
        body = "<Каталог><Владелец><Ид>owner</Ид></Владелец><Ид>own</Ид></Каталог>"
        assert only_file(tmp_path, body).packages[0].package_id == "own"

    def test_an_empty_full_package_is_readable(self, tmp_path: Path) -> None:
        file = only_file(tmp_path, '<ПакетПредложений СодержитТолькоИзменения="false"/>')
        assert file.problem is None
        assert [(p.empty, p.changes_only) for p in file.packages] == [(True, False)]

    def test_unknown_packages_and_sections_are_named(self, tmp_path: Path) -> None:
        file = only_file(
            tmp_path,
            "<Документ><Ид>1</Ид></Документ><Документ><Ид>2</Ид></Документ>",
            "<Классификатор><Марки><Марка/></Марки><Комментарий>текст</Комментарий></Классификатор>",
        )
        assert file.unknown == {"Документ": 2, "Марки": 1}

    def test_versions_compare_as_numbers(self, tmp_path: Path) -> None:
        ten = only_file(tmp_path, root='ВерсияСхемы="2.10"')
        nine = only_file(tmp_path, root='ВерсияСхемы="2.9"')
        none = only_file(tmp_path, root='ВерсияСхемы="новая"')
        assert ten.version > nine.version > none.version == ()
        assert ten.version_text == "2.10"


class TestCounts:
    @pytest.mark.parametrize(
        ("content", "kinds"),
        [
            (catalog("<Товар><Ид>a</Ид></Товар>", '<Товар Статус="Удален"><Ид>b</Ид></Товар>'), {Kind.GOODS: 2}),
            (catalog(el("Товар", PRICES, STOCK)), {Kind.GOODS: 1, Kind.PRICES: 1, Kind.STOCKS: 1}),
            (offers(el("Предложение", "<Ид>o</Ид>", PRICES)), {Kind.PRICES: 1}),
            (offers(el("Предложение", "<Ид>o</Ид>", STOCK)), {Kind.STOCKS: 1}),
            (
                offers(el("Предложение", "<Ид>o</Ид>", PRICES), el("Предложение", PRICES, "<Артикул>A</Артикул>")),
                {Kind.OFFERS: 2, Kind.PRICES: 2},
            ),
            (offers("<Предложение><Ид>o</Ид></Предложение>"), {Kind.OFFERS: 1}),
            (
                offers('<Предложение Статус="Удален"><Ид>o</Ид>' + STOCK + "</Предложение>"),
                {Kind.OFFERS: 1, Kind.STOCKS: 1},
            ),
            (
                offers(
                    el("Предложение", "<Ид>o</Ид><ПометкаУдаления>false</ПометкаУдаления>", PRICES),
                ),
                {Kind.PRICES: 1},
            ),
            (
                offers(
                    '<Предложение><Количество>3</Количество><Склад ИдСклада="w" КоличествоНаСкладе="3"/>'
                    '<Склад ИдСклада="v" КоличествоНаСкладе="0"/></Предложение>',
                    "<Предложение><Количество>3</Количество></Предложение>",
                    "<Предложение><Количество/></Предложение>",
                ),
                {Kind.STOCKS: 3},
            ),
        ],
    )  # fmt: skip
    def test_of_goods_and_offers(
        self, tmp_path: Path, content: str, kinds: dict[Kind, int]
    ) -> None:
        assert only_file(tmp_path, content).kinds == kinds

    def test_of_nested_groups_and_what_follows_them(self, tmp_path: Path) -> None:
        tree = "<Группы><Группа><Ид>a</Ид><Группы><Группа><Ид>b</Ид><Группы/></Группа></Группы></Группа></Группы>"
        kinds = only_file(
            tmp_path, classifier(tree, el("Свойства", "<Свойство><Ид>p</Ид></Свойство>"))
        ).kinds
        assert kinds == {Kind.GROUPS: 2, Kind.PROPERTIES: 1}

    def test_with_a_prefix(self, tmp_path: Path) -> None:
        text = document(catalog("<Товар><Ид>a</Ид></Товар>"), root="")
        text = text.replace("</", "@").replace("<", "<c:").replace("@", "</c:")
        write(
            tmp_path, text.replace("Информация ", 'Информация xmlns:c="urn:1C.ru:commerceml_2" ', 1)
        )
        (file,) = take_inventory(tmp_path).files
        assert file.kinds == {Kind.GOODS: 1}

    def test_unusual_closing_tags_are_counted_by_reading(self, tmp_path: Path) -> None:
        file = only_file(
            tmp_path, catalog("<Товар><Ид>a</Ид></Товар >", "<Товар><Ид>b</Ид></Товар\n>")
        )
        assert file.kinds == {Kind.GOODS: 2}
        assert [package.empty for package in file.packages] == [False]

    @pytest.mark.parametrize(("codec", "mark"), [("utf-16-le", b"\xff\xfe"), ("cp1251", b"")])
    def test_in_other_encodings_across_blocks(
        self, tmp_path: Path, codec: str, mark: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sniff, "_BLOCK", 11)
        head = '<?xml version="1.0" encoding="windows-1251"?>'
        text = head + document(catalog(*["<Товар><Ид>й</Ид></Товар>"] * 9))
        write(tmp_path, mark + text.encode(codec))
        (file,) = take_inventory(tmp_path).files
        assert (file.kinds, file.encoding) == ({Kind.GOODS: 9}, codec)

    def test_one_record_without_end_is_refused(self, tmp_path: Path) -> None:
        file = only_file(tmp_path, catalog("<Товар>" + "<Картинка/>" * 500_000 + "</Товар>"))
        assert file.problem is not None
        assert file.problem.code is ProblemCode.TOO_MANY_CHILDREN

    def test_a_huge_dictionary_is_not_refused(self, tmp_path: Path) -> None:
        entry = "<Справочник><ИдЗначения>v</ИдЗначения></Справочник>"
        body = el("Свойство", "<Ид>p</Ид>", el("ВариантыЗначений", entry * 150_000))
        assert only_file(tmp_path, classifier(el("Свойства", body))).kinds == {Kind.PROPERTIES: 1}


PARTS = st.sampled_from(
    [
        PRICES, STOCK, "<Наименование>И</Наименование>", "<Артикул/>", "<Количество>4</Количество>",
        "<Группы><Ид>g</Ид></Группы>", "<ПометкаУдаления>true</ПометкаУдаления>",
        "<!-- x -->", "<Свойства/>",
    ]
)  # fmt: skip


class TestScanner:
    @given(
        st.lists(st.lists(PARTS, max_size=4, unique=True), max_size=5),
        st.lists(st.lists(PARTS, max_size=4, unique=True), max_size=5),
        st.integers(1, 300),
    )
    @settings(max_examples=200)
    def test_agrees_with_the_reader_wherever_blocks_end(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        goods: list[list[str]],
        things: list[list[str]],
        size: int,
    ) -> None:
        text = document(
            classifier("<Группы><Группа><Ид>g</Ид></Группа></Группы>"),
            catalog(*(el("Товар", *parts) for parts in goods)),
            offers(*(el("Предложение", *parts) for parts in things)),
        )
        scanner, content = Scanner(), text.encode()
        for start in range(0, len(content), size):
            scanner.feed(content[start : start + size])
        fast = scanner.finish()
        assert fast.complete
        path = write(tmp_path_factory.getbasetemp(), text, "scanned.xml")
        slow = Scan(packages=[*fast.packages])
        counted = [dict(package.counts) for package in fast.packages]
        count_by_reading(path, slow)
        total: dict[Kind, int] = {}
        for counts in counted:
            for kind, number in counts.items():
                total[kind] = total.get(kind, 0) + number
        expected: dict[Kind, int] = {}
        for package in slow.packages:
            expected.update(package.counts)
        assert total == expected

    @given(st.binary(max_size=300), st.integers(1, 50))
    def test_any_bytes_do_no_harm(self, content: bytes, size: int) -> None:
        scanner = Scanner()
        for start in range(0, len(content), size):
            scanner.feed(content[start : start + size])
        assert scanner.finish().packages == [] or content


class TestNaturalOrder:
    def test_numbers_count_as_numbers(self) -> None:
        names = ["goods_1_10_b.xml", "goods_1_2_a.xml", "goods_2_1.xml", "Goods_1_1.xml"]
        assert sorted(names, key=natural_order) == [
            "Goods_1_1.xml", "goods_1_2_a.xml", "goods_1_10_b.xml", "goods_2_1.xml",
        ]  # fmt: skip

    @given(st.lists(st.text(max_size=20), max_size=10))
    def test_orders_any_names(self, names: list[str]) -> None:
        sorted(names, key=natural_order)


class TestAsJson:
    def test_is_json_and_small(self, tmp_path: Path) -> None:
        write(tmp_path, document(catalog("<Товар><Ид>a</Ид></Товар>")), "goods.xml")
        write(tmp_path, "<!DOCTYPE x><x/>", "bad.xml")
        summary = json.loads(json.dumps(take_inventory(tmp_path).as_json()))
        assert summary["totals"] == {"goods": 1}
        bad, good = summary["files"]
        assert bad["problem"] == {
            "code": "doctype_refused",
            "text": "has a DOCTYPE, which is refused",
            "line": 1,
        }
        assert (good["kinds"], good["version"], good["full"]) == ({"goods": 1}, "3.1", [])
