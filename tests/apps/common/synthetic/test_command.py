"""`manage.py generate_1c_export`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.apps.common.synthetic.conftest import Write
from tests.apps.common.synthetic.reader import read


class TestGenerate1cExport:
    def test_writes_the_export_and_says_what_is_in_it(self, tmp_path: Path, write: Write) -> None:
        out = StringIO()
        call_command(
            "generate_1c_export",
            "--output",
            str(tmp_path / "x"),
            "--products",
            "70",
            "--customers=60",
            stdout=out,
        )
        assert read(tmp_path / "x") == write()[2]
        assert "70" in out.getvalue()

    def test_takes_keywords_too(self, tmp_path: Path, write: Write) -> None:
        options = {"layout": "single", "full": True, "change_share": 0.2, "delete_share": 0.1}
        call_command(
            "generate_1c_export",
            output=tmp_path / "x",
            products=70,
            customers=60,
            stdout=StringIO(),
            **options,
        )
        assert read(tmp_path / "x") == write(**options)[2]

    @pytest.mark.parametrize(
        "options",
        [
            {"output": None},
            {"products": "many"},
            {"products": 1.5},
            {"products": -1},
            {"seed": "x"},
            {"layout": "round"},
            {"schema_version": "9"},
            {"encoding": "latin"},
            {"change_share": "half"},
            {"change_share": 2},
            {"products": 0, "customers": 0},
        ],
    )
    def test_refuses_wrong_options_with_code_2(
        self, tmp_path: Path, options: dict[str, object]
    ) -> None:
        with pytest.raises(CommandError) as caught:
            call_command("generate_1c_export", **{"output": tmp_path / "x", **options})
        assert caught.value.returncode == 2
        assert not (tmp_path / "x").exists()

    def test_refuses_a_directory_with_foreign_files(self, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").touch()
        with pytest.raises(CommandError, match=r"mine\.txt") as caught:
            call_command("generate_1c_export", output=tmp_path, products=1)
        assert caught.value.returncode == 2

    def test_refuses_a_file_as_its_directory(self, tmp_path: Path) -> None:
        (tmp_path / "x").touch()
        with pytest.raises(CommandError) as caught:
            call_command("generate_1c_export", output=tmp_path / "x", products=1)
        assert caught.value.returncode == 2

    def test_tells_of_a_failing_disk_with_code_1(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError) as caught:
            call_command("generate_1c_export", output=tmp_path / ("x" * 300), products=1)
        assert caught.value.returncode == 1
