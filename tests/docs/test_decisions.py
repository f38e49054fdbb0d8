"""The decisions: each stands in their list, and the one on dependencies names all of them."""

import re
import tomllib

from tests.support.documents import document
from tests.support.processes import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def packages() -> set[str]:
    """Give what the project depends on, without versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(text for extra in extras for text in extra)]
    names = [re.match(r"[A-Za-z0-9-]+", text) for text in asked]
    return {name[0].lower() for name in names if name}


def test_each_decision_stands_in_the_list_under_its_title():
    entry = re.compile(r"^(\d+\.) \[(.+)\]\((0.+)\)$", re.MULTILINE)
    told = {
        name: f"{number} {title}"
        for number, title, name in entry.findall(document("docs/decisions/README.md").text)
    }
    titles = {
        path.name: document(f"docs/decisions/{path.name}").headings[0][1] for path in DECISIONS
    }
    assert titles
    assert told == titles


def test_each_dependency_has_its_reason():
    text = document("docs/decisions/0006-dependencies.md").text.lower()
    assert (
        sorted(name for name in packages() if not re.search(rf"(?<![\w-]){name}(?![\w-])", text))
        == []
    )
