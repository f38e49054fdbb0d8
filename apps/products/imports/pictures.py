"""Picture files of an export: found, checked and stored without trusting them.

A path leads nowhere outside the data directory. Pillow has to recognise the content and read it to
its end; more pixels than `Image.MAX_IMAGE_PIXELS` are refused. Stored files are named after their
content; each is written under a temporary name first, so that the final name holds a whole file.
"""

import hashlib
import os
import shutil
import stat
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from apps.common.commerceml.errors import RefusedFile
from apps.common.commerceml.safety import open_regular

from .errors import ImportFailed

# The folder that 1C writes pictures to; paths may begin with it or below it.
_FOLDER = "import_files"
# Formats that browsers show; content of any other kind reaches no decoder.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
# What their files are called. MPO is how Pillow calls a JPEG that holds further pictures.
_EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}

_BLOCK = 1024 * 1024


class PictureRefused(Exception):
    """A picture can't be taken over; the text says why, in English.

    It becomes words of the reader's language with the issue (apps/products/wording.py).
    """


@dataclass(frozen=True, slots=True)
class Found:
    """A picture's file: size in bytes, time of the last change in nanoseconds."""

    path: Path
    size: int
    mtime_ns: int


class PictureFolder:
    """Pictures below a data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir.resolve()

    def find(self, xml_name: str, path: str) -> Found | None:
        """Look for a picture that the file `xml_name` names; None: it is not there.

        Raises:
            PictureRefused: the path leads outside, or to something else than a file.
        """
        relative = PurePosixPath(path.replace("\\", "/"))
        if relative.is_absolute() or ".." in relative.parts:
            raise PictureRefused("its path leads outside the data directory")
        for candidate in self._candidates(PurePosixPath(xml_name), relative):
            if os.path.lexists(candidate):
                return self._open(candidate)
        return None

    def _candidates(self, xml_name: PurePosixPath, path: PurePosixPath) -> Iterator[Path]:
        """Where a picture may lie: beside the XML file, or beside a folder above it."""
        parts = path.parts
        bare = parts[1:] if parts and parts[0].casefold() == _FOLDER else parts
        for above in xml_name.parents:
            folder = self._root / above
            yield folder.joinpath(*parts)
            yield folder.joinpath(_FOLDER, *bare)
            yield folder.joinpath(*bare)

    def _open(self, candidate: Path) -> Found:
        real = candidate.resolve()
        if not real.is_relative_to(self._root):
            raise PictureRefused("its path leads outside the data directory")
        try:
            info = real.stat()
        except OSError as error:
            raise PictureRefused(str(error.strerror)) from error
        if not stat.S_ISREG(info.st_mode):
            raise PictureRefused("it is not a file")
        return Found(real, info.st_size, info.st_mtime_ns)


def digest_of(found: Found) -> str:
    """Give the SHA-256 of the content, in hexadecimal digits.

    Raises:
        PictureRefused: the file can't be read.
    """
    try:
        with open_regular(found.path) as file:
            return _sha256(file)
    except (RefusedFile, OSError) as error:
        raise PictureRefused("it can't be read") from error


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def format_of(found: Found) -> str:
    """Read the picture to its end and give the extension of its format.

    Raises:
        PictureRefused: no picture, a damaged one, or one of too many pixels.
    """
    try:
        with open_regular(found.path) as file, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _read_through(file)
    except UnidentifiedImageError as error:
        raise PictureRefused("it is not a picture that browsers show") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused("it has too many pixels") from error
    except Exception as error:  # decoders raise anything on damaged content
        raise PictureRefused(f"it is damaged ({error})") from error


def _read_through(file: IO[bytes]) -> str:
    with Image.open(file, formats=_FORMATS) as image:
        name = str(image.format)
        image.verify()
    if name != "PNG":  # whose verification has read all of it
        file.seek(0)
        with Image.open(file, formats=_FORMATS) as image:
            image.draft("L", (1, 1))  # JPEG: an eighth of the size is enough to see its end
            image.load()
    return _EXTENSIONS[name]


def stored_name(digest: str, extension: str) -> str:
    """Give the name in the storage of a content with this SHA-256."""
    return f"products/{digest[:2]}/{digest}.{extension}"


class PictureStorage:
    """Files in Django's storage, each written once."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def keep(self, found: Found, digest: str, name: str) -> str:
        """Store the picture unless it is there, and give its name.

        Raises:
            PictureRefused: the file has changed since it was checked.
            ImportFailed: the storage does not take it.
        """
        try:
            if self._storage.exists(name):
                if self._storage.size(name) == found.size:
                    return name
                self._storage.delete(name)  # half a file: the machine went down as it was written
            return self._store(found, digest, name)
        except OSError as error:
            raise ImportFailed(
                _("The picture %(path)s can't be stored: %(reason)s. Correct that, then try again.")
                % {"path": found.path.name, "reason": error}
            ) from error

    @cached_property
    def _incoming(self) -> Path | None:
        return _incoming_folder(self._storage)

    def _store(self, found: Found, digest: str, name: str) -> str:
        with tempfile.NamedTemporaryFile(dir=self._incoming, delete=False) as copy:
            try:
                _copy(found, copy.file)
                copy.seek(0)
                if _sha256(copy.file) != digest:
                    raise PictureRefused("it changed while it was read")
                copy.seek(0)
                return self._storage.save(name, _Ready(copy.file, copy.name))
            finally:
                Path(copy.name).unlink(missing_ok=True)


class _Ready(File):  # type: ignore[type-arg]
    """A whole file on disk, which a storage on the same disk just renames."""

    def __init__(self, file: Any, path: str) -> None:
        super().__init__(file, name=path)
        self._path = path

    def temporary_file_path(self) -> str:
        """Tell Django where the file lies."""
        return self._path


def _copy(found: Found, copy: IO[bytes]) -> None:
    try:
        with open_regular(found.path) as file:
            shutil.copyfileobj(file, copy)
    except RefusedFile as error:
        raise PictureRefused("it can't be read") from error


def _incoming_folder(storage: Storage) -> Path | None:
    """Give an empty folder beside the stored files; None where the storage is no disk of ours."""
    if not isinstance(storage, FileSystemStorage):
        return None
    folder = Path(storage.path(".incoming"))
    shutil.rmtree(folder, ignore_errors=True)  # what a killed import left
    folder.mkdir(parents=True, exist_ok=True)
    return folder
