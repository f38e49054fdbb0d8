"""A listing as a file to download."""

import itertools
from collections.abc import Iterable

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from ..listing import FORMATS, Listing
from . import csv_file, xlsx_file
from .rows import Column, headers, values


def export_response(listing: Listing, name: str, file_format: str) -> HttpResponseBase:
    """Give exactly the filtered and sorted rows with the chosen columns.

    Answers 400 with the reasons in plain text when the address does not say a list precisely.
    """
    problems = [*listing.problems, *listing.notes]
    if file_format not in FORMATS:
        problems.append(f"_export={file_format[:20]!r}: {', '.join(FORMATS)}")
    separator = listing.params.get("_separator") or csv_file.usual_separator()
    if separator not in csv_file.SEPARATORS:
        problems.append(f"_separator={separator[:20]!r}: {', '.join(csv_file.SEPARATORS)}")
    if problems:
        return refusal(problems)
    table = listing.table
    batches = itertools.chain([headers(table)], values(table, listing.rows))
    filename = f"{name}-{timezone.localdate():%Y-%m-%d}.{file_format}"
    if file_format == "csv":
        return _csv(batches, filename, separator)
    try:
        return FileResponse(
            xlsx_file.workbook(batches),
            as_attachment=True,
            filename=filename,
            content_type=xlsx_file.CONTENT_TYPE,
        )
    except xlsx_file.TooManyRows as error:
        return refusal([str(error)])


def refusal(problems: list[str]) -> HttpResponse:
    """Say in plain text what is wrong with the address."""
    return HttpResponse("\n".join(problems), status=400, content_type="text/plain; charset=utf-8")


def _csv(batches: Iterable[list[Column]], filename: str, separator: str) -> StreamingHttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    return StreamingHttpResponse(
        csv_file.lines(batches, separator),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition or "attachment"},
    )
