"""Who uses the servers: they come with the first user and go with the last."""

import os
import re

import psutil
import psycopg2
import pytest
import redis

from freesport import embedded
from tests.freesport.embedded.lab import WAIT, Lab, cursor, eventually

GIVEN = "postgresql://me:secret@db.example:5432/shop"
FORK = """
child = os.fork()
if not child:
    sys.exit(0)  # runs the exit handlers, as a worker's child may
os.waitpid(child, 0)
print("forked", flush=True)
"""
ORPHAN = """
child = os.fork()
if not child:
    __import__("time").sleep(60)
    os._exit(0)
print(child, flush=True)
"""
AGAIN = """
del os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
print(embedded.ensure() == e, embedded.ensure().database_embedded, flush=True)
"""


class TestOneUser:
    def test_gets_a_database_that_knows_cyrillic_and_a_broker_that_drops_nothing(
        self, lab: Lab
    ) -> None:
        user = lab.start()
        urls = user.answer()
        with cursor(urls["database"]) as db:
            db.execute("SELECT lower('ГАНТЕЛЬ Ё'), 'Мяч' ILIKE '%мЯЧ%', 'ж' ~ '[[:alpha:]]'")
            assert db.fetchone() == ("гантель ё", True, True)
            db.execute("SHOW server_encoding")
            assert db.fetchone() == ("UTF8",)
        with redis.Redis.from_url(urls["redis"]) as client:
            assert client.config_get("maxmemory-policy", "appendonly") == {
                "maxmemory-policy": "noeviction",
                "appendonly": "yes",
            }
        assert user.end() == 0
        assert lab.processes() == []

    def test_needs_the_password_which_no_command_line_shows(self, lab: Lab) -> None:
        user = lab.start()
        urls = user.answer()
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(re.sub(r":[^:@]+@", ":wrong@", urls["database"]))
        with (
            redis.Redis.from_url(re.sub(r":[^:@]+@", "@", urls["redis"])) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()
        passwords = [url.split("@")[0].split(":")[-1] for url in urls.values()]
        words = " ".join(word for process in lab.processes() for word in process.cmdline())
        assert not [password for password in passwords if password in words]
        user.end()

    def test_keeps_others_out_of_its_files(self, lab: Lab) -> None:
        private = [lab.data_dir, *lab.data_dir.glob("embedded/**/access.json")]
        private += lab.data_dir.glob("embedded/**/valkey.conf")
        assert len(private) == 4
        assert [path for path in private if path.stat().st_mode & 0o007] == []

    def test_calls_twice_and_gets_the_same(self, lab: Lab) -> None:
        user = lab.start(AGAIN + WAIT)
        user.answer()
        assert user.line() == "True False\n"
        assert len([p for p in lab.processes() if "keep" in p.cmdline()]) == 1
        user.end()
        assert lab.processes() == []

    def test_outlives_its_children_which_stop_nothing(self, lab: Lab) -> None:
        user = lab.start(FORK + WAIT)
        urls = user.answer()
        assert user.line() == "forked\n"
        child = lab.start("", DATABASE_URL=urls["database"], REDIS_URL=urls["redis"])
        assert child.answer() == urls
        child.end()
        with cursor(urls["database"]) as db:
            db.execute("SELECT 1")
        user.end()
        assert lab.processes() == []

    def test_leaves_a_forked_child_that_does_not_keep_the_servers_alive(self, lab: Lab) -> None:
        user = lab.start(ORPHAN + WAIT)
        user.answer()
        child = psutil.Process(int(user.line()))
        try:
            user.process.kill()  # the end of a user that gives its locks up by itself shows nothing
            assert eventually(lambda: lab.processes() == [])
            assert child.is_running()
        finally:
            child.kill()


class TestSeveralUsers:
    def test_who_start_at_once_share_one_server_and_the_last_stops_it(self, empty_lab: Lab) -> None:
        first, second = empty_lab.start(), empty_lab.start()
        urls = first.answer()
        assert second.answer() == urls
        servers = empty_lab.processes()
        assert len([p for p in servers if "-D" in p.cmdline()]) == 1
        first.end()
        with cursor(urls["database"]) as db:
            db.execute("SELECT 1")
        assert empty_lab.pid() in {p.pid for p in servers}
        second.end()
        assert empty_lab.processes() == []

    def test_of_two_directories_do_not_meet(self, lab: Lab, empty_lab: Lab) -> None:
        one, other = lab.start(), empty_lab.start()
        first, second = one.answer(), other.answer()
        assert set(first.values()).isdisjoint(second.values())
        one.end()
        assert lab.processes() == []
        with cursor(second["database"]) as db, redis.Redis.from_url(second["redis"]) as client:
            db.execute("SELECT 1")
            assert client.ping()
        other.end()


class TestGivenServers:
    def test_stay_as_they_are_and_nothing_starts(
        self, empty_lab: Lab, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", GIVEN)
        monkeypatch.setenv("REDIS_URL", "redis://:hidden@broker.example:6379/0")
        endpoints = embedded.ensure(empty_lab.data_dir)
        assert endpoints.database_url == os.environ["DATABASE_URL"] == GIVEN
        assert not endpoints.database_embedded
        assert not endpoints.redis_embedded
        assert not empty_lab.data_dir.exists()

    def test_show_no_passwords_in_a_log(self) -> None:
        shown = repr(
            embedded.Endpoints(GIVEN, "redis://:hidden@broker.example:6379/0", True, False)
        )
        assert "secret" not in shown
        assert "hidden" not in shown
        assert "me:***@db.example:5432/shop" in shown

    def test_start_the_other_one_alone(self, empty_lab: Lab) -> None:
        user = empty_lab.start(DATABASE_URL=GIVEN)
        assert user.answer()["database"] == GIVEN
        assert empty_lab.pid() is None
        assert empty_lab.pid("REDIS_URL") is not None
        user.end()


class TestDataDirectory:
    @pytest.mark.parametrize("unset", [None, ""])
    def test_lies_in_the_project_unless_named(
        self, unset: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("FREESPORT_DATA_DIR", raising=False)
        if unset is not None:
            monkeypatch.setenv("FREESPORT_DATA_DIR", unset)
        assert embedded.default_data_dir() == embedded.PROJECT_ROOT / ".data"

    def test_may_be_named_relative_to_the_project(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FREESPORT_DATA_DIR", "elsewhere")
        assert embedded.default_data_dir() == embedded.PROJECT_ROOT / "elsewhere"
