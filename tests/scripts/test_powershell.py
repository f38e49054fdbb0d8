"""The PowerShell scripts: what can be told without PowerShell."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from tree_sitter import Node

from tests.scripts.powershell import Parameter, Script, Unit, text
from tests.support.processes import ROOT

SCRIPTS = [Script(path) for path in sorted((ROOT / "scripts").rglob("*.ps1"))]
MODULES = [Script(path) for path in sorted((ROOT / "scripts").rglob("*.psm1"))]
FUNCTIONS = [function for module in MODULES for function in module.functions]
PARAMETERS = [(script, parameter) for script in SCRIPTS for parameter in script.parameters]
CALLS = [(script.name, call) for script in SCRIPTS for call in script.manage_calls]
DOCUMENTS = ["docs/operations.md", "scripts/inport_from_1C/README_SERVER_SYNC.md"]
# How their users know them; what other scripts of theirs pass on.
KNOWN = {
    "run_catalog_import.ps1": "ComposeFile DataDir ChunkSize SkipMigrate SkipBackup ImportArgs",
    "run_catalog_import_with_backup.ps1": "ComposeFile DataDir ChunkSize SkipMigrate SkipBackup "
    "SkipImport SkipSync UseLocalData BackupOutput ImportArgs ServerIP RemoteDataPath SshKeyPath",
    "run_customers_import.ps1": "ComposeFile DataDir ChunkSize SkipMigrate SkipBackup ImportArgs",
    "check_import_session.ps1": "ComposeFile",
    "sync_import_data.ps1": "DataDir ServerIP RemoteDataPath SshKeyPath",
}


def named(unit: Unit) -> str:
    return unit.name


def options_of(command: str) -> set[str]:
    """Return the options that a command of manage.py understands."""
    loaded = load_command_class(get_commands()[command], command)
    return set(loaded.create_parser("manage.py", command)._option_string_actions)


@pytest.mark.parametrize("script", [*SCRIPTS, *MODULES], ids=named)
class TestEveryFile:
    def test_the_grammar_understands_it(self, script: Script):
        assert script.errors == []

    def test_windows_powershell_reads_it_in_any_code_page(self, script: Script):
        assert script.source.isascii()

    def test_it_stops_at_errors_and_at_names_that_were_never_set(self, script: Script):
        source = script.source.decode()
        assert "Set-StrictMode -Version Latest" in source
        assert "$ErrorActionPreference = 'Stop'" in source
        assert "$PSNativeCommandUseErrorActionPreference = $false" in source

    def test_it_names_nobodys_server_and_account(self, script: Script):
        source = script.source.decode()
        addresses = re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", source)
        assert [found for found in addresses if not found.startswith("192.0.2.")] == []
        assert set(re.findall(r"\b[A-Za-z]\w*@[\w.-]*\w", source)) <= {
            "onec@192.0.2.10",
            "user@address",
        }


class TestParameters:
    def test_all_scripts_are_there_with_what_their_users_know(self):
        declared = {
            script.name: {parameter.name for parameter in script.parameters} for script in SCRIPTS
        }
        assert declared.keys() == KNOWN.keys()
        for name, words in KNOWN.items():
            assert set(words.split()) <= declared[name], name

    @pytest.mark.parametrize(
        ("script", "parameter"), PARAMETERS, ids=[f"{s.name}-{p.name}" for s, p in PARAMETERS]
    )
    def test_each_is_used(self, script: Script, parameter: Parameter):
        assert script.uses(parameter.name)

    @pytest.mark.parametrize("unit", [*SCRIPTS, *FUNCTIONS], ids=named)
    def test_each_is_documented_and_no_other(self, unit: Unit):
        documented = [section.split()[0] for section in unit.help.get("PARAMETER", [])]
        assert documented == [parameter.name for parameter in unit.parameters]

    @pytest.mark.parametrize("script", SCRIPTS, ids=named)
    def test_a_script_has_a_synopsis_and_examples_that_call_it(self, script: Script):
        assert [bool(part) for part in script.help["SYNOPSIS"]] == [True]
        examples = script.help["EXAMPLE"]
        assert examples
        declared = {parameter.name for parameter in script.parameters}
        for example in examples:
            call = example.splitlines()[0]
            assert script.name in call
            arguments = call.split(script.name)[1].split("|")[0]
            assert set(re.findall(r"(?<!\S)-(\w+)", arguments)) <= declared

    @pytest.mark.parametrize("script", SCRIPTS, ids=named)
    def test_servers_keys_and_directories_come_from_the_caller(self, script: Script):
        theirs = {"ServerIP", "RemoteDataPath", "SshKeyPath", "DataDir", "ComposeFile"}
        for parameter in script.parameters:
            if parameter.name in theirs:
                assert re.fullmatch(r"|''|\$env:ONEC_SYNC_\w+", parameter.default), parameter


class TestCallsOfManage:
    def test_they_run_in_a_container_of_their_own(self):
        (module,) = MODULES
        assert (
            "docker compose -f $ComposeFile run --rm --no-deps -T $Service "
            "python manage.py @Arguments"
        ) in module.source.decode()

    @pytest.mark.parametrize(
        ("script", "call"), CALLS, ids=[f"{name}-{call.command}" for name, call in CALLS]
    )
    def test_command_and_options_exist(self, script: str, call):
        assert set(call.options) <= options_of(call.command)

    def test_the_scripts_do_what_they_are_for(self):
        commands = {name: [] for name in KNOWN}
        for script, call in CALLS:
            commands[script].append(call.command)
        assert commands == {
            "run_catalog_import.ps1": ["migrate", "import_catalog_from_1c"],
            "run_catalog_import_with_backup.ps1": [
                *("import_status", "migrate", "backup_db", "rotate_backups"),
                "import_catalog_from_1c",
            ],
            "run_customers_import.ps1": ["migrate", "import_customers_from_1c"],
            "check_import_session.ps1": ["import_status"],
            "sync_import_data.ps1": [],
        }

    def test_the_switches_reach_the_commands(self):
        options = {(script, call.command): set(call.options) for script, call in CALLS}
        for script, command in (
            ("run_catalog_import.ps1", "import_catalog_from_1c"),
            ("run_customers_import.ps1", "import_customers_from_1c"),
        ):
            assert options[script, command] == {"--chunk-size", "--skip-backup"}
        with_backup = "run_catalog_import_with_backup.ps1"
        assert options[with_backup, "backup_db"] == {"--output"}
        assert options[with_backup, "import_status"] == {"--require-idle"}


def hands_on(statement: Node | None) -> bool:
    """Whether a statement, with those behind it, gives the last exit code to the caller."""
    while statement is not None and text(statement) == "Write-Outcome $LASTEXITCODE":
        statement = statement.next_named_sibling
    if statement is None:
        return False
    if statement.type == "if_statement":
        lines = [line.strip() for line in text(statement).splitlines()]
        return lines[0] == "if ($LASTEXITCODE -ne 0) {" and "exit $LASTEXITCODE" in lines
    return text(statement) == "exit $LASTEXITCODE"


class TestExitCodes:
    @pytest.mark.parametrize("script", SCRIPTS, ids=named)
    def test_the_code_of_each_step_reaches_the_caller(self, script: Script):
        unheard = [text(step) for step in script.steps if not hands_on(step.next_named_sibling)]
        assert unheard == []

    @pytest.mark.parametrize("script", SCRIPTS, ids=named)
    def test_a_script_ends_with_a_code_of_its_own_making(self, script: Script):
        assert re.fullmatch(
            r"exit (\$LASTEXITCODE|0)", script.source.decode().rstrip().splitlines()[-1]
        )

    def test_all_codes_of_the_imports_have_words(self):
        (module,) = MODULES
        for code in (0, 1, 2, 3, 75, 130):
            assert re.search(rf"^ +{code} +=", module.source.decode(), re.MULTILINE)


class TestDocuments:
    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_scripts_and_their_parameters_exist(self, document: str):
        source = (ROOT / document).read_text(encoding="utf-8")
        declared = {s.name: {p.name for p in s.parameters} for s in SCRIPTS}
        for name, rest in re.findall(r"(\w+\.ps1)([^`\n|]*)", source):
            assert set(re.findall(r"(?<!\S)-([A-Z]\w+)", rest)) <= declared[name], name
        for path in re.findall(r"\b(?:scripts|deploy)/[\w./-]*\w", source):
            assert Path(ROOT / path).exists(), path
