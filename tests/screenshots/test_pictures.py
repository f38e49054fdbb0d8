"""How a picture is made small."""

from io import BytesIO

from PIL import Image

from screenshots.pictures import COLOURS, choose, shrink

RED = (163, 36, 29)


def page() -> Image.Image:
    """A page of many greys with one red word."""
    image = Image.linear_gradient("L").resize((600, 512)).convert("RGB")
    image.paste(RED, (300, 100, 304, 103))
    return image


class TestShrink:
    def test_a_rare_colour_stays_what_it_is(self, tmp_path):
        out = BytesIO()
        page().save(out, "PNG")
        shrink(out.getvalue(), tmp_path / "small.png")
        with Image.open(tmp_path / "small.png") as small:
            whole = small.convert("RGB")
        assert whole.getpixel((301, 101)) == RED
        assert whole.size == (600, 512)
        assert len(whole.getcolors()) == COLOURS

    def test_every_dot_gets_the_nearest_colour(self, tmp_path):
        out = BytesIO()
        page().save(out, "PNG")
        shrink(out.getvalue(), tmp_path / "small.png")
        with Image.open(tmp_path / "small.png") as small:
            pairs = zip(page().tobytes(), small.convert("RGB").tobytes(), strict=True)
        assert max(abs(before - after) for before, after in pairs) <= 8


class TestChoice:
    def test_few_colours_are_all_kept(self):
        counts = {(0, 0, 0): 5, (255, 255, 255): 90, RED: 1}
        assert set(choose(counts, COLOURS)) == set(counts)
