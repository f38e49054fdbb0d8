"""Pictures of pages are flat areas and text: a palette keeps them small."""

from io import BytesIO
from pathlib import Path

from PIL import Image

COLOURS = 128


def shrink(png: bytes, path: Path) -> None:
    """Write a picture with at most `COLOURS` colours."""
    with Image.open(BytesIO(png)) as image:
        few = image.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        few.save(path, "PNG", optimize=True)
