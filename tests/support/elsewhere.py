"""Another Django project as a server of its own, and somebody who visits it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPErrorProcessor,
    OpenerDirector,
    Request,
    build_opener,
)

import psycopg2

from freesport.embedded.ports import free_port
from tests.support.people import PASSWORD
from tests.support.processes import Process, wait_until

READY_WITHIN = 90.0
# Runs `manage.py`; asked by a signal, it lists what the process has imported.
PROGRAM = """
import os, pathlib, signal, sys

def list_modules(*_):
    target = pathlib.Path(os.environ["MODULES_FILE"])
    part = target.with_suffix(".part")
    part.write_text("\\n".join(sorted(sys.modules)))
    part.rename(target)

signal.signal(signal.SIGUSR1, list_modules)
sys.path.insert(0, os.environ["PROJECT_DIR"])
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""
PEOPLE = f"""
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
User = get_user_model()
User.objects.create_superuser("anna", "anna@example.org", {PASSWORD!r})
allowed = {{
    "oleg": ["view_cleanup", "add_cleanup", "change_cleanup"],
    "vera": ["view_cleanup"],
    "stepan": [],
}}
for name, codenames in allowed.items():
    user = User.objects.create_user(name, f"{{name}}@example.org", {PASSWORD!r}, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
"""


class Database:
    """A database of a project's own, on the tests' server."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()

    @contextmanager
    def made(self) -> Iterator["Database"]:
        """Make the database, and remove it at the end."""
        _execute(os.environ["DATABASE_URL"], f'CREATE DATABASE "{self.name}"')
        try:
            yield self
        finally:
            drop = f'DROP DATABASE "{self.name}" WITH (FORCE)'
            _execute(os.environ["DATABASE_URL"], drop)

    def execute(self, sql: str, *values: object) -> None:
        """Execute one statement."""
        _execute(self.url, sql, *values)

    def value(self, sql: str, *values: object) -> Any:
        """Give the first column of the only row."""
        return _execute(self.url, sql, *values)

    @contextmanager
    def transaction(self, sql: str, *values: object) -> Iterator[None]:
        """Execute a statement, and keep its transaction open."""
        connection = psycopg2.connect(self.url)
        try:
            connection.cursor().execute(sql, values)
            yield
        finally:
            connection.rollback()
            connection.close()


def _execute(url: str, sql: str, *values: object) -> Any:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


class Project(Process):
    """A Django project in a directory, served by `runserver`. `more` is its environment."""

    def __init__(self, directory: Path, log_dir: Path, more: Mapping[str, str]) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.modules_file = log_dir / "modules.txt"
        environment = os.environ | {
            "PROJECT_DIR": str(directory),
            "MODULES_FILE": str(self.modules_file),
            **more,
        }
        self.program = [sys.executable, "-c", PROGRAM]
        serve = ["runserver", "--noreload", f"127.0.0.1:{self.port}"]
        super().__init__([*self.program, *serve], environment, log_dir / "server.log")

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end, and give what it says."""
        ended = subprocess.run(
            [*self.program, *arguments],
            env=self.environment,
            cwd=self.environment["PROJECT_DIR"],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def begin(self) -> None:
        """Start the server, and wait until it answers."""
        self.start()
        wait_until(self._answers, READY_WITHIN, self.text)

    def modules(self) -> list[str]:
        """Give the names of all that the server has imported."""
        self.modules_file.unlink(missing_ok=True)
        self.send(signal.SIGUSR1)
        wait_until(self.modules_file.exists, 60, self.text)
        return self.modules_file.read_text(encoding="utf-8").split()

    def visitor(self, name: str) -> "Visitor":
        """Give a visitor who is logged in."""
        visitor = Visitor(self.address)
        visitor.log_in(name)
        return visitor

    def _answers(self) -> bool:
        assert self.running, self.text()
        try:
            return Visitor(self.address).get("/admin/login/").status == 200
        except URLError:
            return False


@dataclass(frozen=True)
class Page:
    """An answer, after redirections."""

    status: int
    path: str
    text: str

    @property
    def words(self) -> str:
        """The text without markup."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.text).split())


class _AnyStatus(HTTPErrorProcessor):
    """Follows redirections, and gives pages of errors like others."""

    def http_response(self, request: Request, response: HTTPResponse) -> Any:
        if 300 <= response.status < 400:
            return super().http_response(request, response)
        return response


class Visitor:
    """A browser without scripts: it keeps cookies and follows redirections."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        handlers = (HTTPCookieProcessor(self.cookies), _AnyStatus())
        self.opener: OpenerDirector = build_opener(*handlers)

    def get(self, path: str) -> Page:
        """Ask for a page."""
        return self._open(Request(self.address + path))

    def post(self, path: str, **fields: object) -> Page:
        """Send a form."""
        token = next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "")
        data = urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        return self._open(Request(self.address + path, data=data))

    def log_in(self, name: str) -> None:
        """Log in as a person does."""
        self.get("/admin/login/")
        fields = {"username": name, "password": PASSWORD, "next": "/admin/password_change/"}
        assert self.post("/admin/login/", **fields).path == "/admin/password_change/"

    def _open(self, request: Request) -> Page:
        request.add_header("Accept-Language", "en")
        with self.opener.open(request, timeout=60) as response:
            parts = urlsplit(response.url)
            text = response.read().decode("utf-8-sig", errors="replace")
        return Page(response.status, parts.path, text)
