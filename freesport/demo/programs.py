"""The demo's two programs: a Celery worker and a web server. Both inherit our environment."""

import os
import socket
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from freesport.celery import app
from freesport.demo.children import Child
from freesport.demo.errors import DemoError
from freesport.demo.place import Place


def start_worker(place: Place) -> Child:
    """Start a worker on the queue of imports and wait until it answers."""
    node = f"demo-{os.getpid()}@localhost"
    command = [
        *(sys.executable, "-m", "celery", "--app", "freesport", "worker"),
        *("--hostname", node, "--concurrency", "1", "--loglevel", "info"),
        *("--without-gossip", "--without-mingle"),
    ]
    return Child("worker", command, place.log("worker"))


def worker_answers() -> bool:
    """Ask our worker for a sign of life."""
    return bool(app.control.ping(destination=[f"demo-{os.getpid()}@localhost"], timeout=0.5))


def start_web(place: Place, listener: socket.socket) -> Child:
    """Start the production web server on a socket that is open already, and hand that over.

    Nobody can take the port between its choice and the server's start.
    """
    command = [
        *(sys.executable, "-m", "gunicorn", "freesport.wsgi"),
        *("--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread", "--threads", "8"),
        *("--access-logfile", "-", "--graceful-timeout", "5"),
    ]
    with listener:
        return Child("web server", command, place.log("web"), inherited=[listener.fileno()])


def answers(host: str, port: int, path: str) -> bool:
    """Ask for a page; True when it comes, False while nobody listens.

    Raises:
        DemoError: another answer than the page.
    """
    connection = HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    if status != HTTPStatus.OK:
        raise DemoError(f"The web server answers {path} with the HTTP status {status}.")
    return True
