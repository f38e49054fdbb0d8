"""Pictures of pages are flat areas and text: a palette keeps them small."""

from collections.abc import Sequence
from io import BytesIO
from math import sqrt
from pathlib import Path

from PIL import Image

COLOURS = 64
# So many of them are those that most dots have; the others are what differs most from these.
COMMON = 24

Colour = tuple[int, ...]


def shrink(png: bytes, path: Path) -> None:
    """Write a picture in few colours; each colour of the original becomes the nearest of them."""
    with Image.open(BytesIO(png)) as image:
        whole = image.convert("RGB")
    counts = {_colour(found): count for count, found in whole.getcolors(1 << 24) or []}
    palette = choose(counts, COLOURS)
    places = {colour: _nearest(colour, palette) for colour in counts}
    dots = zip(*[iter(whole.tobytes())] * 3, strict=True)
    few = Image.frombytes("P", whole.size, bytes(map(places.__getitem__, dots)))
    few.putpalette([part for colour in palette for part in colour])
    few.save(path, "PNG", optimize=True)


def choose(counts: dict[Colour, int], most: int) -> list[Colour]:
    """Give the colours that stand for all: the commonest, then what they represent worst.

    A rare colour that is like none of the others is the word "Error" in a page of text.
    """
    ordered = sorted(counts, key=lambda colour: (-counts[colour], colour))
    chosen, rest = ordered[:COMMON], ordered[COMMON:]
    gaps = [min(_distance(colour, one) for one in chosen) for colour in rest]
    while len(chosen) < most and any(gaps):
        weights = [gap * sqrt(counts[rest[place]]) for place, gap in enumerate(gaps)]
        added = rest[weights.index(max(weights))]
        chosen.append(added)
        gaps = [min(gap, _distance(rest[place], added)) for place, gap in enumerate(gaps)]
    return chosen


def _nearest(colour: Colour, palette: Sequence[Colour]) -> int:
    return min(range(len(palette)), key=lambda place: _distance(colour, palette[place]))


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _colour(found: object) -> Colour:
    if not isinstance(found, tuple):
        raise TypeError(f"{found!r} is no colour of three parts")
    return found
