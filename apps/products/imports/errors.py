"""What ends an import before its last record, each with a sentence for its reader."""


class ImportStopped(Exception):
    """Somebody asked the import to stop; the open chunk was not begun."""


class ImportFailed(Exception):
    """The import cannot go on; the text says what happened and what to do next."""
