"""Commands, their options and make targets: the documents name all of them, and no others."""

import argparse
import re
from collections.abc import Mapping

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from tests.support.documents import DOCUMENTS, document
from tests.support.processes import ROOT

HOUSES = ("apps.", "freesport", "ops_portal")
COMMAND = re.compile(r"manage\.py ([a-z0-9_]+)((?: [^;|&<>]*)?)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
# Celery's own.
FOREIGN = {"--hostname"}
MAKE = re.compile(r"(?:^|(?<=[`\s]))make ([a-z]+)((?: [A-Z]+=\S+)*)")


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Give the long options that `--help` shows."""
    return {
        option
        for action in parser._actions
        if action.help != argparse.SUPPRESS
        for option in action.option_strings
        if option.startswith("--")
    }


def parser_of(name: str) -> argparse.ArgumentParser:
    """Give a command's parser."""
    command = get_commands()[name]
    loaded = load_command_class(command, name) if isinstance(command, str) else command
    return loaded.create_parser("manage.py", name)


ANY = options_of(BaseCommand().create_parser("manage.py", "any"))
OURS = sorted(name for name, app in get_commands().items() if str(app).startswith(HOUSES))


def own_options(name: str) -> set[str]:
    """Give the options that a command adds to Django's, each in its first spelling."""
    shown = [a for a in parser_of(name)._actions if a.help != argparse.SUPPRESS]
    spellings = [[o for o in action.option_strings if o.startswith("--")] for action in shown]
    return {first for first, *_others in filter(None, spellings) if first not in ANY}


@pytest.fixture(scope="module")
def table() -> Mapping[str, str]:
    """The table of commands in the manual: the cell of options by command."""
    part = document("docs/operations.md").part("Commands")
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \| ", part, re.MULTILINE))


class TestCommands:
    def test_the_manual_has_a_row_for_each_command_and_no_other(self, table):
        assert OURS
        assert sorted(table) == OURS

    @pytest.mark.parametrize("name", OURS)
    def test_a_row_names_each_option_of_its_command_and_no_other(self, table, name):
        named = set(OPTION.findall(table.get(name, "")))
        assert named == own_options(name)

    def test_every_command_that_a_document_calls_exists_with_its_options(self):
        calls = [
            (str(document), name, option)
            for document in DOCUMENTS
            for code in document.code
            for name, rest in COMMAND.findall(code)
            for option in ["", *OPTION.findall(rest)]
        ]
        assert any(option for _document, _name, option in calls)
        # The project that the page on mounting makes has a command of its own.
        elsewhere = {"clear_logins"}
        wrong = [
            call
            for call in calls
            if call[1] not in elsewhere
            if call[1] not in get_commands()
            or (call[2] and call[2] not in options_of(parser_of(call[1])))
        ]
        assert wrong == []

    def test_every_option_that_stands_alone_is_one_of_a_command_or_a_script(self):
        scripts = "".join(
            path.read_text(encoding="utf-8")
            for pattern in ("scripts/**/*.sh", "deploy/*", "compose.yaml", "Makefile")
            for path in sorted(ROOT.glob(pattern))
        )
        known = FOREIGN | ANY.union(*map(own_options, OURS)) | set(OPTION.findall(scripts))
        lone = {
            (str(document), code)
            for document in DOCUMENTS
            for code in document.code
            if re.fullmatch(r"--[a-z][a-z0-9-]*(?:[ =].*)?", code)
            if OPTION.findall(code)[0] not in known
        }
        assert lone == set()


@pytest.fixture(scope="module")
def makefile() -> str:
    """The Makefile."""
    return (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def targets(makefile) -> set[str]:
    """What a newcomer may make."""
    return set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


@pytest.fixture(scope="module")
def variables(makefile) -> set[str]:
    """What may be handed to a target: used in the Makefile, set nowhere in it."""
    used = set(re.findall(r"\$\((?:if \$\(|or \$\(|filter-out 0,\$\()?([A-Z]+)\)", makefile))
    return used - set(re.findall(r"^([A-Z]+) :=", makefile, re.MULTILINE))


class TestMake:
    def test_the_readme_tells_of_each_target_and_no_other(self, targets):
        part = document("README.md").part("Commands")
        assert set(re.findall(r"^\| `make ([a-z]+)` \|", part, re.MULTILINE)) == targets

    def test_the_readme_tells_of_each_variable_and_no_other(self, variables):
        part = document("README.md").part("Commands")
        assert variables
        assert set(re.findall(r"`([A-Z]+)=", part)) == variables

    def test_every_target_that_a_document_names_exists_and_takes_what_it_is_given(
        self, targets, variables
    ):
        named = [
            (target, variable)
            for document in DOCUMENTS
            for code in document.code
            for target, given in MAKE.findall(code)
            for variable in ["", *re.findall(r"([A-Z]+)=", given)]
        ]
        assert ("demo", "ONCE") in named
        wrong = [(t, v) for t, v in named if t not in targets or (v and v not in variables)]
        assert wrong == []
