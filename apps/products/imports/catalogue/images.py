"""Pictures of products: one record for each path that a product names.

A picture whose size and time are those of the last import is not read; one whose content is the
same is not written. One that is missing or broken leaves what the product has. Pictures that the
record no longer names lose their row; files stay, because another product may show them.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.db import connection

from apps.common.commerceml import ProductRecord

from ...models import ProductImage
from ...models.images import LONGEST_PATH
from ...models.sessions import Severity
from ..changes import IMAGES
from ..context import Context
from ..counters import Outcome
from ..dry_store import DryStore
from ..pictures import (
    Found,
    PictureFolder,
    PictureRefused,
    PictureStorage,
    digest_of,
    format_of,
    stored_name,
)
from ..rowsets import DryRowSets, RowSet, RowSets

_MISSING, _BROKEN = "image_missing", "image_broken"
# The server gives up a transaction that is silent for a minute; reading pictures may take longer.
_SILENCE_SECONDS = 10.0


class _Picture(NamedTuple):
    """A row's values."""

    source_path: str
    position: int
    image: str
    sha256: str
    size: int
    mtime_ns: int


_ROWS = RowSet(ProductImage, "product_id", _Picture._fields)
_Pictures = dict[str, _Picture]


def import_images(context: Context, goods: Sequence[tuple[ProductRecord, int]]) -> None:
    """Bring in the pictures of products, given as records with row ids, in reading order."""
    if not context.session.parameters.get("skip_images"):
        context.helper(_Images).bring(goods)


class _Images:
    """The run's pictures."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._folder = PictureFolder(Path(context.session.parameters["data_dir"]))
        store = context.store
        dry = isinstance(store, DryStore)
        self._rows = DryRowSets(store) if isinstance(store, DryStore) else RowSets()
        self._storage = None if dry else PictureStorage(default_storage)
        self._any = ProductImage.objects.exists()
        self._spoke = time.monotonic()

    def bring(self, goods: Sequence[tuple[ProductRecord, int]]) -> None:
        """Judge record by record against what the one before left, then write what differs."""
        self._any = self._any or any(record.images for record, _product_id in goods)
        if not self._any:
            return
        before = self._rows.fetch(_ROWS, {product_id for _record, product_id in goods})
        left: dict[int, _Pictures] = {
            product_id: {values[0]: _Picture(*values) for _row_id, values in rows}
            for product_id, rows in before.items()
        }
        changed = set()
        for record, product_id in goods:
            had = left.get(product_id, {})
            has = self._judge(record, had)
            if has != had:
                left[product_id] = has
                changed.add(product_id)
        self._rows.replace(_ROWS, before, {i: list(left[i].values()) for i in changed})

    def _judge(self, record: ProductRecord, had: _Pictures) -> _Pictures:
        has: _Pictures = {}
        positions = {path: at for at, path in enumerate(dict.fromkeys(record.images))}
        for path in record.images:
            known = has.get(path) or had.get(path)
            try:
                picture, outcome = self._look(path, positions[path], known)
            except PictureRefused as refused:
                picture, outcome = known, Outcome.FAILED
                self._report(Severity.ERROR, _BROKEN, record, path, str(refused))
            if outcome is Outcome.SKIPPED:
                self._report(Severity.WARNING, _MISSING, record, path)
            if picture:
                has[path] = picture
            self._context.store.announce_picture(record.onec_id, path, outcome)
            self._context.counters.add(IMAGES, outcome)
        return has

    def _look(
        self, path: str, position: int, known: _Picture | None
    ) -> tuple[_Picture | None, Outcome]:
        found = self._folder.find(self._context.place.file, path)
        if found is None or len(path) > LONGEST_PATH:
            return known, Outcome.SKIPPED
        digest = self._digest(found, known)
        if known and digest == known.sha256:
            same = position == known.position
            outcome = Outcome.UNCHANGED if same else Outcome.UPDATED
            return known if same else known._replace(position=position), outcome
        name = self._keep(found, digest)
        picture = _Picture(path, position, name, digest, found.size, found.mtime_ns)
        return picture, Outcome.UPDATED if known else Outcome.CREATED

    def _digest(self, found: Found, known: _Picture | None) -> str:
        if known and (known.size, known.mtime_ns) == (found.size, found.mtime_ns):
            return known.sha256
        self._stay_awake()
        return digest_of(found)

    def _keep(self, found: Found, digest: str) -> str:
        name = stored_name(digest, format_of(found))
        return self._storage.keep(found, digest, name) if self._storage else name

    def _stay_awake(self) -> None:
        if time.monotonic() - self._spoke > _SILENCE_SECONDS:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            self._spoke = time.monotonic()

    def _report(
        self, severity: Severity, code: str, record: ProductRecord, path: str, reason: str = ""
    ) -> None:
        self._context.issues.add(
            severity,
            code,
            entity=IMAGES,
            onec_id=record.onec_id,
            file=self._context.place.file,
            line=record.line,
            path=path[:LONGEST_PATH],
            reason=reason,
        )
