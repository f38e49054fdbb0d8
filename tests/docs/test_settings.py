"""Settings: the example environment and the manual name every variable, and no other."""

import ast
import re

from tests.support.documents import DOCUMENTS, document
from tests.support.processes import ROOT

SETTINGS = sorted((ROOT / "freesport" / "settings").glob("*.py"))
NAME = re.compile(r"\$?\{?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b")
# Those of other programs.
FOREIGN = {"GUNICORN_CMD_ARGS"}
SOURCES = ("*.py", "*.sh", "*.ps1", "*.psm1", "*.yaml", "*.service", "Makefile", "Dockerfile")


def variables_read_by_settings() -> set[str]:
    """Return what the settings modules ask `env` for."""
    calls = (
        node
        for path in SETTINGS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env")
    )
    first = [call.args[0] for call in calls if call.args]
    return {arg.value for arg in first if isinstance(arg, ast.Constant)}


def variables_read_by_embedded_servers() -> set[str]:
    """Return the variables that the embedded servers' modules name."""
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("freesport/embedded/*.py")]
    return set(re.findall(r'"(FREESPORT_[A-Z_]+)"', "".join(texts)))


def variables_read_by_compose() -> set[str]:
    """Return the variables that compose.yaml asks for."""
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", compose))


def all_variables() -> set[str]:
    """Return everything that may be set."""
    return (
        variables_read_by_settings()
        | variables_read_by_embedded_servers()
        | variables_read_by_compose()
    )


class TestSettings:
    def test_the_example_environment_names_every_variable_and_no_other(self):
        example = (ROOT / ".env.example").read_text(encoding="utf-8")
        named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
        assert named == all_variables()

    def test_the_table_in_the_manual_names_every_variable_and_no_other(self):
        part = document("docs/operations.md").part("Settings")
        first = re.findall(r"^\| ((?:`[A-Z0-9_]+`(?:, )?)+) \|", part, re.MULTILINE)
        assert set(re.findall(r"[A-Z0-9_]+", " ".join(first))) == all_variables()

    def test_every_setting_that_a_document_names_is_known_to_the_project(self):
        source = "\n".join(
            path.read_text(encoding="utf-8")
            for top in (
                "apps",
                "freesport",
                "ops_portal",
                "scripts",
                "deploy",
                "tests/demo_project",
            )
            for pattern in SOURCES
            for path in sorted((ROOT / top).rglob(pattern))
        )
        source += "".join((ROOT / name).read_text() for name in ("compose.yaml", "Makefile"))
        known = set(re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", source)) | FOREIGN
        unknown = {
            (str(document), name)
            for document in DOCUMENTS
            for code in document.code
            for name in NAME.findall(code)
            if name not in known
        }
        assert unknown == set()
