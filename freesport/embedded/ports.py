"""Which loopback port a server listens on: fixed by the user, or free and remembered."""

import errno
import os
import socket

from freesport.embedded.errors import EmbeddedError

LOOPBACK = "127.0.0.1"


def fixed_port(variable: str) -> int | None:
    """Return the port that the user fixed in this environment variable, if any.

    Raises:
        EmbeddedError: the variable holds no port number.
    """
    text = os.environ.get(variable, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise EmbeddedError(
            f"{variable} is {text!r}: set it to a port from 1 to 65535, or unset it."
        )
    return int(text)


def choose_port(label: str, variable: str, remembered: int | None) -> int:
    """Return the port to start on: the fixed one, the remembered one if free, or a free one.

    Raises:
        EmbeddedError: the fixed port is taken, or not for us to use.
    """
    fixed = fixed_port(variable)
    if fixed is None:
        return remembered if remembered and is_free(remembered) else free_port()
    if not is_free(fixed):
        raise taken(label, variable, fixed)
    return fixed


def taken(label: str, variable: str, port: int) -> EmbeddedError:
    """Return the error for a fixed port that another program holds."""
    return EmbeddedError(
        f"The embedded {label} cannot listen on port {port}, set in {variable}: another program "
        f"uses it, or it is reserved for root. Stop that program ('ss -ltnp' names it), set "
        f"{variable} to another port, or unset it to have a free one chosen."
    )


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port
