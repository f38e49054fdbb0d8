# ruff: noqa: E501 (XML is easier to read unbroken)
import gc
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.common.commerceml import (
    BrokenFile,
    GroupRecord,
    Kind,
    OfferRecord,
    ProblemCode,
    ProductRecord,
    PropertyRecord,
    Record,
    read,
    reader,
    walker,
)
from tests.apps.common.commerceml.builders import (
    DECLARATION,
    catalog,
    classifier,
    document,
    el,
    leaf,
    offers,
    write,
)

ONE = "<Товар><Ид>p1</Ид><Наименование>Жёлтый «Я»</Наименование></Товар>"


def goods(number: int, *, pad: int = 0) -> str:
    """Goods p0, p1, ... of three lines each."""
    return "\n".join(
        f"<Товар>\n<Ид>p{i}</Ид><Описание>{'о' * pad}</Описание>\n</Товар>" for i in range(number)
    )


def delivered(path: Path) -> tuple[list[Record], BrokenFile]:
    """What the reader gave before it found the fault, and the fault."""
    found: list[Record] = []
    with pytest.raises(BrokenFile) as caught:
        found.extend(read(path))
        # extend() keeps what came before the exception
    return found, caught.value


class TestEncodings:
    @pytest.mark.parametrize(
        ("declared", "codec", "mark"),
        [
            ("UTF-8", "utf-8", b""),
            ("UTF-8", "utf-8", b"\xef\xbb\xbf"),
            ("utf-8", "utf-8", b"\xef\xbb\xbf"),
            ("UTF-16", "utf-16-le", b"\xff\xfe"),
            ("UTF-16", "utf-16-be", b"\xfe\xff"),
            ("UTF-16LE", "utf-16-le", b""),
            ("windows-1251", "cp1251", b""),
            ("Windows-1251", "cp1251", b""),
            ("KOI8-R", "koi8-r", b""),
            ("windows-1251", "utf-8", b"\xef\xbb\xbf"),
            ("UTF-16", "utf-8", b""),
            (None, "utf-8", b""),
            (None, "utf-16-le", b"\xff\xfe"),
        ],
    )
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_mark_and_declaration_decide(
        self, tmp_path: Path, declared: str | None, codec: str, mark: bytes, newline: str
    ) -> None:
        head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
        text = (head + document(catalog(ONE.replace("«Я»", "Я")))).replace("\n", newline)
        path = write(tmp_path, mark + text.encode(codec))
        (record,) = read(path)
        assert isinstance(record, ProductRecord)
        assert (record.name, record.line) == ("Жёлтый Я", 6 if declared else 5)

    def test_a_utf16_letter_may_lie_across_two_blocks(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "_BLOCK", 7)
        text = DECLARATION + document(catalog(ONE))
        path = write(tmp_path, b"\xff\xfe" + text.encode("utf-16-le"))
        (record,) = read(path)
        assert isinstance(record, ProductRecord)
        assert record.name == "Жёлтый «Я»"

    @pytest.mark.parametrize(
        ("declared", "codec"), [("UTF-8", "cp1251"), ("windows-1251", "utf-8"), ("UTF-7", "utf-8")]
    )
    def test_a_false_declaration_is_told(self, tmp_path: Path, declared: str, codec: str) -> None:
        text = f'<?xml version="1.0" encoding="{declared}"?>' + document(
            catalog(ONE.replace("«Я»", ""))
        )
        _, error = delivered(write(tmp_path, text.encode(codec)))
        assert error.code is ProblemCode.BAD_ENCODING

    @pytest.mark.parametrize(
        ("codec", "mark", "bad"),
        [("utf-8", b"", b"\xff\xfe"), ("utf-16-le", b"\xff\xfe", b"\x00\xdc")],
    )
    def test_bytes_that_the_encoding_lacks_end_the_file_with_their_line(
        self, tmp_path: Path, codec: str, mark: bytes, bad: bytes
    ) -> None:
        before, after = document(catalog(goods(3), "<Товар><Ид>@</Ид></Товар>")).split("@")
        content = mark + before.encode(codec) + bad + after.encode(codec)
        found, error = delivered(write(tmp_path, content))
        assert error.code is ProblemCode.BAD_ENCODING
        assert len(found) <= 3
        assert error.line in {1, 14}  # a recoded block is judged as a whole


