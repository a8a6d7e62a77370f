"""Photos that people take: checked by their content, turned upright, made smaller, kept without what cameras add."""

import struct
from io import BytesIO

from pi_heif import register_heif_opener
from PIL import Image, ImageOps

from parking.core.errors import Refused

MOST_BYTES = 12_000_000
MOST_PIXELS = 64_000_000
SIDE = 2000  # the longer side of what is kept, at most
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
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
    Image.DecompressionBombError,
)

# Phones keep HEIC; a browser that cannot read it sends it as it is. Only who names the format gets it (FORMATS).
register_heif_opener(thumbnails=False)


def as_photo(content: bytes) -> bytes:
    """Return a photo as JPEG, drawn again, so that nothing but its pixels is left: no place, time or device.

    Raises Refused `photo_invalid` for what is no JPEG, PNG, HEIC or WebP, is larger than 12 MB or has more than 64
    million pixels.
    """
    refused = Refused("photo_invalid", "A JPEG, PNG, HEIC or WebP photo of at most 12 MB is needed")
    if len(content) > MOST_BYTES:
        raise refused
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            # Its head says how large it becomes, before anything is unpacked.
            if image.width * image.height > MOST_PIXELS:
                raise refused
            image.draft("RGB", (SIDE, SIDE))  # a JPEG is unpacked no larger than needed
            drawn = ImageOps.exif_transpose(image).convert("RGB")
    except _UNREADABLE as error:
        raise refused from error
    drawn.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    written = BytesIO()
    drawn.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()
