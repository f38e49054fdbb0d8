"""PowerShell scripts as their syntax tree tells them: no PowerShell runs here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

PARSER = Parser(Language(tree_sitter_powershell.language()))


def text(node: Node) -> str:
    """Return a node's source."""
    return (node.text or b"").decode("utf-8")


def nodes(root: Node, *types: str) -> Iterator[Node]:
    """Give all nodes of these types below a node, in the order of the source."""
    for child in root.children:
        if child.type in types:
            yield child
        yield from nodes(child, *types)


def strings(root: Node) -> list[str]:
    """Return the string literals below a node, without their quotes."""
    return [text(node)[1:-1] for node in nodes(root, "string_literal")]


@dataclass(frozen=True)
class Parameter:
    """A declared parameter; `default` is its source, empty when there is none."""

    name: str
    default: str


@dataclass(frozen=True)
class Call:
    """One call of `Invoke-Manage`: a command of manage.py and the options it may get."""

    command: str
    options: tuple[str, ...]


class Unit:
    """A script, or a function of a module: help, parameters and body."""

    def __init__(self, name: str, root: Node) -> None:
        self.name = name
        self.root = root

    @property
    def parameters(self) -> list[Parameter]:
        block = next(nodes(self.root, "param_block"), None)
        found = nodes(block, "script_parameter") if block else iter(())
        return [_parameter(node) for node in found]

    @property
    def help(self) -> dict[str, list[str]]:
        """The sections of the comment-based help: keyword to what follows it, one for each."""
        comment = next(
            (text(node) for node in nodes(self.root, "comment") if text(node).startswith("<#")), ""
        )
        found: dict[str, list[str]] = {}
        for section in re.split(r"^\s*\.(?=[A-Z]+)", comment, flags=re.MULTILINE)[1:]:
            keyword = re.match(r"[A-Z]+", section)
            assert keyword, section
            found.setdefault(keyword[0], []).append(section[keyword.end() :].strip(" \n#>"))
        return found

    def uses(self, name: str) -> bool:
        """Whether a variable is read or passed on outside of the parameters' declaration."""
        block = next(nodes(self.root, "param_block"), None)
        inside = {node.id for node in nodes(block, "variable")} if block else set()
        return any(
            text(node).lower().lstrip("$@") == name.lower()
            for node in nodes(self.root, "variable")
            if node.id not in inside
        )


class Script(Unit):
    """A file of PowerShell."""

    def __init__(self, path: Path) -> None:
        self.source = path.read_bytes()
        super().__init__(path.name, PARSER.parse(self.source).root_node)

    @property
    def errors(self) -> list[str]:
        """Where the grammar does not understand the source."""
        return [
            f"line {node.start_point.row + 1}: {text(node)[:60]!r}"
            for node in _all(self.root)
            if node.is_error or node.is_missing
        ]

    @property
    def functions(self) -> list[Unit]:
        return [
            Unit(text(next(nodes(node, "function_name"))), node)
            for node in nodes(self.root, "function_statement")
        ]

    @property
    def manage_calls(self) -> list[Call]:
        """What manage.py is called with. Variables count with all that is ever put into them."""
        return [self._call(node) for node in self._commands("Invoke-Manage")]

    @property
    def steps(self) -> list[Node]:
        """The statements that leave an exit code: calls of manage.py and of other scripts."""
        called = [*self._commands("Invoke-Manage"), *self._commands("", ".ps1")]
        return [_statement(node) for node in called]

    def _commands(self, name: str, ending: str = "") -> list[Node]:
        def fits(command: Node) -> bool:
            if ending:
                return text(command).startswith("&") and any(
                    word.endswith(ending) for word in strings(command)
                )
            return text(command).split()[0] == name

        return [node for node in nodes(self.root, "command") if fits(node)]

    def _call(self, command: Node) -> Call:
        elements = next(nodes(command, "command_elements")).named_children
        words = [node for node in elements if node.type != "command_argument_sep"]
        place = next(i for i, node in enumerate(words) if text(node) == "-Arguments")
        given = words[place + 1]
        literals = strings(given) or self._assigned(text(given))
        return Call(literals[0], tuple(word for word in literals if word.startswith("-")))

    def _assigned(self, variable: str) -> list[str]:
        return [
            literal
            for node in nodes(self.root, "assignment_expression")
            if text(node.named_children[0]) == variable
            for literal in strings(node)
        ]


def _parameter(node: Node) -> Parameter:
    default = next(nodes(node, "script_parameter_default"), None)
    # The first variable of a default stands behind the name.
    name = text(next(child for child in node.children if child.type == "variable"))
    return Parameter(name[1:], text(default).lstrip("= ") if default else "")


def _statement(node: Node) -> Node:
    while node.parent and node.parent.type not in {"statement_list", "program"}:
        node = node.parent
    return node


def _all(root: Node) -> Iterator[Node]:
    yield root
    for child in root.children:
        yield from _all(child)