class TestNamespaces:
    @pytest.mark.parametrize(
        "root",
        [
            'ВерсияСхемы="2.03"',
            'xmlns="urn:1C.ru:commerceml_2"',
            'xmlns="urn:1C.ru:commerceml_205" xmlns:xs="http://www.w3.org/2001/XMLSchema"',
            'xmlns="urn:anything"',
        ],
    )
    def test_any_or_none(self, tmp_path: Path, root: str) -> None:
        (record,) = read(write(tmp_path, document(catalog(ONE), root=root)))
        assert isinstance(record, ProductRecord)
        assert record.onec_id == "p1"

    def test_prefixes(self, tmp_path: Path) -> None:
        text = (
            document(catalog(ONE), root="")
            .replace("</", "@")
            .replace("<", "<c:")
            .replace("@", "</c:")
        )
        text = text.replace("Информация ", 'Информация xmlns:c="urn:1C.ru:commerceml_2" ', 1)
        (record,) = read(write(tmp_path, text))
        assert isinstance(record, ProductRecord)
        assert record.onec_id == "p1"


class TestLines:
    def test_stay_right_beyond_sixteen_bits(self, tmp_path: Path) -> None:
        path = write(tmp_path, DECLARATION + document(catalog(goods(30_000))))
        found = [record for record in read(path) if isinstance(record, ProductRecord)]
        assert [record.line for record in found] == [6 + 3 * i for i in range(30_000)]

    def test_of_prices_and_stock_beyond_sixteen_bits(self, tmp_path: Path) -> None:
        body = (
            '<Предложение Статус="Новый"\n>\n<Ид>o</Ид>\n<Цены>\n<Цена>\n<ИдТипаЦены>t</ИдТипаЦены>\n'
            "<ЦенаЗаЕдиницу>1</ЦенаЗаЕдиницу>\n</Цена>\n</Цены>\n"
            '<Склад ИдСклада="w" КоличествоНаСкладе="1"/>\n</Предложение>'
        )
        path = write(tmp_path, document("\n" * 70_000, offers(body)))
        (record,) = read(path)
        assert isinstance(record, OfferRecord)
        lines = path.read_text("utf-8").split("\n")
        assert record.line == lines.index(">") + 1
        assert record.prices[0].line == lines.index("<Цена>") + 1
        assert record.stocks[0].line == next(
            number for number, text in enumerate(lines, 1) if text.startswith("<Склад ")
        )

    def test_without_any_blanks_between_tags(self, tmp_path: Path) -> None:
        body = "<Товар><Ид>a</Ид></Товар><Товар><Ид/><Наименование>b</Наименование></Товар>"
        path = write(
            tmp_path, document("\n" * 70_000, f"<Каталог><Товары>{body}</Товары></Каталог>")
        )
        assert [record.line for record in read(path)] == [70_003, 70_003]

    def test_count_the_lines_of_the_declaration(self, tmp_path: Path) -> None:
        path = write(
            tmp_path, '<?xml version="1.0"\n encoding="UTF-8"\n?>\n' + document(catalog(ONE))
        )
        assert [record.line for record in read(path)] == [8]


