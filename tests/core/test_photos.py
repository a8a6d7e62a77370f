"""Photos: drawn again, upright and small, however large they come, within the memory of a web process."""

from io import BytesIO

import pytest
from PIL import Image

from parking.core import photos
from parking.core.errors import Refused
from parking.core.photos import as_photo

# The number of the note that says how a camera was held, and its value for one on its side.
ORIENTATION, TURNED = 274, 6


def written(image: Image.Image, form: str) -> bytes:
    notes = image.getexif()
    notes[ORIENTATION] = TURNED
    file = BytesIO()
    image.save(file, form, exif=notes)
    return file.getvalue()


def size_of(photo: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(photo)) as image:
        assert (image.format, dict(image.getexif())) == ("JPEG", {})
        return image.size


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("size", "kept"), [((640, 480), (480, 640)), ((2400, 1200), (1000, 2000))])
def test_a_photo_is_upright_small_and_without_notes(form: str, size: tuple[int, int], kept: tuple[int, int]) -> None:
    assert size_of(as_photo(written(Image.new("RGB", size), form))) == kept


def test_which_side_is_up_is_right() -> None:
    image = Image.new("RGB", (60, 30), "white")
    image.paste("black", (0, 0, 30, 30))
    with Image.open(BytesIO(as_photo(written(image, "PNG")))) as upright:
        assert upright.size == (30, 60)
        assert upright.getpixel((15, 10)) == (0, 0, 0)
        assert upright.getpixel((15, 50)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_can_only_be_unpacked_whole_has_a_lower_limit(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_UNPACKED", 60 * 40)
    assert size_of(as_photo(written(Image.new("RGB", (60, 40)), form))) == (40, 60)
    with pytest.raises(Refused, match="photo of at most 12 MB"):
        as_photo(written(Image.new("RGB", (60, 41)), form))


def test_a_large_jpeg_is_taken_because_it_is_unpacked_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_UNPACKED", 60 * 40)
    assert size_of(as_photo(written(Image.new("RGB", (60, 41)), "JPEG"))) == (41, 60)
