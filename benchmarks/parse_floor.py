"""Floor P: `python -m benchmarks.parse_floor DIR` reads all XML below DIR into Python values.

Every name and text of every record becomes a Python object, nested as in the file, and is thrown
away; nothing is compared, checked or converted. Prints one line of JSON with the seconds it took.
"""

import json
import sys
import time
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

# The records that files have by the thousand, in any namespace.
_RECORDS = ("{*}Товар", "{*}Предложение", "{*}Контрагент")


def extract(element: Element) -> list[object]:
    """Give an element's children as (name, text or children)."""
    return [(part.tag, extract(part) if len(part) else part.text) for part in element]


def read_all(path: Path) -> int:
    """Extract each record of a file and free it, then what is left: the dictionaries."""
    count = 0
    events = etree.iterparse(str(path), events=("end",), tag=_RECORDS)
    for _event, element in events:
        extract(element)
        count += 1
        _free(element)
    extract(events.root)
    return count


def _free(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def main() -> None:
    """Read everything and say how long it took."""
    started = time.perf_counter()
    records = sum(read_all(path) for path in sorted(Path(sys.argv[1]).rglob("*.xml")))
    seconds = time.perf_counter() - started
    sys.stdout.write(json.dumps({"seconds": seconds, "records": records}) + "\n")


if __name__ == "__main__":
    main()
