"""The smallest tools for writing XML as text: indented templates, elements, escaping.

Text instead of a tree, because 160 MB are to be written in seconds and in constant memory.
"""

from xml.sax.saxutils import escape

__all__ = ["element", "escape", "template"]


def template(depth: int, text: str) -> str:
    """`text`, indented by two blanks a level, as lines indented by tabs from `depth` on."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "".join("\t" * (depth + _level(line)) + line.lstrip(" ") + "\n" for line in lines)


def _level(line: str) -> int:
    return (len(line) - len(line.lstrip(" "))) // 2


def element(depth: int, tag: str, text: str) -> str:
    """One line with an element that holds `text`, or an empty one."""
    inside = f"<{tag}>{escape(text)}</{tag}>" if text else f"<{tag}/>"
    return "\t" * depth + inside + "\n"
