"""`python -m screenshots` on one page: the whole way, from the database to the file."""

import os
import subprocess
import sys

import psycopg2
import pytest
from PIL import Image

from screenshots.chromium import find_chromium
from tests.support.processes import ROOT


def take(directory, *options, **variables):
    """Run the tool into a directory."""
    command = (sys.executable, "-m", "screenshots", "--output", str(directory), *options)
    environment = os.environ | variables
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def databases() -> int:
    """How many databases of pictures are on the tests' server."""
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            r"SELECT count(*) FROM pg_database WHERE datname LIKE 'freesport\_pictures%'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.browser
class TestTool:
    def test_it_takes_one_picture_and_leaves_nothing_else(self, tmp_path):
        if find_chromium() is None:
            pytest.skip("No Chromium: `make test` says why it could not be installed.")
        options = ("--only", "history-empty", "--languages", "ru", "--themes", "dark")
        done = take(tmp_path, *options, FREESPORT_DATA_DIR=str(tmp_path / "data"))
        assert done.returncode == 0, done.stdout + done.stderr
        [picture] = tmp_path.glob("*.png")
        assert picture.name == "history-empty-ru-dark.png"
        with Image.open(picture) as image:
            assert image.width == 1280
            assert max(image.convert("RGB").getpixel((700, 20))) < 60  # the dark theme's bar
        assert "history-empty-ru-dark.png" in (tmp_path / "README.md").read_text(encoding="utf-8")
        assert not list((tmp_path / "data" / "screenshots").iterdir())
        assert databases() == 0

    def test_without_a_browser_it_says_what_to_install(self, tmp_path):
        done = take(
            tmp_path,
            *("--only", "history-empty", "--languages", "en"),
            CHROMIUM="/nowhere/chromium",
            FREESPORT_DATA_DIR=str(tmp_path / "data"),
        )
        assert done.returncode == 1, done.stderr
        assert "install Chromium" in done.stdout
        assert databases() == 0


class TestOptions:
    def test_a_page_that_is_none_is_refused_with_the_pages(self, tmp_path):
        done = take(tmp_path, "--only", "start,moon")
        assert done.returncode == 2
        assert "there is no moon, only" in done.stderr
