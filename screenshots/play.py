"""Play the story and take a picture whenever it holds still for one."""

from collections.abc import Collection, Sequence
from pathlib import Path

from django.contrib.auth import get_user_model
from django.urls import reverse

from apps.users.demo import DEMO_PASSWORD
from freesport.demo import programs
from freesport.demo.children import Child, family
from freesport.demo.console import say, step
from freesport.demo.data import prepare_database
from freesport.demo.place import Place, listen

from .camera import Camera, open_browser
from .story import SCENES
from .world import World

STRANGER = "newcomer"


def play(
    place: Place, language: str, themes: Sequence[str], only: Collection[str], output: Path
) -> None:
    """Take the wanted pictures of one language.

    The story is played from its beginning until the last of them is taken.

    Raises:
        DemoError: a program or an import did not do what it was to do.
    """
    with family() as children, open_browser() as browser:
        with step("Preparing the database"):
            prepare_database()
            get_user_model().objects.create_user(STRANGER, password=DEMO_PASSWORD, is_staff=True)
        address = _serve(place, children)
        camera = Camera(browser, address, place.home, language, themes, output)
        _take(World(place, language, children), camera, set(only))


def _take(world: World, camera: Camera, wanted: set[str]) -> None:
    for scene in SCENES:
        for shot in scene(world):
            if shot.name in wanted:
                camera.take(shot)
                say(f"  {camera.language} {shot.name}")
                wanted.discard(shot.name)
        if not wanted:
            return


def _serve(place: Place, children: list[Child]) -> str:
    listener = listen(None, serves=False)
    host, port = listener.getsockname()
    web = programs.start_web(place, listener)
    children.append(web)
    web.wait_until(lambda: programs.answers(host, port, reverse("admin:login")))
    return f"http://{host}:{port}"