class TestBrokenFiles:
    def test_a_cut_file_delivers_its_records_first(self, tmp_path: Path) -> None:
        text = document(catalog(goods(2000, pad=100)))
        cut = text.encode()[: len(text.encode()) // 2]
        found, error = delivered(write(tmp_path, cut))
        ids = [record.onec_id for record in found if isinstance(record, ProductRecord)]
        whole = cut.count("</Товар>".encode())
        assert ids == [f"p{i}" for i in range(len(ids))]
        assert whole - 2 <= len(ids) <= whole
        assert error.code is ProblemCode.BROKEN_XML
        assert error.line == cut.count(b"\n") + 1
        assert error.path.name == "file.xml"

    @pytest.mark.parametrize(
        ("bad", "code"),
        [
            ("<Товар><Ид>\x00</Ид></Товар>", ProblemCode.BROKEN_XML),
            ("<Товар><Ид>\x01</Ид></Товар>", ProblemCode.BROKEN_XML),
            ("<Товар><Ид>&#0;</Ид></Товар>", ProblemCode.BROKEN_XML),
            ("<Товар><Ид>&secret;</Ид></Товар>", ProblemCode.BROKEN_XML),
            ("<Товар><Ид>a</Товар>", ProblemCode.BROKEN_XML),
            ("<Товар><Ид>a & b</Ид></Товар>", ProblemCode.BROKEN_XML),
            ("<Товар a='1' a='2'><Ид>a</Ид></Товар>", ProblemCode.BROKEN_XML),
            ("<!DOCTYPE x>", ProblemCode.BROKEN_XML),
        ],
    )
    def test_a_fault_is_told_with_its_line_and_nothing_after_it_is_read(
        self, tmp_path: Path, bad: str, code: ProblemCode
    ) -> None:
        text = document(catalog(goods(3), bad, "<Товар><Ид>after</Ид></Товар>"))
        found, error = delivered(write(tmp_path, text))
        ids = {record.onec_id for record in found if isinstance(record, ProductRecord)}
        assert ids <= {"p0", "p1", "p2"}
        assert (error.code, error.line) == (code, 14)

    def test_text_after_the_root_is_a_fault(self, tmp_path: Path) -> None:
        found, error = delivered(write(tmp_path, document(catalog(ONE)) + "<x/>"))
        assert [type(record) for record in found] in ([ProductRecord], [])
        assert error.code is ProblemCode.BROKEN_XML

    def test_a_missing_file_is_told(self, tmp_path: Path) -> None:
        _, error = delivered(tmp_path / "absent.xml")
        assert error.code is ProblemCode.UNREADABLE

    @given(st.data())
    @settings(max_examples=150)
    def test_any_damaged_byte_is_read_or_refused(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        content = bytearray((DECLARATION + document(catalog(ONE), offers(ONE))).encode())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path = write(tmp_path_factory.getbasetemp(), bytes(content), "damaged.xml")
        with suppress(BrokenFile):
            list(read(path))


class TestHostileFiles:
    def test_too_deep(self, tmp_path: Path) -> None:
        _, error = delivered(write(tmp_path, document("<a>" * 300 + "</a>" * 300)))
        assert error.code is ProblemCode.BROKEN_XML
        assert "depth" in error.reason.lower()

    @pytest.mark.parametrize("kinds", [None, frozenset({Kind.UNITS})])
    @pytest.mark.parametrize(
        "record",
        [
            "<Товар><Ид>a</Ид>" + "<Картинка/>" * 500_000 + "</Товар>",
            "<Товар><Ид>a</Ид><Группы>" + "<Ид>x</Ид>" * 300_000 + "</Группы></Товар>",
        ],
    )
    def test_too_wide(self, tmp_path: Path, record: str, kinds: frozenset[Kind] | None) -> None:
        path = write(tmp_path, document(catalog(ONE, record)))
        with pytest.raises(BrokenFile) as caught:
            list(read(path, kinds))
        assert caught.value.code is ProblemCode.TOO_MANY_CHILDREN
        assert caught.value.line > 0

    def test_a_text_of_many_megabytes(self, tmp_path: Path) -> None:
        long = "<Товар><Ид>a</Ид><Описание>" + "x" * 11_000_000 + "</Описание></Товар>"
        _, error = delivered(write(tmp_path, document(catalog(ONE, long))))
        assert error.code is ProblemCode.BROKEN_XML

    def test_instructions_between_records_are_ignored(self, tmp_path: Path) -> None:
        found = list(read(write(tmp_path, document(catalog("<?a?>", ONE, "<?b?>", ONE)))))
        assert [type(record) for record in found] == [ProductRecord, ProductRecord]


class TestMemory:
    """The tree must stay as small as a block, however long the file is."""

    @staticmethod
    def largest_tree(
        path: Path, monkeypatch: pytest.MonkeyPatch, kinds: frozenset[Kind] | None
    ) -> int:
        largest = 0
        harvest = walker.Walker.harvest

        def measured(self: walker.Walker, root: object, *, complete: bool) -> object:
            nonlocal largest
            result = harvest(self, root, complete=complete)  # type: ignore[arg-type]
            largest = max(largest, sum(1 for _ in root.iter()))  # type: ignore[attr-defined]
            return result

        monkeypatch.setattr(walker.Walker, "harvest", measured)
        for _ in read(path, kinds):
            gc.get_count()
        return largest

    @pytest.mark.parametrize("kinds", [None, frozenset({Kind.UNITS})])
    def test_of_many_goods(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: frozenset[Kind] | None
    ) -> None:
        path = write(tmp_path, document(catalog(goods(20_000))))
        assert self.largest_tree(path, monkeypatch, kinds) < 100

    @pytest.mark.parametrize("kinds", [None, frozenset({Kind.UNITS})])
    def test_of_one_property_with_a_huge_dictionary(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: frozenset[Kind] | None
    ) -> None:
        entry = "<Справочник><ИдЗначения>v</ИдЗначения><Значение>t</Значение></Справочник>"
        body = el("Свойство", "<Ид>p</Ид>", el("ВариантыЗначений", entry * 50_000))
        path = write(tmp_path, document(classifier(el("Свойства", body))))
        assert self.largest_tree(path, monkeypatch, kinds) < 5000

    @pytest.mark.parametrize("kinds", [None, frozenset({Kind.UNITS})])
    def test_of_a_deep_and_wide_tree_of_groups(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: frozenset[Kind] | None
    ) -> None:
        number = count()

        def tree(depth: int) -> str:
            head = leaf("Ид", f"g{next(number)}") + leaf("Наименование", "н" * 50)
            inner = "".join(tree(depth - 1) for _ in range(9)) if depth else ""
            return el("Группа", head, el("Группы", inner) if inner else "")

        path = write(tmp_path, document(classifier(el("Группы", tree(4)))))
        assert self.largest_tree(path, monkeypatch, kinds) < 2000
        assert sum(isinstance(record, GroupRecord) for record in read(path)) == next(number)

    def test_of_an_unknown_section(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write(
            tmp_path, document(el("Классификатор", el("Марки", "<Марка>м</Марка>" * 60_000)))
        )
        assert self.largest_tree(path, monkeypatch, None) < 100


class TestBlocks:
    """Where a block ends must not matter."""

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 64, 1000])
    def test_of_any_size_give_the_same_records(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
    ) -> None:
        entry = "<Справочник><ИдЗначения>v</ИдЗначения><Значение>т</Значение></Справочник>"
        text = DECLARATION + document(
            classifier(
                "<Группы><Группа><Ид>a</Ид><Наименование>A</Наименование><Группы><Группа><Ид>b</Ид>"
                "<Наименование>B</Наименование></Группа></Группы></Группа></Группы>",
                el("Свойства", el("Свойство", "<Ид>p</Ид>", el("ВариантыЗначений", entry * 3))),
            ),
            catalog(goods(3)),
            offers("<Предложение><Ид>o</Ид><Наименование>О</Наименование></Предложение>"),
        )
        path = write(tmp_path, text)
        expected = list(read(path))
        monkeypatch.setattr(reader, "_BLOCK", size)
        assert list(read(path)) == expected
        assert len(expected) == 7
        assert any(isinstance(record, PropertyRecord) for record in expected)
