"""What every page owes everybody: no barrier that axe finds, and no page wider than the screen."""

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# By tag, because axe leaves some rules out unless asked by name: the size of targets is one.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# Colours on their way from one theme to the other are nobody's.
SETTLED = """() => Promise.all(document.getAnimations()
    .filter((one) => one instanceof CSSTransition).map((one) => one.finished))"""
# The narrowest screen that counts, and what 1280 px are at a zoom of 200 %.
WIDTHS = (320, 640)


def barriers(page: Page) -> str:
    """Return axe's report of a page in the light and the dark theme; "" when it finds nothing."""
    return "\n".join(filter(None, [_in_theme(page, "light"), _in_theme(page, "dark")]))


def _in_theme(page: Page, theme: Literal["light", "dark"]) -> str:
    page.emulate_media(color_scheme=theme)
    page.evaluate(SETTLED)
    result = Axe().run(page, options=OPTIONS)
    return f"{theme}: {result.generate_report()}" if result.violations_count else ""


def too_wide(page: Page) -> str:
    """Say at which of the narrow widths the page must be scrolled sideways; "" at none."""
    size = page.viewport_size
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            found.append(f"{needed} px wide on {width} px")
    if size is not None:
        page.set_viewport_size(size)
    return ", ".join(found)
