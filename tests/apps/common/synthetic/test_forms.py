"""One shop in every layout, schema version and encoding."""

import codecs
from pathlib import Path

import pytest
from lxml import etree

from apps.common.synthetic.dialect import ENCODINGS, NAMESPACES
from tests.apps.common.synthetic.conftest import Write
from tests.apps.common.synthetic.reader import roots

LAYOUTS = ("split", "flat", "single")


class TestEveryForm:
    @pytest.mark.parametrize("encoding", ENCODINGS)
    @pytest.mark.parametrize("version", NAMESPACES)
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_tells_of_the_same_shop(
        self, write: Write, layout: str, version: str, encoding: str
    ) -> None:
        _, _, shop = write(layout=layout, schema_version=version, encoding=encoding)
        assert shop == write()[2]

    @pytest.mark.parametrize("full", [False, True])
    @pytest.mark.parametrize("version", ["2.07", "3.1"])
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_tells_of_the_same_changes(
        self, write: Write, layout: str, version: str, full: bool
    ) -> None:
        changes = {"change_share": 0.2, "delete_share": 0.1, "full": full}
        _, _, shop = write(layout=layout, schema_version=version, **changes)
        assert shop == write(**changes)[2]

    @pytest.mark.parametrize(("version", "namespace"), NAMESPACES.items())
    def test_declares_its_version_and_namespace(
        self, write: Write, version: str, namespace: str
    ) -> None:
        for root in roots(write(schema_version=version)[0]):
            assert root.get("ВерсияСхемы") == version
            assert etree.QName(root).namespace == namespace

    @pytest.mark.parametrize(
        ("encoding", "opening"),
        [
            ("utf-8", b'<?xml version="1.0" encoding="UTF-8"?>'),
            ("utf-8-sig", codecs.BOM_UTF8 + b"<?xml"),
            ("utf-16", codecs.BOM_UTF16_LE + "<?xml".encode("utf-16-le")),
            ("windows-1251", b'<?xml version="1.0" encoding="windows-1251"?>'),
        ],
    )
    def test_opens_with_its_encoding_in_every_file(
        self, write: Write, encoding: str, opening: bytes
    ) -> None:
        files = list(write(encoding=encoding)[0].rglob("*.xml"))
        assert all(path.read_bytes().startswith(opening) for path in files)

    def test_marks_deletion_as_its_version_does(self, write: Write) -> None:
        old = _text(write(layout="single", delete_share=0.1)[0])
        new = _text(write(layout="flat", delete_share=0.1)[0])
        assert '<Товар Статус="Удален">' in old
        assert "ПометкаУдаления" not in old
        assert "<ПометкаУдаления>true" in new
        assert "Статус=" not in new

    def test_spells_as_real_exports_waver(self, write: Write) -> None:
        assert "<СвойствоНоменклатуры>" in _text(write(schema_version="2.04")[0])
        assert "<ШтрихКод>" in _text(write(schema_version="2.08")[0])


class TestFileNames:
    def test_of_the_split_layout_stand_in_a_directory_per_entity(self, write: Write) -> None:
        output = write()[0]
        directories = {path.name for path in output.iterdir() if path.is_dir()}
        assert directories == {
            "contragents",
            "goods",
            "groups",
            "offers",
            "priceLists",
            "prices",
            "propertiesGoods",
            "propertiesOffers",
            "rests",
            "storages",
            "units",
        }
        for path in output.rglob("*.xml"):
            assert path.name.startswith(f"{path.parent.name}_1_1_")

    def test_of_the_flat_layout_tell_little(self, write: Write) -> None:
        names = sorted(path.name.split("___")[0] for path in write(layout="flat")[0].glob("*.xml"))
        assert names == ["contragents", *["import"] * 3, *["offers"] * 2, "prices", "rests"]

    def test_of_the_single_layout_are_three(self, write: Write) -> None:
        names = {path.name for path in write(layout="single")[0].glob("*.xml")}
        assert names == {"import.xml", "offers.xml", "contragents.xml"}

    def test_count_segments_of_five_thousand_records(self, write: Write) -> None:
        output, summary, shop = write(products=2600, customers=0)
        segments = {path.name.split("_")[2]: path for path in (output / "offers").iterdir()}
        assert set(segments) == {"1", "2"}
        assert segments["1"].read_text("utf-8").count("</Предложение>") == 5000
        assert len(shop.offers) == summary.offers == 5042


def _text(directory: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted(directory.rglob("*.xml")))
