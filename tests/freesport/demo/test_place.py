"""Which port the demo takes."""

import socket
from collections.abc import Iterator

import pytest

from freesport.demo import place
from freesport.demo.errors import DemoError
from freesport.demo.place import LOOPBACK, listen


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The demo's first choice of a port, held by another program."""
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        port: int = holder.getsockname()[1]
        monkeypatch.setattr(place, "FIRST_PORT", port)
        yield port


class TestListen:
    def test_the_next_free_port_is_taken_when_the_first_is_not_free(self, taken: int) -> None:
        with listen(None, serves=True) as listener:
            assert taken < listener.getsockname()[1] < taken + place.PORTS_TRIED

    def test_it_says_so_when_none_is_free(
        self, taken: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(place, "PORTS_TRIED", 1)
        with pytest.raises(DemoError, match=rf"No port from {taken} to {taken} is free"):
            listen(None, serves=True)

    def test_a_demo_that_serves_nobody_does_not_insist_on_a_port(self, taken: int) -> None:
        with listen(None, serves=False) as listener:
            assert listener.getsockname()[1] != taken

    def test_only_this_machine_can_reach_it(self) -> None:
        with listen(None, serves=False) as listener:
            assert listener.getsockname()[0] == "127.0.0.1"
