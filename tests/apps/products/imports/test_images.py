"""Pictures of products, through the real command and real files."""

import os
import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import translation
from PIL import Image

from apps.products.models import Product, ProductImage

from .conftest import catalogue, good

FOLDER = "goods/import_files"


def picture(colour: str = "red", kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def noise(kind: str) -> bytes:
    """A picture whose content is long enough to be cut."""
    out = BytesIO()
    pixels = random.Random(1).randbytes(3 * 64 * 64)
    Image.frombytes("RGB", (64, 64), pixels).save(out, kind)
    return out.getvalue()


def pictured(onec_id: str, *paths: str) -> str:
    return good(onec_id, inner="".join(f"<Картинка>{path}</Картинка>" for path in paths))


def count(outcome) -> dict[str, int]:
    counts = outcome.counters.get("images", {})
    return {word: counts[word] for word in counts if counts[word]}


def shown(onec_id: str = "p") -> list[tuple[int, str]]:
    images = ProductImage.objects.filter(product__onec_id=onec_id)
    return sorted(images.values_list("position", "source_path"))


def content(image: ProductImage) -> bytes:
    with image.image.open() as file:
        return file.read()


@pytest.fixture
def stored(settings) -> Callable[[], list[Path]]:
    """Give the files in the storage."""
    root = Path(settings.MEDIA_ROOT)
    return lambda: sorted(path for path in root.rglob("*") if path.is_file())


@pytest.fixture
def shop(export):
    export.write("goods/g.xml", catalogue(pictured("p", "import_files/1/a.png", "")))
    export.write_raw(f"{FOLDER}/1/a.png", picture())
    return export


class TestTaking:
    def test_a_picture_is_stored_and_linked_and_an_empty_one_is_none(
        self, shop, run_import, stored
    ):
        outcome = run_import()
        assert (outcome.code, count(outcome)) == (0, {"read": 1, "created": 1})
        image = ProductImage.objects.get()
        assert (image.product.onec_id, shown()) == ("p", [(0, "import_files/1/a.png")])
        assert content(image) == picture()
        assert image.image.name == f"products/{image.sha256[:2]}/{image.sha256}.png"
        assert [path.stat().st_mode & 0o777 for path in stored()] == [0o644]

    @pytest.mark.parametrize(
        ("xml", "path", "file"),
        [
            ("goods/g.xml", "import_files/a.png", "goods/import_files/a.png"),
            ("goods/import_files/g.xml", "import_files/a.png", "goods/import_files/a.png"),
            ("goods/g.xml", "import_files/a.png", "import_files/a.png"),
            ("goods/g.xml", "a.png", "goods/import_files/a.png"),
            ("g.xml", "import_files\\a.png", "import_files/a.png"),
            ("g.xml", "Import_Files/a.png", "import_files/a.png"),
            ("g.xml", "pictures/a.png", "pictures/a.png"),
        ],
    )
    def test_it_is_found_from_where_the_xml_file_lies(self, export, run_import, xml, path, file):
        export.write(xml, catalogue(pictured("p", path)))
        export.write_raw(file, picture())
        assert count(run_import()) == {"read": 1, "created": 1}

    def test_equal_pictures_are_one_file(self, shop, run_import, stored):
        shop.write(
            "goods/g.xml",
            catalogue(pictured("p", "import_files/1/a.png"), pictured("q", "import_files/b.png")),
        )
        shop.write_raw(f"{FOLDER}/b.png", picture())
        assert count(run_import()) == {"read": 2, "created": 2}
        assert len(stored()) == 1

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
    def test_each_format_that_browsers_show_is_taken(self, shop, run_import, kind):
        shop.write_raw(f"{FOLDER}/1/a.png", picture(kind=kind))
        assert count(run_import()) == {"read": 1, "created": 1}

    def test_on_request_pictures_are_left_alone(self, shop, run_import, stored):
        assert count(run_import(skip_images=True)) == {}
        assert (ProductImage.objects.count(), stored()) == (0, [])
        assert count(run_import()) == {"read": 1, "created": 1}


class TestChanges:
    def test_the_second_time_nothing_is_written(self, shop, run_import, catalogue_writes, stored):
        run_import()
        before = catalogue_writes()
        assert count(run_import()) == {"read": 1, "unchanged": 1}
        assert catalogue_writes() == before
        assert len(stored()) == 1

    def test_a_file_copied_again_is_no_change(self, shop, run_import, catalogue_writes):
        run_import()
        before = catalogue_writes()
        os.utime(shop.directory / FOLDER / "1/a.png", ns=(1, 1))
        assert count(run_import()) == {"read": 1, "unchanged": 1}
        assert catalogue_writes() == before

    def test_new_content_under_the_old_name_is_taken(self, shop, run_import, stored):
        run_import()
        shop.write_raw(f"{FOLDER}/1/a.png", picture("blue"))
        assert count(run_import()) == {"read": 1, "updated": 1}
        assert content(ProductImage.objects.get()) == picture("blue")
        assert len(stored()) == 2

    def test_the_order_follows_1c(self, shop, run_import):
        shop.write_raw(f"{FOLDER}/b.png", picture("blue"))
        first, second = "import_files/1/a.png", "import_files/b.png"
        shop.write("goods/g.xml", catalogue(pictured("p", first, second)))
        run_import()
        shop.write("goods/g.xml", catalogue(pictured("p", second, first)))
        assert count(run_import()) == {"read": 2, "updated": 2}
        assert shown() == [(0, second), (1, first)]

    def test_a_picture_that_is_named_no_more_is_unlinked(self, shop, run_import, stored):
        run_import()
        shop.write("goods/g.xml", catalogue(good("p")))
        assert count(run_import()) == {}
        assert (shown(), len(stored())) == ([], 1)

    def test_a_deleted_product_keeps_its_pictures(self, shop, run_import):
        run_import()
        shop.write("goods/g.xml", catalogue(good("p", deleted=True)))
        run_import(allow_mass_hide=True)
        assert not Product.objects.get().is_active
        assert len(shown()) == 1

    def test_of_two_records_the_later_one_wins(self, shop, run_import):
        shop.write_raw(f"{FOLDER}/b.png", picture("blue"))
        shop.write(
            "goods/g.xml",
            catalogue(
                pictured("p", "import_files/1/a.png"),
                pictured("p", "import_files/b.png"),
                pictured("p", "import_files/b.png"),
            ),
        )
        assert count(run_import()) == {"read": 3, "created": 2, "unchanged": 1}
        assert shown() == [(0, "import_files/b.png")]


class TestDryRun:
    @pytest.mark.parametrize("chunk_size", [1, 1000])
    def test_it_counts_what_the_real_run_counts(
        self, shop, run_import, catalogue_writes, stored, chunk_size
    ):
        run_import()
        shop.write_raw(f"{FOLDER}/b.png", picture("blue"))
        shop.write_raw(f"{FOLDER}/broken.png", b"no picture")
        one, other = "import_files/1/a.png", "import_files/b.png"
        goods = (
            *(pictured("p", other), pictured("p", one), pictured("p"), pictured("p", one)),
            *(pictured("n", one, other), pictured("n", other), pictured("n", other, one)),
            *(pictured("n", "import_files/broken.png", "import_files/no.png"),),
        )
        shop.write("goods/g.xml", catalogue(*goods))
        before, files = catalogue_writes(), stored()
        dry = run_import(dry_run=True, chunk_size=chunk_size)
        assert (catalogue_writes(), stored()) == (before, files)
        again = run_import(dry_run=True, chunk_size=chunk_size)
        real = run_import(chunk_size=chunk_size)
        assert dry.counters == again.counters == real.counters
        assert dry.codes() == real.codes() == ["image_broken", "image_missing"]
        listed = dry.session.changes.filter(entity="images").values_list("action", flat=True)
        counted = dry.counters["images"]
        assert list(listed).count("create") == counted["created"]
        assert list(listed).count("update") == counted["updated"]


class TestMissing:
    def test_it_is_skipped_with_a_warning(self, export, run_import):
        export.write("goods/g.xml", catalogue(pictured("p", "import_files/a.png", "b.png")))
        outcome = run_import()
        assert (outcome.code, count(outcome)) == (0, {"read": 2, "skipped": 2})
        assert outcome.codes() == ["image_missing", "image_missing"]
        issue = outcome.session.issues.first()
        assert (issue.severity, issue.onec_id, issue.file) == ("warning", "p", "goods/g.xml")
        assert "import_files/a.png" in issue.sentence
        assert issue.line

    def test_the_one_that_the_shop_has_stays(self, shop, run_import):
        run_import()
        (shop.directory / FOLDER / "1/a.png").unlink()
        assert count(run_import()) == {"read": 1, "skipped": 1}
        assert len(shown()) == 1


class TestRefused:
    def refused(self, outcome) -> str:
        assert (outcome.code, count(outcome)) == (3, {"read": 1, "failed": 1})
        assert outcome.codes() == ["image_broken"]
        assert not ProductImage.objects.exists()
        issue = outcome.session.issues.get()
        with translation.override("ru"):
            assert issue.params["reason"] not in issue.sentence, (
                "a reader's words, not the worker's"
            )
        return issue.sentence

    @pytest.mark.parametrize(
        "content",
        [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF"],
    )
    def test_what_is_no_picture(self, shop, run_import, stored, content):
        shop.write_raw(f"{FOLDER}/1/a.png", content)
        assert "not a picture" in self.refused(run_import())
        assert stored() == []

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
    def test_a_picture_that_was_cut_off(self, shop, run_import, kind):
        content = noise(kind)
        shop.write_raw(f"{FOLDER}/1/a.png", content[: len(content) // 2])
        assert "damaged" in self.refused(run_import())

    def test_a_decompression_bomb(self, shop, run_import, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 63)
        assert "too many pixels" in self.refused(run_import())

    @pytest.mark.parametrize(
        "path", ["../../secret.png", "import_files/../../../secret.png", "../../no such.png"]
    )
    def test_a_path_out_of_the_data_directory(self, shop, run_import, path):
        (shop.directory.parent / "secret.png").write_bytes(picture())
        shop.write("goods/g.xml", catalogue(pictured("p", path)))
        assert "outside" in self.refused(run_import())

    def test_an_absolute_path(self, shop, run_import):
        (shop.directory.parent / "secret.png").write_bytes(picture())
        secret = str(shop.directory.parent / "secret.png")
        shop.write("goods/g.xml", catalogue(pictured("p", secret)))
        assert "outside" in self.refused(run_import())

    def test_a_symbolic_link_out_of_the_data_directory(self, shop, run_import):
        (shop.directory.parent / "secret.png").write_bytes(picture())
        link = shop.directory / FOLDER / "1/a.png"
        link.unlink()
        link.symlink_to(shop.directory.parent / "secret.png")
        assert "outside" in self.refused(run_import())

    def test_a_folder(self, shop, run_import):
        shop.write("goods/g.xml", catalogue(pictured("p", "import_files/1")))
        assert "not a file" in self.refused(run_import())

    def test_a_broken_successor_leaves_the_picture_that_the_shop_has(self, shop, run_import):
        run_import()
        shop.write_raw(f"{FOLDER}/1/a.png", b"no picture")
        assert count(run_import()) == {"read": 1, "failed": 1}
        assert content(ProductImage.objects.get()) == picture()


class TestStorage:
    def test_half_a_file_under_the_final_name_is_replaced(self, shop, run_import, stored):
        run_import()
        stored()[0].write_bytes(b"half")
        ProductImage.objects.all().delete()
        run_import()
        assert content(ProductImage.objects.get()) == picture()
        assert len(stored()) == 1

    def test_what_a_killed_import_left_is_removed(self, shop, run_import, stored, settings):
        left = Path(settings.MEDIA_ROOT) / ".incoming" / "tmp1"
        left.parent.mkdir(parents=True)
        left.write_bytes(b"half")
        run_import()
        assert left not in stored()

    def test_a_storage_that_refuses_ends_the_run_with_its_reason(
        self, shop, run_import, settings, tmp_path
    ):
        (Path(settings.MEDIA_ROOT)).mkdir(parents=True)
        (Path(settings.MEDIA_ROOT) / "products").write_bytes(b"in the way")
        outcome = run_import()
        assert (outcome.code, outcome.summary["status"]) == (1, "failed")
        assert "can't be stored" in outcome.summary["error"]


class TestSamples:
    def test_the_pictures_of_a_real_export(self, samples, run_import, stored):
        outcome = run_import(samples / "3.1-split-freesport")
        assert (outcome.code, count(outcome)) == (0, {"read": 13, "created": 6, "skipped": 7})
        assert len(stored()) == 6
