"""The two pages that tell how to use the seam: what they say is what works."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.copies import change, changes_in, copy_project, site_of
from tests.support.elsewhere import PEOPLE, Database
from tests.support.processes import ROOT, wait_until

DEMO = ROOT / "tests" / "demo_project"
MOUNT = ROOT / "docs" / "howto" / "mount-elsewhere.md"
CLEAR = "/admin/logins/clear/"
IMPORT = "/admin/products/import-1c/"


def titled_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Give each part that is headed by a file's name, with its Python."""
    for part in text.split("\n### `")[1:]:
        name, _, rest = part.partition("`\n")
        yield name, rest.partition("\n```python\n")[2].partition("```\n")[0]


class TestMountElsewhere:
    def test_shows_each_file_of_the_demo_project_as_it_is(self):
        shown = dict(titled_blocks(MOUNT.read_text(encoding="utf-8")))
        files = {
            str(path.relative_to(DEMO)): path.read_text(encoding="utf-8")
            for path in DEMO.rglob("*.py")
            if "migrations" not in path.parts and path.stat().st_size
        }
        assert shown == files

    def test_names_each_method_of_a_backend_that_has_a_default(self):
        text = MOUNT.read_text(encoding="utf-8")
        named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", text, re.M))))
        source = (ROOT / "ops_portal" / "operations.py").read_text(encoding="utf-8")
        backend = source.partition("class Backend(")[2].partition("\n@dataclass")[0]
        methods = set(re.findall(r"def (\w+)\(", backend))
        assert methods - named == {"submit", "cancel", "history", "running", "run"}
        assert named <= methods


def follow(directory: Path) -> None:
    """Do in a copy of the project what docs/howto/add-an-operation.md says."""
    app, imported, entry = changes_in("docs/howto/add-an-operation.md")
    change(directory / "freesport" / "settings" / "base.py", *app)
    shutil.copytree(DEMO / "logins", directory / "apps" / "logins")
    adapter = directory / "freesport" / "clear_logins.py"
    shutil.copy(DEMO / "demo" / "clear_logins.py", adapter)
    for path in (adapter, directory / "apps/logins/management/commands/clear_logins.py"):
        change(path, "from logins.models", "from apps.logins.models")
    change(directory / "freesport" / "operations.py", *imported)
    change(directory / "freesport" / "operations.py", *entry)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of this project with the second operation."""
    directory = tmp_path_factory.mktemp("second")
    copy_project(directory)
    follow(directory)
    return directory


@pytest.fixture(scope="module")
def site(copy):
    name = f"test_second_{os.getpid()}"
    with Database(name).made() as database:
        project = site_of(copy, database.url)
        project.manage("migrate", "--verbosity", "0")
        project.manage("shell", "--command", PEOPLE)
        project.begin()
        yield project
        project.stop()


class TestAddAnOperation:
    def test_both_operations_stand_in_menu_and_admin(self, site):
        anna = site.visitor("anna")
        for path in (CLEAR, IMPORT, "/admin/"):
            page = anna.get(path)
            assert page.status == 200, path
            assert f'href="{CLEAR}"' in page.text, path
            assert f'href="{IMPORT}"' in page.text, path

    def test_the_second_one_runs_and_keeps_its_history(self, site):
        oleg = site.visitor("oleg")
        session = oleg.post(CLEAR, days="0").path
        assert session.startswith(f"{CLEAR}sessions/")
        wait_until(lambda: '"active": false' in oleg.get(f"{session}status/").text, 60, site.text)
        assert '"status": "completed"' in oleg.get(f"{session}status/").text
        file = oleg.get(f"{CLEAR}sessions/?status=completed&_export=csv")
        assert file.text.splitlines()[1].startswith("1,Completed,0,oleg,")

    def test_the_permissions_of_one_open_nothing_of_the_other(self, site):
        oleg = site.visitor("oleg")
        assert oleg.get(IMPORT).status == 403
        assert f'href="{IMPORT}"' not in oleg.get(CLEAR).text

    def test_the_houses_still_import_only_what_they_may(self, copy):
        linted = subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
        assert linted.returncode == 0, linted.stdout + linted.stderr
        assert "Contracts: 3 kept" in linted.stdout
