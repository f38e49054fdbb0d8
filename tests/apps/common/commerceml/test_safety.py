# ruff: noqa: E501 (XML is easier to read unbroken)
import errno
import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from apps.common.commerceml import BrokenFile, ProblemCode, read, take_inventory
from apps.common.commerceml.safety import new_parser
from tests.apps.common.commerceml.builders import DECLARATION, catalog, document, write

ONE = "<Товар><Ид>p1</Ид></Товар>"
GOOD = document(catalog(ONE))
EVIL = '<!DOCTYPE КоммерческаяИнформация [<!ATTLIST Товар Статус CDATA "Удален">]>\n'
ENTITY = '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def problems_of(path: Path) -> tuple[ProblemCode, ProblemCode]:
    """What inventory and reader say: both must refuse."""
    (file,) = take_inventory(path.parent).files
    assert file.problem is not None
    assert file.kinds == {}
    with pytest.raises(BrokenFile) as caught:
        list(read(path))
    return file.problem.code, caught.value.code


class TestDoctype:
    @pytest.mark.parametrize("doctype", [EVIL, ENTITY, LAUGHS, "<!DOCTYPE x>", "<!doctype x>"])
    @pytest.mark.parametrize(
        "before", ["", "\n\n  ", "<!-- a -->", "<?pi x?>", "<!-- < > -->\n<?a?>", "<!--" + "c" * 200_000 + "-->"]
    )  # fmt: skip
    def test_is_refused_wherever_it_stands(self, tmp_path: Path, doctype: str, before: str) -> None:
        path = write(tmp_path, DECLARATION + before + doctype + GOOD)
        assert problems_of(path) == (ProblemCode.DOCTYPE_REFUSED, ProblemCode.DOCTYPE_REFUSED)

    @pytest.mark.parametrize(
        ("codec", "mark"),
        [
            ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
            ("utf-16-le", b""), ("utf-16-be", b""), ("cp1251", b""), ("koi8-r", b""),
        ],
    )  # fmt: skip
    def test_is_refused_in_every_encoding(self, tmp_path: Path, codec: str, mark: bytes) -> None:
        names = {"cp1251": "windows-1251", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
        text = f'<?xml version="1.0" encoding="{names.get(codec, codec)}"?>' + EVIL + GOOD
        path = write(tmp_path, mark + text.encode(codec))
        assert problems_of(path) == (ProblemCode.DOCTYPE_REFUSED, ProblemCode.DOCTYPE_REFUSED)

    @pytest.mark.parametrize("codec", ["utf-7", "utf-32", "cp037", "utf-8-sig"])
    def test_cannot_hide_in_a_strange_encoding(self, tmp_path: Path, codec: str) -> None:
        text = f'<?xml version="1.0" encoding="{codec}"?>' + "<!DOCTYPE x>" + "<a/>"
        path = write(tmp_path, text.encode(codec))
        with pytest.raises(BrokenFile):
            list(read(path))

    def test_the_word_in_a_text_is_no_doctype(self, tmp_path: Path) -> None:
        text = document(catalog("<Товар><Ид>&lt;!DOCTYPE x></Ид><!-- <!DOCTYPE x> --></Товар>"))
        path = write(tmp_path, DECLARATION + "<!-- <!DOCTYPE x> -->" + text)
        (record,) = read(path)
        assert record.onec_id == "<!DOCTYPE x>"  # type: ignore[union-attr]
        assert take_inventory(tmp_path).problems == ()

    def test_line_of_the_doctype_is_told(self, tmp_path: Path) -> None:
        write(tmp_path, DECLARATION + "\n\n" + EVIL + GOOD)
        (file,) = take_inventory(tmp_path).files
        assert file.problem is not None
        assert file.problem.line == 4


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", content)
    return buffer.getvalue()


class TestOtherContent:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (gzip.compress(GOOD.encode()), ProblemCode.BINARY_FILE),
            (zipped(GOOD.encode()), ProblemCode.BINARY_FILE),
            (b"\xff\xd8\xff\xe0 jpeg", ProblemCode.BINARY_FILE),
            (b"SQLite format 3\0\0\0", ProblemCode.BINARY_FILE),
            (b"", ProblemCode.EMPTY_FILE),
            (b" \n\t ", ProblemCode.EMPTY_FILE),
            (b"<html><body/></html>", ProblemCode.NOT_COMMERCEML),
            ("<Каталог/>".encode(), ProblemCode.NOT_COMMERCEML),
            (b"undefinedundefined" + (DECLARATION + GOOD).encode(), ProblemCode.BROKEN_XML),
            (b"just words", ProblemCode.BROKEN_XML),
            (b"<?xml version='1.0'", ProblemCode.BROKEN_XML),
            (b"<!-- no end", ProblemCode.BROKEN_XML),
            (b"<", ProblemCode.BROKEN_XML),
            ("<КоммерческаяИнформация".encode(), ProblemCode.BROKEN_XML),
            (b"<?xml version='1.0' encoding='EBCDIC-CP-FR'?>" + GOOD.encode(), ProblemCode.BAD_ENCODING),
            (b"\xff\xfe\0\0<\0\0\0", ProblemCode.BAD_ENCODING),
        ],
    )  # fmt: skip
    def test_is_refused_with_a_reason(
        self, tmp_path: Path, content: bytes, code: ProblemCode
    ) -> None:
        assert problems_of(write(tmp_path, content)) == (code, code)

    def test_a_pipe_does_not_block(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.xml")
        assert problems_of(tmp_path / "pipe.xml") == (
            ProblemCode.NOT_A_FILE,
            ProblemCode.NOT_A_FILE,
        )

    def test_a_directory_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(BrokenFile) as caught:
            list(read(tmp_path))
        assert caught.value.code is ProblemCode.NOT_A_FILE

    def test_a_file_without_permission(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write(tmp_path, GOOD)
        monkeypatch.setattr(os, "open", _refuse)  # root may read everything
        assert problems_of(path) == (ProblemCode.UNREADABLE, ProblemCode.UNREADABLE)


def _refuse(path: Path, _flags: int) -> int:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


class TestParser:
    def test_resolves_nothing_even_if_a_doctype_got_through(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("TOP")
        parser = new_parser()
        parser.feed(f'<!DOCTYPE r [<!ENTITY e SYSTEM "{secret.as_uri()}">]><r>&e;</r>'.encode())
        root = parser.close()
        assert "TOP" not in "".join(root.itertext())
