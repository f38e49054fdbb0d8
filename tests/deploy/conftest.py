"""The site as production starts it: its settings, its servers, generated secrets."""

import os
import re
import secrets
import shlex
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from freesport.embedded.ports import free_port
from tests.support.processes import ROOT, Process, wait_until
from tests.support.worker import worker_environment

HOST = "shop.example.org"
READY_WITHIN = 90.0


def production(directory: Path, **more: str) -> dict[str, str]:
    """Return an environment for production settings on the test database."""
    # A developer's own values must not decide what production is.
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    ours = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    needed = worker_environment(directory / "import_1c", directory / "backups")
    kept = ("DATABASE_URL", "REDIS_URL", "REDIS_KEY_PREFIX", "ONEC_DATA_DIR", "BACKUP_DIR")
    return (
        inherited
        | {name: needed[name] for name in kept}
        | {
            "DJANGO_SETTINGS_MODULE": "freesport.settings.prod",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": f".{HOST}",
            "MEDIA_ROOT": str(directory / "media"),
            "STATIC_ROOT": str(directory / "static"),
        }
        | more
    )


def unit(name: str) -> ConfigParser:
    """Return a systemd unit of ours."""
    parser = ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(ROOT / "deploy" / name, encoding="utf-8")
    return parser


def command_of(name: str) -> list[str]:
    """Return the command of a systemd unit, with this environment's programs."""
    program, *arguments = shlex.split(unit(name)["Service"]["ExecStart"])
    return [sys.executable, "-m", Path(program).name, *arguments]


class Site(Process):
    """The web server of the systemd unit, on a port of the tests' own."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.cookies: SimpleCookie = SimpleCookie()
        command = command_of("freesport-web.service")
        command[command.index("--bind") + 1] = f"127.0.0.1:{self.port}"
        super().__init__(command, environment, directory / "web.log")

    def begin(self) -> None:
        """Start, and wait until it answers."""
        self.start()
        wait_until(self._answers, READY_WITHIN, self.text)

    def get(self, path: str, *, host: str = HOST, https: bool = True) -> HTTPResponse:
        """Ask for a page as the proxy in front would; the body can be read afterwards."""
        return self._ask("GET", path, {"Host": host}, https=https)

    def log_in(self, name: str, password: str) -> None:
        """Log in as a person does; later requests carry the cookies."""
        self._keep_cookies(self.get("/admin/login/"))
        fields = {
            "username": name,
            "password": password,
            "csrfmiddlewaretoken": self.cookies["csrftoken"].value,
        }
        headers = {
            "Host": HOST,
            "Referer": f"https://{HOST}/",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = self._ask("POST", "/admin/login/?next=/admin/", headers, urlencode(fields))
        assert answer.status == 302, self.text()
        self._keep_cookies(answer)

    def _ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: str | None = None,
        *,
        https: bool = True,
    ) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = headers | {"Accept-Language": "en", "Connection": "close"}
        if https:
            headers["X-Forwarded-Proto"] = "https"
        if self.cookies:
            pairs = (f"{cookie.key}={cookie.value}" for cookie in self.cookies.values())
            headers["Cookie"] = "; ".join(pairs)
        connection.request(method, path, body, headers)
        return connection.getresponse()

    def _keep_cookies(self, answer: HTTPResponse) -> None:
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(header)

    def _answers(self) -> bool:
        assert self.running, self.text()
        try:
            return self.get("/healthz/").status == 200
        except (OSError, HTTPException):
            return False


@pytest.fixture
def begin_site(transactional_db: None, tmp_path: Path) -> Iterator[object]:
    """Give a function that starts the site with more variables; it is stopped at the end."""
    started: list[Site] = []

    def begin(environment: dict[str, str]) -> Site:
        site = Site(tmp_path, environment)
        started.append(site)
        site.begin()
        return site

    yield begin
    for site in started:
        site.stop(60)
