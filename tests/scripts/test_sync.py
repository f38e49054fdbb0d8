"""`sync_import_data.sh`: a whole copy or none. ssh and scp are played by programs that act here."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.scripts.conftest import Ended, Script, put_on_path, run_script

SCRIPT = "scripts/server/sync_import_data.sh"
# The remote command runs here; each call leaves a line with its arguments.
SSH = 'echo "ssh $*" >>{calls}; while [ $# -gt 1 ]; do shift; done; sh -c "$1"'
SCP = 'echo "scp $*" >>{calls}; while [ $# -gt 2 ]; do shift; done; cp -R "${{1#*:}}" "$2/"'


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """The server's directory, with names that 1C gives and one with a space."""
    directory = tmp_path / "server"
    for name in ("goods/import.xml", "offers/offers.xml", "import_files/фото 1.jpg"):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}", encoding="utf-8")
    return directory


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The directory to fill, with an older export in it."""
    target = tmp_path / "data" / "current"
    target.mkdir(parents=True)
    (target / "old.xml").write_text("old")
    return target


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls"


@pytest.fixture
def environment(tmp_path: Path, calls: Path) -> dict[str, str]:
    names = [name for name in os.environ if not name.startswith("ONEC_SYNC")]
    environment = {name: os.environ[name] for name in names}
    play(tmp_path, environment, calls)
    return environment


def play(tmp_path: Path, environment: dict[str, str], calls: Path, **bodies: str) -> None:
    """Put ssh and scp on the path, in another version when one is given."""
    played = {"ssh": SSH, "scp": SCP} | bodies
    ready = {name: body.format(calls=calls) for name, body in played.items()}
    put_on_path(tmp_path / "bin", environment, **ready)


@pytest.fixture
def sync(server: Path, target: Path, environment: dict[str, str]) -> Script:
    def run(*arguments: str, **options: str) -> Ended:
        chosen = {
            "--server-ip": "onec@192.0.2.10",
            "--remote-data-path": str(server),
            "--data-dir": str(target),
        } | options
        words = [word for pair in chosen.items() for word in pair]
        return run_script(SCRIPT, *words, *arguments, environment=environment)

    return run


def content(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): path.read_text(encoding="utf-8")
        for path in directory.rglob("*")
        if path.is_file()
    }


class TestCopy:
    def test_the_target_becomes_what_the_server_holds_and_the_old_export_stays_beside(
        self, sync, server, target
    ):
        ended = sync()
        assert ended.code == 0, ended.error
        assert content(target) == content(server)
        assert content(target.parent / ".current.previous") == {"old.xml": "old"}
        assert {path.name for path in target.parent.iterdir()} == {"current", ".current.previous"}

    def test_a_target_that_is_not_there_yet_is_made(self, sync, server, target):
        new = target.parent / "new"
        assert sync(**{"--data-dir": str(new)}).code == 0
        assert content(new) == content(server)

    def test_the_same_content_is_not_copied_again(self, sync, calls):
        assert sync().code == 0
        calls.unlink()
        ended = sync()
        assert ended.code == 0
        assert "holds the same already" in ended.error
        assert "scp" not in calls.read_text()

    def test_the_key_goes_to_both_programs_and_no_password_is_asked_for(
        self, sync, calls, tmp_path
    ):
        key = tmp_path / "key"
        key.touch()
        assert sync(**{"--ssh-key-path": str(key)}).code == 0
        lines = calls.read_text().splitlines()
        assert [line for line in lines if line.startswith(("ssh ", "scp "))]
        for line in lines:
            if line.startswith(("ssh ", "scp ")):
                assert "BatchMode=yes" in line
                assert f"-i {key}" in line

    def test_the_environment_names_what_the_options_do_not(
        self, server, target, environment, calls
    ):
        environment |= {
            "ONEC_SYNC_SERVER": "onec@192.0.2.10",
            "ONEC_SYNC_PATH": str(server),
            "ONEC_SYNC_DATA_DIR": str(target),
        }
        assert run_script(SCRIPT, environment=environment).code == 0
        assert content(target) == content(server)


class TestNothingHalf:
    """Whatever goes wrong, the target is as it was and nothing else is left behind."""

    @pytest.fixture(autouse=True)
    def _unchanged(self, target: Path):
        yield
        assert content(target) == {"old.xml": "old"}
        assert [path.name for path in target.parent.iterdir()] == ["current"]

    def test_when_the_server_does_not_answer(self, sync, tmp_path, environment, calls):
        play(tmp_path, environment, calls, ssh="exit 255")
        assert sync().code == 1

    def test_when_the_remote_directory_is_missing(self, sync, tmp_path):
        ended = sync(**{"--remote-data-path": f"{tmp_path}/nowhere"})
        assert ended.code == 1
        assert "does not tell what lies in" in ended.error

    def test_when_the_server_holds_no_xml(self, sync, server):
        for path in server.rglob("*.xml"):
            path.unlink()
        ended = sync()
        assert ended.code == 1
        assert "holds no XML file" in ended.error

    def test_when_the_copy_breaks_off(self, sync, tmp_path, environment, calls):
        play(tmp_path, environment, calls, scp=SCP + "; exit 1")
        ended = sync()
        assert ended.code == 1
        assert "broke off" in ended.error

    def test_when_a_file_arrives_cut(self, sync, tmp_path, environment, calls):
        cut = '; find "$2" -name import.xml -exec sh -c \': >"$1"\' - {{}} \\;'
        play(tmp_path, environment, calls, scp=SCP + cut)
        ended = sync()
        assert ended.code == 1
        assert "the copy differs" in ended.error

    def test_when_1c_writes_during_the_copy(self, sync, server, tmp_path, environment, calls):
        late = f"; echo more >>{server}/goods/import.xml"
        play(tmp_path, environment, calls, scp=SCP + late)
        ended = sync()
        assert ended.code == 1
        assert "changed its files meanwhile" in ended.error


class TestTwoAtOnce:
    def test_the_second_leaves_the_first_alone(self, sync, target):
        part = target.parent / ".current.part"
        part.mkdir()
        (part / "process id").write_text(str(os.getpid()))
        ended = sync()
        assert ended.code == 1
        assert f"process {os.getpid()}" in ended.error
        assert part.is_dir()

    def test_what_a_killed_one_left_behind_is_no_obstacle(self, sync, server, target):
        gone = subprocess.Popen(["true"])
        gone.wait()
        part = target.parent / ".current.part"
        part.mkdir()
        (part / "process id").write_text(str(gone.pid))
        assert sync().code == 0
        assert content(target) == content(server)
        assert not part.exists()


class TestWrongOptions:
    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("--server-ip", ""),
            ("--server-ip", "-oProxyCommand=id"),
            ("--server-ip", "host;id"),
            ("--remote-data-path", ""),
            ("--remote-data-path", "relative"),
            ("--remote-data-path", "/"),
            ("--remote-data-path", "/srv/$(id)"),
            ("--remote-data-path", "/srv/it's"),
            ("--remote-data-path", "/srv/../etc"),
            ("--data-dir", ""),
            ("--data-dir", "/"),
            ("--data-dir", ".."),
            ("--ssh-key-path", "/nowhere/key"),
        ],
    )
    def test_they_are_refused_before_anything_is_called(self, sync, calls, option, value):
        ended = sync(**{option: value})
        assert ended.code == 2, ended.error
        assert not calls.exists()
