"""`make demo`, run for real: private servers, worker, web server, import, and no trace left."""

import io
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from django.core.management import call_command

from freesport import embedded
from freesport.embedded.ports import free_port
from tests.freesport.demo.conftest import Demo
from tests.support.processes import alive

pytestmark = pytest.mark.worker


OTHER_PRODUCTS = 300


def generate(directory: Path, *, seed: int) -> None:
    """Write the whole shop of another 1C."""
    call_command(
        "generate_1c_export",
        output=str(directory),
        products=OTHER_PRODUCTS,
        customers=2,
        seed=seed,
        full=True,
        stdout=io.StringIO(),
    )


def counters(said: str, entity: str) -> dict[str, int]:
    """Return one row of the table that the demo prints."""
    rows = [line.split() for line in said.splitlines()]
    heads = next(row for row in rows if row[:2] == ["read", "created"])
    figures = next(row[1:] for row in rows if row[:1] == [entity] and len(row) == len(heads) + 1)
    return dict(zip(heads, map(int, figures), strict=True))


@contextmanager
def serving(data_dir: Path, *options: str) -> Iterator[Demo]:
    demo = Demo(data_dir, *options)
    try:
        demo.wait_for_portal()
        yield demo
    finally:
        demo.stop(seconds=40)


class TestOnce:
    def test_it_imports_catalogue_and_customers_and_a_second_one_finds_them_unchanged(
        self, data_dir: Path
    ) -> None:
        first = Demo(data_dir, "--once")
        assert first.wait(180) == 0, first.text()
        assert counters(first.text(), "products")["created"] == 300
        assert counters(first.text(), "customers")["created"] > 0
        second = Demo(data_dir, "--once")
        assert second.wait(180) == 0, second.text()
        for entity in ("products", "prices", "customers"):
            again = counters(second.text(), entity)
            assert again["read"] == again["unchanged"] + again["skipped"] + again["failed"] > 0
        assert [server.pid for server in embedded.status(data_dir)] == [None, None]

    def test_a_catalogue_of_another_export_gives_way(self, data_dir: Path) -> None:
        directory = data_dir / "demo" / "import_1c" / "full"
        shutil.rmtree(directory, ignore_errors=True)
        generate(directory, seed=9)
        other = Demo(data_dir, "--once")
        assert other.wait(180) == 0, other.text()
        shutil.rmtree(directory)
        again = Demo(data_dir, "--once")
        assert again.wait(180) == 0, again.text()
        assert counters(again.text(), "products")["absent"] == OTHER_PRODUCTS


class TestServing:
    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
    def test_it_serves_on_its_port_until_it_is_told_to_end_and_takes_all_with_it(
        self, data_dir: Path, number: signal.Signals, code: int
    ) -> None:
        port = free_port()
        with serving(data_dir, "--port", str(port)) as demo:
            with urlopen(f"http://127.0.0.1:{port}/admin/products/import-1c/") as answer:
                assert answer.url.endswith("/admin/login/?next=/admin/products/import-1c/")
            family = psutil.Process(demo.pid).children(recursive=True)
            assert len(family) >= 4  # a worker and a web server, each with a child
            demo.send(number)
            assert demo.wait(60) == code, demo.text()
        assert [process for process in family if alive(process)] == []
        assert [server.pid for server in embedded.status(data_dir)] == [None, None]

    def test_it_ends_with_the_reason_when_its_worker_dies(self, data_dir: Path) -> None:
        with serving(data_dir) as demo:
            worker = next(
                child
                for child in psutil.Process(demo.pid).children()
                if "celery" in child.cmdline()
            )
            worker.kill()
            assert demo.wait(60) == 1
            assert "The worker has ended with exit code -9." in demo.text()
            assert "worker.log" in demo.text()


class TestPort:
    def test_a_taken_port_is_refused_before_anything_starts(self, data_dir: Path) -> None:
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            demo = Demo(data_dir, "--port", str(port))
            assert demo.wait(60) == 1
        assert demo.text() == (
            f"The demo failed. Port {port} is taken by another program: choose another with "
            "PORT=, or leave PORT out.\n"
        )

    @pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
    def test_what_is_no_port_is_a_wrong_option(self, data_dir: Path, port: str) -> None:
        demo = Demo(data_dir, f"--port={port}")
        assert demo.wait(60) == 2
        assert "is no port from 1 to 65535" in demo.text()
