"""A browser that takes pictures of the portal, in one language and several themes."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Cookie, FloatRect, Page, sync_playwright

from apps.users.demo import DEMO_PASSWORD
from freesport.demo.errors import DemoError

from .chromium import arguments, find_chromium
from .pages import file_name
from .pictures import shrink
from .shots import PORTAL, WIDE, Shot

# Pages grow with what they hold; a higher window would only add empty space.
_HEIGHT = 500
_MARGIN = 12
# The last thing on a page, of the portal and of the admin.
_LAST = "main#content > :last-child, #content-main > :last-child"
_PATIENCE_MS = 30_000
_FULL_LOOK = "#preflight[hx-trigger='load'], #preflight[hx-trigger='every 2s']"
# What a visitor has chosen before; the admin's menu is no part of a picture.
_CHOICES = """
localStorage.setItem("theme", "%s");
localStorage.setItem("django.admin.navSidebarIsOpen", "false");
"""
# Texts of this machine and what stands for them; the number of a process goes with its host.
_REPLACE = """pairs => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const [from, to] of pairs) node.data = node.data.replace(new RegExp(from, "g"), to);
  }
}"""


@dataclass
class Camera:
    """Takes pictures into a directory; log in once for each user, then open pages as them."""

    browser: Browser
    address: str
    home: Path
    language: str
    themes: Sequence[str]
    output: Path
    _cookies: dict[str, list[Cookie]] = field(default_factory=dict)

    def take(self, shot: Shot) -> None:
        """Take a picture in each theme."""
        for theme in self.themes:
            path = self.output / file_name(shot.name, self.language, theme)
            with self._page_for(shot, theme) as page:
                page.goto(shot.path)
                _settle(page)
                shot.prepare(page)
                _settle(page)
                self._hide_machine(page)
                shrink(_photograph(page, shot), path)

    @contextmanager
    def _page_for(self, shot: Shot, theme: str) -> Iterator[Page]:
        if shot.who not in self._cookies:
            self._cookies[shot.who] = self._log_in(shot.who)
        with self._context(theme, shot.width) as context:
            context.add_cookies(self._cookies[shot.who])  # type: ignore[arg-type]  # its own answer
            yield context.new_page()

    @contextmanager
    def _context(self, theme: str, width: int) -> Iterator[BrowserContext]:
        context = self.browser.new_context(
            base_url=self.address,
            locale=self.language,
            timezone_id="Europe/Moscow",
            viewport={"width": width, "height": _HEIGHT},
            reduced_motion="reduce",
        )
        context.set_default_timeout(_PATIENCE_MS)
        context.add_init_script(_CHOICES % theme)
        cookie = {"name": "django_language", "value": self.language, "url": self.address}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict
        try:
            yield context
        finally:
            context.close()

    def _log_in(self, who: str) -> list[Cookie]:
        with self._context("light", WIDE) as context:
            page = context.new_page()
            page.goto(f"/admin/login/?next={PORTAL}")
            page.fill("#id_username", who)
            page.fill("#id_password", DEMO_PASSWORD)
            page.click("[type=submit]")
            page.wait_for_url(f"**{PORTAL}")
            return context.cookies()

    def _hide_machine(self, page: Page) -> None:
        pairs = self._replacements()
        page.evaluate(_REPLACE, [[_quoted(old), new] for old, new in pairs.items()])

    def _replacements(self) -> Mapping[str, str]:
        return {
            str(self.home): "/srv/freesport",
            self.home.name: "freesport",  # the database
            socket.gethostname(): "shop-1",
        }


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium.

    Raises:
        DemoError: this machine has none.
    """
    chromium = find_chromium()
    if chromium is None:
        raise DemoError(
            "No Chromium was found: install Chromium or Chrome (Debian: apt-get install chromium), "
            "or set CHROMIUM to the program's path."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments())
        yield browser
        browser.close()


def _settle(page: Page) -> None:
    """Wait until scripts have fetched what they fetch by themselves."""
    page.wait_for_load_state("networkidle")
    page.wait_for_selector(_FULL_LOOK, state="detached")


def _photograph(page: Page, shot: Shot) -> bytes:
    height = page.evaluate("document.documentElement.scrollHeight")
    end = page.locator(shot.until).first if shot.until else page.locator(_LAST).last
    box = end.bounding_box()
    if box is None:
        raise DemoError(f"{shot.name}: nothing on {shot.path} is “{shot.until}”.")
    height = min(height, box["y"] + box["height"] + _MARGIN)
    clip: FloatRect = {"x": 0, "y": 0, "width": shot.width, "height": round(height)}
    page.evaluate("scrollTo(0, 0)")
    return page.screenshot(full_page=True, clip=clip, animations="disabled", caret="hide")


def _quoted(text: str) -> str:
    """Quote a text for JavaScript's regular expressions."""
    return "".join(f"\\{sign}" if sign in r"\.+*?()[]{}|^$/" else sign for sign in text)
