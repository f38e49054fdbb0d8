"""A message broker of a test's own, which it may stop and start again."""

import secrets
from pathlib import Path

import redis

from freesport.embedded import ports, programs
from freesport.embedded.places import Place
from tests.support.processes import Process, wait_until


class Broker(Process):
    """A Valkey server on a port and with a password that outlast its end."""

    def __init__(self, directory: Path) -> None:
        port, password = ports.free_port(), secrets.token_urlsafe(16)
        program = programs.valkey_server(Place(directory, directory, None))
        command = [
            *(str(program), "--port", str(port), "--bind", ports.LOOPBACK),
            *("--requirepass", password, "--dir", str(directory), "--save", ""),
        ]
        super().__init__(command, {}, directory / "broker.log")
        self.url = f"redis://:{password}@{ports.LOOPBACK}:{port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        super().start()
        wait_until(self.answers, 30, lambda: f"The broker is silent:\n{self.text()}")

    def answers(self) -> bool:
        """Ask the server for a sign of life."""
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False
