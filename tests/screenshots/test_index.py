"""The pictures of the user guide: all are there, all are listed, and none is heavy."""

import re

import pytest
from PIL import Image

from screenshots.index import write_index
from screenshots.pages import LANGUAGES, PAGES, THEMES, file_name
from tests.support.processes import ROOT

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 6_500_000
FILES = {
    file_name(page, language, theme) for page in PAGES for language in LANGUAGES for theme in THEMES
}


def listed(directory=IMAGES):
    return re.findall(r"\]\(([^)]+)\)", (directory / "README.md").read_text(encoding="utf-8"))


class TestPictures:
    def test_each_page_is_there_in_each_language_and_theme(self):
        assert {path.name for path in IMAGES.glob("*.png")} == FILES

    def test_each_is_listed_once(self):
        assert sorted(listed()) == sorted(FILES)

    def test_together_they_stay_light(self):
        assert sum(path.stat().st_size for path in IMAGES.glob("*.png")) < MOST_BYTES

    @pytest.mark.parametrize("name", sorted(FILES))
    def test_each_is_a_page_and_no_empty_field(self, name):
        with Image.open(IMAGES / name) as image:
            assert image.width == (360 if "narrow" in name else 1280)
            assert 200 < image.height < 3000
            assert len(image.convert("RGB").getcolors() or range(257)) > 20


class TestList:
    def test_it_names_what_lies_there_and_nothing_else(self, tmp_path):
        for name in ("start-en-light.png", "start-ru-dark.png", "stranger.png"):
            (tmp_path / name).touch()
        write_index(tmp_path)
        assert listed(tmp_path) == ["start-en-light.png", "start-ru-dark.png"]
