"""Small valid images: 64 by 64 pixels, two tones, the same bytes for the same look."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

_SIZE = 64
_LOOKS = 96
_FORMATS = {".jpg": "JPEG", ".png": "PNG"}


def picture(look: int, suffix: str) -> bytes:
    """The file's bytes for a look, any whole number, and a suffix, ".jpg" or ".png"."""
    return _drawn(look % _LOOKS, suffix)


@lru_cache(maxsize=2 * _LOOKS)
def _drawn(look: int, suffix: str) -> bytes:
    hue = 360 * look // _LOOKS
    image = Image.new("RGB", (_SIZE, _SIZE), f"hsl({hue}, 55%, 88%)")
    margin = 8 + look % 5 * 3
    box = (margin, margin, _SIZE - margin, _SIZE - margin)
    draw = ImageDraw.Draw(image)
    shape = (draw.ellipse, draw.rectangle)[look % 2]
    shape(box, fill=f"hsl({hue}, 60%, 42%)")
    target = BytesIO()
    image.save(target, _FORMATS[suffix])
    return target.getvalue()
