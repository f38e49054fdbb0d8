"""Pictures of pages are flat areas and text: a palette keeps them small."""

from io import BytesIO
from pathlib import Path

from PIL import Image

COLOURS = 128


def _parts(colour: object) -> tuple[int, ...]:
    return colour if isinstance(colour, tuple) else ()


def shrink(png: bytes, path: Path) -> None:
    """Write a picture in its most frequent colours; each other one becomes the nearest of them."""
    with Image.open(BytesIO(png)) as image:
        whole = image.convert("RGB")
    counted = whole.getcolors(whole.width * whole.height) or []
    frequent = [colour for _count, colour in sorted(counted, reverse=True)[:COLOURS]]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in frequent for value in _parts(colour)])
    few = whole.quantize(palette=palette, dither=Image.Dither.NONE)
    few.save(path, "PNG", optimize=True)
