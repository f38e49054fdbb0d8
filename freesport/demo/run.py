"""The demo's steps in their order. Imported once Django is set up."""

import socket
import time
from contextlib import suppress

from django.urls import reverse

from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType
from apps.users.demo import DEMO_PASSWORD, DEMO_USERS
from freesport.demo import data, imports, programs
from freesport.demo.children import Child, family
from freesport.demo.console import say, step
from freesport.demo.place import Place

PORTAL = "/admin/products/import-1c/"


def run(place: Place, listener: socket.socket, *, once: bool) -> None:
    """Prepare, import, show; then serve until interrupted, unless `once`.

    Raises:
        DemoError: a step failed, or a program ended while serving.
    """
    with step("Preparing the database"):
        data.prepare_database()
    with step("Writing the exports of an invented shop"):
        data.prepare_exports(place)
    host, port = listener.getsockname()
    with family() as children:
        with step("Starting a worker and a web server"):
            children += [worker := programs.start_worker(place)]
            children += [web := programs.start_web(place, listener)]
            worker.wait_until(programs.worker_answers)
            web.wait_until(lambda: programs.answers(host, port, reverse("admin:login")))
        for parameters in _wanted(place):
            _import(parameters, worker)
        if not once:
            _tell(place, f"http://{host}:{port}{PORTAL}")
            _serve(children)


def _wanted(place: Place) -> tuple[Parameters, Parameters]:
    """Give the demo's imports.

    In its own database the catalogue becomes what the export says, also after an import of another
    export, of which most would have to be hidden. In a database that was named the brake holds.
    """
    directory = place.exports / "full"
    return (
        Parameters(ImportType.CATALOG, directory, allow_mass_hide=place.own_database),
        Parameters(ImportType.CUSTOMERS, directory),
    )


def _import(parameters: Parameters, worker: Child) -> None:
    session = imports.run_import(parameters, worker)
    say()
    for line in imports.report(session):
        say(line)


def _tell(place: Place, address: str) -> None:
    names = ", ".join(user.username for user in DEMO_USERS)
    say()
    say(f"The portal:  {address}")
    say(f"Log in as:   {names}; the password of each is {DEMO_PASSWORD}")
    say(f"Logs:        {place.log('worker')}, {place.log('web')}")
    say("Ctrl-C stops everything.")


def _serve(children: list[Child]) -> None:
    """Watch over the programs until Ctrl-C, which is the way to end and no failure."""
    with suppress(KeyboardInterrupt):
        while True:
            for child in children:
                child.check()
            time.sleep(0.5)
