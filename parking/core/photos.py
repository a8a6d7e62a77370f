"""Photos that people take: checked by their content, turned upright, made smaller, kept without what cameras add."""

import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from parking.core.errors import Refused

MOST_BYTES = 12_000_000
MOST_PIXELS = 64_000_000
# Of formats that can only be unpacked whole: three of them at once must fit into a web process.
MOST_UNPACKED = 25_000_000
SIDE = 2000  # the longer side of what is kept, at most
FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 80
# What the readers of the formats raise for pictures, and for notes of cameras (EXIF), that are broken: each its own.
_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    subprocess.SubprocessError,
    Image.DecompressionBombError,
)
_HEIC = Path(__file__).with_name("heic.py")
_HEIC_SECONDS = 20


def as_photo(content: bytes) -> bytes:
    """Return a photo as JPEG, drawn again, so that nothing but its pixels is left: no place, time or device.

    Raises Refused `photo_invalid` for what is no JPEG, PNG, HEIC or WebP, is larger than 12 MB or has more than 64
    million pixels, as PNG or WebP 25 million.
    """
    refused = Refused("photo_invalid", "A JPEG, PNG, HEIC or WebP photo of at most 12 MB is needed")
    if len(content) > MOST_BYTES:
        raise refused
    try:
        # Phones keep HEIC; a browser that cannot read it sends it as it is.
        drawn = _unpacked_heic(content) if content[4:8] == b"ftyp" else _unpacked(content)
    except _UNREADABLE as error:
        raise refused from error
    drawn.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    written = BytesIO()
    drawn.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()


def _unpacked(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        # Its head says how large it becomes, before anything is unpacked.
        if image.width * image.height > (MOST_PIXELS if image.format == "JPEG" else MOST_UNPACKED):
            raise ValueError("too many pixels")
        image.draft("RGB", (SIDE, SIDE))  # a JPEG is unpacked no larger than needed
        drawn = image.convert("RGB")
        # Made smaller before it is turned, which takes a second copy. Its notes of how the camera was held go along.
        drawn.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        return ImageOps.exif_transpose(drawn)


def _unpacked_heic(content: bytes) -> Image.Image:
    """Return a HEIC photo as `core/heic.py` reads it. Raises SubprocessError where that ends."""
    command = [sys.executable, "-I", str(_HEIC), str(MOST_PIXELS), str(SIDE)]
    done = subprocess.run(  # noqa: S603  # our own program, and numbers
        command, input=content, capture_output=True, check=True, timeout=_HEIC_SECONDS
    )
    head, _, pixels = done.stdout.partition(b"\n")
    width, height = map(int, head.split())
    return Image.frombytes("RGB", (width, height), pixels)
