"""The list of pictures, beside them."""

from pathlib import Path

from .pages import LANGUAGES, PAGES, THEMES, file_name

NAME = "README.md"
_HEAD = """# Pictures of the portal

Taken by `make screenshots` of the real portal, which also writes this page. The user guide shows
them. Each is there in English and Russian, light and dark.

| picture | what it shows | files |
| --- | --- | --- |
"""
_WORDS = {"en": "English", "ru": "Russian"}


def write_index(directory: Path) -> Path:
    """Write the list of the pictures that lie in a directory; give its path."""
    rows = [row for page in PAGES if (row := _row(directory, page))]
    path = directory / NAME
    path.write_text(_HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def _row(directory: Path, page: str) -> str:
    links = [
        f"[{_WORDS[language]}, {theme}]({name})"
        for language in LANGUAGES
        for theme in THEMES
        if (directory / (name := file_name(page, language, theme))).is_file()
    ]
    return f"| {page} | {PAGES[page]} | {' · '.join(links)} |" if links else ""
