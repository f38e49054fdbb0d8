"""Which directories staff may import from."""

import os

import pytest
from django.core.exceptions import SuspiciousFileOperation

from freesport.import_1c.sources import ROOT, resolve, sources


@pytest.fixture
def root(tmp_path, settings):
    """An empty `ONEC_DATA_DIR`."""
    path = tmp_path / "data"
    path.mkdir()
    settings.ONEC_DATA_DIR = path
    return path


def names():
    """Names of the sources on offer."""
    return [source.name for source in sources()]


class TestSources:
    @pytest.mark.parametrize("name", ["import.xml", "OFFERS.XML"])
    def test_a_root_with_xml_is_the_only_source(self, root, name):
        (root / name).touch()
        (root / "elsewhere").mkdir()
        assert names() == [ROOT]

    @pytest.mark.parametrize("name", ["goods", "priceLists", "propertiesOffers", "contragents"])
    def test_a_root_with_entity_directories_is_the_only_source(self, root, name):
        (root / name).mkdir()
        (root / "elsewhere").mkdir()
        assert names() == [ROOT]

    def test_otherwise_each_directory_in_it_is_a_source(self, root):
        for name in ("shop-b", "shop-a", ".hidden"):
            (root / name).mkdir()
        (root / "readme.txt").touch()
        assert names() == ["shop-a", "shop-b"]

    def test_an_empty_root_is_offered_so_that_the_session_can_say_so(self, root):
        assert names() == [ROOT]

    def test_a_missing_root_is_offered_too(self, root):
        root.rmdir()
        assert names() == [ROOT]

    def test_a_link_out_of_the_root_is_not_offered(self, root, tmp_path):
        (tmp_path / "outside").mkdir()
        (root / "inside").mkdir()
        (root / "escape").symlink_to(tmp_path / "outside")
        (root / "alias").symlink_to(root / "inside")
        assert names() == ["alias", "inside"]

    def test_a_pipe_is_not_offered(self, root):
        os.mkfifo(root / "pipe")
        (root / "inside").mkdir()
        assert names() == ["inside"]

    def test_a_linked_root_is_followed_once(self, root, tmp_path, settings):
        (root / "shop").mkdir()
        link = tmp_path / "link"
        link.symlink_to(root)
        settings.ONEC_DATA_DIR = link
        assert resolve("shop") == (root / "shop").resolve()


class TestResolve:
    def test_a_source_on_offer_is_given(self, root):
        (root / "shop").mkdir()
        assert resolve("shop") == (root / "shop").resolve()

    @pytest.mark.parametrize(
        "name", ["..", "../data", "shop/..", "shop/sub", "/", "/etc", "", "shop\0", ".", "~", "x"]
    )
    def test_anything_else_is_refused(self, root, name):
        (root / "shop" / "sub").mkdir(parents=True)
        with pytest.raises(SuspiciousFileOperation):
            resolve(name)

    def test_a_directory_replaced_by_a_link_out_is_refused(self, root, tmp_path):
        (root / "other").mkdir()
        (root / "shop").symlink_to(tmp_path)
        with pytest.raises(SuspiciousFileOperation):
            resolve("shop")
