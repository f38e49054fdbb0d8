"""P12: from a POST to the worker's first write, and the program that takes it (`python -m …`).

A worker of the benchmark's own, with a queue of its own, is idle; each import that it gets is of a
tiny shop and has ended before the next one is asked for.
"""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from .exports import shop
from .goals import BY_NAME, Result
from .programs import ROOT, time_a_start
from .sizes import Sizes

_STARTS = 5
_PRODUCTS = 20
_PATIENCE = 60.0


def measure_latency(_sizes: Sizes) -> Iterator[Result]:
    """Measure it; the size of the shop does not matter."""
    seconds = time_a_start().answer["seconds"]
    each = ", ".join(f"{one:.2f}" for one in seconds)
    yield Result(
        BY_NAME["P12"],
        (median(seconds),),
        f"median of {len(seconds)} ({each} s); one process of a Celery worker, idle",
    )


def main() -> None:
    """Start a worker, post the form a few times, print the seconds of each."""
    os.environ["REDIS_KEY_PREFIX"] = f"freesport-bench-{uuid.uuid4().hex[:12]}"
    with TemporaryDirectory(prefix="freesport-bench-") as scratch:
        os.environ["BACKUP_DIR"] = scratch
        import django  # noqa: PLC0415  (its settings read the environment)

        django.setup()
        with shop(_PRODUCTS) as directory:
            os.environ["ONEC_DATA_DIR"] = str(directory)
            with _worker(Path(scratch) / "worker.log"):
                seconds = _starts(directory)
    sys.stdout.write(json.dumps({"seconds": seconds}) + "\n")


def _starts(directory: Path) -> list[float]:
    from django.contrib.auth import get_user_model  # noqa: PLC0415  (needs loaded apps)
    from django.test import Client, override_settings  # noqa: PLC0415

    users = get_user_model()._default_manager  # noqa: SLF001  (the documented way to it)
    user = users.create(username="starter", is_staff=True, is_superuser=True)
    with override_settings(ALLOWED_HOSTS=["testserver"], ONEC_DATA_DIR=directory):
        client = Client()
        client.force_login(user)
        _start(client)  # the first one loads templates and connects
        return [_start(client) for _ in range(_STARTS)]


def _start(client: Any) -> float:
    """Post the form as staff do, wait for the import's end; give the seconds to its claim."""
    from apps.products.models import ImportSession  # noqa: PLC0415  (needs loaded apps)
    from freesport.operations import OPERATIONS  # noqa: PLC0415

    values = {"import_type": "catalog", "file_type": "all", "skip_backup": "on"}
    address = OPERATIONS[0].url("start")
    posted = time.time()
    response = client.post(address, values)
    if response.status_code != 302:
        raise RuntimeError(f"The form was answered with {response.status_code}.")
    session = ImportSession.objects.latest()
    _wait(lambda: ImportSession.objects.get(pk=session.pk).finished_at is not None)
    session.refresh_from_db()
    if session.started_at is None or session.status != "completed":
        raise RuntimeError(f"The import ended otherwise: {session} {session.error_message}")
    return float(session.started_at.timestamp() - posted)


@contextmanager
def _worker(log: Path) -> Iterator[None]:
    """Run a worker that answers; afterwards it and its keys are gone."""
    from freesport.celery import app  # noqa: PLC0415  (its settings read the environment)

    name = f"bench-{uuid.uuid4().hex[:8]}@localhost"
    command = [
        *(sys.executable, "-m", "celery", "--app", "freesport", "worker", "--hostname", name),
        *("--concurrency", "1", "--loglevel", "warning", "--without-gossip", "--without-mingle"),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)  # noqa: S603  (our own)
    try:
        _wait(lambda: bool(app.control.ping(destination=[name], timeout=0.5)))
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE)
        _remove_keys()


def _remove_keys() -> None:
    import redis  # noqa: PLC0415  (only the program needs it)

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.scan_iter(f"{os.environ['REDIS_KEY_PREFIX']}*", count=1000):
            client.delete(key)


def _wait(fact: Any) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not fact():
        if time.monotonic() > deadline:
            raise RuntimeError("The worker does not get on.")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
