"""What the web server says while a restore holds the tables: something, and soon."""

import re
import sys
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from apps.common.synthetic import ExportOptions, write_export
from apps.products.models import ImportSession
from tests.support.backups import environment, locked
from tests.support.people import People
from tests.support.processes import Process, wait_until

PAGE = "/admin/products/import-1c/"

pytestmark = pytest.mark.django_db(transaction=True)


class Server(Process):
    """The production web server, with one thread: a page that hangs, hangs all."""

    def __init__(self, log: Path) -> None:
        command = [
            *(sys.executable, "-m", "gunicorn", "freesport.wsgi"),
            *("--bind", "127.0.0.1:0", "--timeout", "120"),
        ]
        super().__init__(command, environment(), log)

    @property
    def port(self) -> int:
        """The free port that it has found; 0 before."""
        found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", self.text())
        return int(found[1]) if found else 0

    def get(self, path: str, **headers: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=100)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def post(self, path: str, cookies: str, **fields: str) -> HTTPResponse:
        """Send a form, with what protects it from forgery."""
        secret = "x" * 32
        connection = HTTPConnection("127.0.0.1", self.port, timeout=100)
        headers = {
            "Cookie": f"{cookies}; csrftoken={secret}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({**fields, "csrfmiddlewaretoken": secret})
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse()

    def answers(self) -> bool:
        assert self.running, self.text()
        try:
            return self.get("/healthz/").status == 200
        except OSError:
            return False


@pytest.fixture
def server(transactional_db, tmp_path):
    server = Server(tmp_path / "log")
    server.start()
    try:
        wait_until(server.answers, 60, lambda: f"The web server is silent:\n{server.text()}")
        yield server
    finally:
        server.stop()


@pytest.fixture
def cookies(people: People) -> str:
    client = Client()
    client.force_login(people.operator)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class TestLockedTables:
    @pytest.mark.parametrize("table", ["import_sessions", "django_session"])
    def test_a_page_answers_503_with_a_sentence(self, server, cookies, table):
        with locked(table):
            answer = server.get(PAGE, Cookie=cookies)
            text = answer.read().decode()
            assert (answer.status, answer.headers["Retry-After"]) == (503, "60"), text
            assert "Try again in a minute" in text
            assert server.get("/healthz/").status == 200
        answer = server.get(PAGE, Cookie=cookies)
        assert (answer.status, server.running) == (200, True)

    def test_no_import_is_started_and_the_answer_says_why(self, server, cookies, data_root):
        write_export(data_root, ExportOptions(products=3, customers=0))
        fields = {"import_type": "catalog", "file_type": "all", "chunk_size": "1000"}
        with locked("import_sessions"):
            answer = server.post(PAGE, cookies, **fields)
            assert answer.status == 503
            assert "it is being restored or rebuilt" in answer.read().decode()
        assert not ImportSession.objects.exists()
