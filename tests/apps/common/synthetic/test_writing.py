"""Determinism, memory, images, and a directory that is whole or untouched."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image

from apps.common.synthetic import (
    ExportOptions,
    ForeignDirectoryError,
    InvalidOptionError,
    Refusal,
    write_export,
)
from apps.common.synthetic.layouts import Layout
from apps.common.synthetic.target import MARKER
from tests.apps.common.synthetic.conftest import Write

SMALL = ExportOptions(products=20, customers=5)


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


class TestDeterminism:
    @pytest.mark.parametrize("layout", ["split", "flat", "single"])
    def test_gives_the_same_bytes_for_the_same_options(self, tmp_path: Path, layout: str) -> None:
        options = ExportOptions(products=40, customers=10, layout=layout, images=True)
        write_export(tmp_path / "a", options)
        write_export(tmp_path / "b", options)
        assert contents(tmp_path / "a") == contents(tmp_path / "b")

    def test_does_not_depend_on_the_process(self, tmp_path: Path) -> None:
        program = (
            "import sys; from pathlib import Path\n"
            "from apps.common.synthetic import ExportOptions, write_export\n"
            "write_export(Path(sys.argv[1]), ExportOptions(products=20, customers=5))"
        )
        environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
        root = Path(__file__).parents[4]
        command = [sys.executable, "-c", program, str(tmp_path / "other")]
        subprocess.run(command, check=True, cwd=root, env=environment)
        write_export(tmp_path / "own", SMALL)
        assert contents(tmp_path / "other") == contents(tmp_path / "own")

    def test_gives_another_shop_for_another_seed(self, write: Write) -> None:
        one, other = write()[2], write(seed=2)[2]
        assert not set(one.products) & set(other.products)
        assert not set(one.groups) & set(other.groups)

    def test_keeps_a_record_whatever_the_images(self, write: Write) -> None:
        plain, with_images = write()[2].offers, write(images=True)[2].offers
        assert plain == with_images


class TestMemory:
    def test_does_not_grow_with_the_number_of_products(self, tmp_path: Path) -> None:
        small = peak(tmp_path / "small", products=700)
        large = peak(tmp_path / "large", products=2800)
        assert large < 1.2 * small


def peak(output: Path, **options: int) -> int:
    tracemalloc.start()
    try:
        write_export(output, ExportOptions(customers=0, **options))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class TestImages:
    @pytest.mark.parametrize(("layout", "base"), [("split", "goods"), ("flat", ""), ("single", "")])
    def test_lie_where_the_products_say_and_are_valid(
        self, write: Write, layout: str, base: str
    ) -> None:
        output, summary, shop = write(layout=layout, images=True)
        paths = [path for row in shop.products.values() for path in row["pictures"]]
        assert len(paths) == len(set(paths)) == summary.images > 70
        for path in paths:
            with Image.open(output / base / path) as image:
                image.verify()
                assert image.size == (64, 64)
                assert image.format == {".jpg": "JPEG", ".png": "PNG"}[Path(path).suffix]

    def test_of_a_changed_product_keep_their_names_and_look_different(self, write: Write) -> None:
        before, _, _ = write(images=True)
        after, _, shop = write(images=True, change_share=0.2)
        paths = [path for row in shop.products.values() for path in row["pictures"]]
        assert paths
        for path in paths:
            old, new = before / "goods" / path, after / "goods" / path
            assert old.read_bytes() != new.read_bytes()

    def test_are_not_named_when_they_are_not_written(self, write: Write) -> None:
        assert not any(row["pictures"] for row in write()[2].products.values())


class TestOutputDirectory:
    def test_appears_whole_or_not_at_all(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        output = tmp_path / "deep" / "out"
        seen: list[bool] = []
        original = Layout.add_customer

        def look(self: Layout, one: object) -> None:
            seen.append(output.exists())
            original(self, one)

        monkeypatch.setattr(Layout, "add_customer", look)
        write_export(output, SMALL)
        assert seen == [False] * 5
        assert names(output.parent) == ["out"]

    @pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
    def test_stays_as_it_was_when_writing_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
    ) -> None:
        output = tmp_path / "out"
        write_export(output, SMALL)
        before = contents(output)

        def fail(self: Layout, one: object) -> None:
            raise error

        monkeypatch.setattr(Layout, "add_customer", fail)
        with pytest.raises(type(error)):
            write_export(output, ExportOptions(products=30, customers=5))
        assert contents(output) == before
        assert names(tmp_path) == ["out"]

    def test_of_an_earlier_export_is_replaced_as_a_whole(self, tmp_path: Path) -> None:
        output = tmp_path / "out"
        write_export(output, SMALL)
        write_export(output, ExportOptions(products=20, layout="single"))
        assert names(output) == [MARKER, "contragents.xml", "import.xml", "offers.xml"]
        assert names(tmp_path) == ["out"]

    def test_may_be_empty(self, tmp_path: Path) -> None:
        output = tmp_path / "out"
        output.mkdir()
        write_export(output, SMALL)
        assert (output / MARKER).exists()

    @pytest.mark.parametrize("generated", [False, True])
    def test_with_a_foreign_file_is_refused_untouched(
        self, tmp_path: Path, generated: bool
    ) -> None:
        output = tmp_path / "out"
        if generated:
            write_export(output, SMALL)
        output.mkdir(exist_ok=True)
        (output / "mine.txt").write_text("keep me", encoding="utf-8")
        before = contents(output)
        with pytest.raises(ForeignDirectoryError, match=r"mine\.txt"):
            write_export(output, SMALL)
        assert contents(output) == before

    @pytest.mark.parametrize("marker", ["", "[]", "{}", "not json"])
    def test_with_a_broken_marker_is_refused(self, tmp_path: Path, marker: str) -> None:
        (tmp_path / MARKER).write_text(marker, encoding="utf-8")
        with pytest.raises(ForeignDirectoryError):
            write_export(tmp_path, SMALL)

    def test_must_not_be_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("a file", encoding="utf-8")
        with pytest.raises(NotADirectoryError):
            write_export(tmp_path / "out", SMALL)

    def test_behind_a_link_is_written_where_the_link_leads(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        write_export(tmp_path / "link", SMALL)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "goods").is_dir()


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "option", "refusal"),
        [
            ({"products": -1}, "products", Refusal.OUT_OF_RANGE),
            ({"customers": 10**9}, "customers", Refusal.OUT_OF_RANGE),
            ({"layout": "round"}, "layout", Refusal.UNKNOWN),
            ({"schema_version": "2.1"}, "schema_version", Refusal.UNKNOWN),
            ({"encoding": "koi8-r"}, "encoding", Refusal.UNKNOWN),
            ({"change_share": 1.1}, "change_share", Refusal.NOT_A_SHARE),
            ({"change_share": float("nan")}, "change_share", Refusal.NOT_A_SHARE),
            ({"change_share": 0.6, "delete_share": 0.5}, "delete_share", Refusal.NOT_A_SHARE),
            ({"products": 0, "customers": 0}, "products", Refusal.NOTHING_TO_WRITE),
        ],
    )
    def test_are_refused_with_a_reason(
        self, options: dict[str, object], option: str, refusal: Refusal
    ) -> None:
        with pytest.raises(InvalidOptionError) as caught:
            ExportOptions(**options)
        assert (caught.value.option, caught.value.refusal) == (option, refusal)

    def test_with_customers_alone_write_no_catalogue(self, write: Write) -> None:
        output, _, shop = write(products=0, customers=5)
        assert len(shop.customers) == 5
        assert names(output) == [MARKER, "contragents"]
