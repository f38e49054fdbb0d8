"""A disk that is full when an import stores pictures, through the real command."""

import hashlib
import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from apps.common.models import SyncLog
from apps.products.models import ImportSession, Product, ProductImage
from apps.products.sessions.states import Status
from tests.apps.products.imports.conftest import HEAD, TAIL, catalogue, good
from tests.support.backups import Ended, files, run, run_apart
from tests.support.disks import small_disk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

LIMIT = 200
"""Kilobytes: the small picture fits, the large one does not."""


def picture(side: int) -> bytes:
    """Return a picture of noise, three bytes for each of its dots."""
    out = BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(side).randbytes(3 * side * side)).save(
        out, "PNG"
    )
    return out.getvalue()


@pytest.fixture
def export(tmp_path) -> Path:
    """Two products, one with a small picture and one with a large one."""
    directory = tmp_path / "export" / "goods"
    (directory / "import_files").mkdir(parents=True)
    for name, side in (("small", 40), ("large", 400)):
        (directory / "import_files" / f"{name}.png").write_bytes(picture(side))
    goods = [
        good(name, inner=f"<Картинка>import_files/{name}.png</Картинка>")
        for name in ("small", "large")
    ]
    (directory / "goods.xml").write_text(HEAD + catalogue(*goods) + TAIL, encoding="utf-8")
    return directory.parent


@pytest.fixture
def arguments(export) -> tuple[str, ...]:
    return ("import_catalog_from_1c", "--skip-backup", "--chunk-size=1", "--data-dir", str(export))


def assert_told_and_whole(ended: Ended, media: Path, reason: str) -> None:
    """The first chunk stays; the second one failed with its picture and said so."""
    session = ImportSession.objects.get()
    assert (ended.code, session.status) == (1, Status.FAILED), ended.error
    assert "The picture large.png can't be stored" in session.error_message
    assert reason in session.error_message
    assert session.error_message in ended.error
    assert SyncLog.objects.get().status == "failed"
    assert list(Product.objects.values_list("onec_id", flat=True)) == ["small"]
    assert [image.image.name for image in ProductImage.objects.all()] == files(media)
    for path in media.rglob("*.png"):
        assert path.stem == hashlib.sha256(path.read_bytes()).hexdigest()


def assert_the_next_import_works(arguments: tuple[str, ...], media: Path) -> None:
    ended = run(*arguments)
    assert ended.code == 0, ended.error
    assert sorted(image.image.name for image in ProductImage.objects.all()) == files(media)
    assert len(files(media)) == 2


class TestFullDisk:
    def test_a_limit_ends_the_import_with_its_reason(self, arguments, settings, tmp_path):
        """A limit on the size of files, which is how a quota looks, and which needs no rights."""
        settings.MEDIA_ROOT = tmp_path / "media"
        ended = run_apart(*arguments, largest_file=LIMIT)
        assert_told_and_whole(ended, settings.MEDIA_ROOT, "File too large")
        assert_the_next_import_works(arguments, settings.MEDIA_ROOT)

    def test_no_space_ends_the_import_with_its_reason(self, arguments, settings, tmp_path):
        with small_disk(tmp_path / "disk", LIMIT) as disk:
            settings.MEDIA_ROOT = disk
            assert_told_and_whole(run(*arguments), disk, "No space left on device")
