"""Pictures of the operator: checked by their content, drawn again as PNG, kept under their digest."""

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from parking.core.errors import Refused
from parking.core.models import Picture

MOST_BYTES = 1_000_000
MOST_PIXELS = 25_000_000
SIDE = 512  # the longer side of what is kept, at most
FORMATS = ("PNG", "JPEG", "WEBP")


def keep_picture(content: bytes, *, now: datetime) -> str:
    """Keep a picture and return its digest; the same picture is kept once.

    It is drawn again, so nothing but its pixels is kept. Raises Refused `picture_invalid` for what is no PNG, JPEG or
    WebP, is larger than 1 MB or has more than 25 million pixels.
    """
    png = _drawn_again(content)
    digest = sha256(png).hexdigest()[:16]
    Picture.objects.get_or_create(digest=digest, defaults={"png": png, "created_at": now})
    return digest


def picture(digest: str) -> bytes | None:
    """Return a kept picture as PNG; None if there is none."""
    try:
        return _kept(digest)
    except Picture.DoesNotExist:
        return None


@lru_cache(maxsize=8)
def _kept(digest: str) -> bytes:
    # What is missing raises, so that it is not remembered as missing.
    return bytes(Picture.objects.get(digest=digest).png)


def digest_problem(digest: str) -> str | None:
    """Return why this names no picture, in a sentence; None if it does, or is empty."""
    return None if not digest or picture(digest) is not None else "There is no such picture: upload it"


def _drawn_again(content: bytes) -> bytes:
    refused = Refused("picture_invalid", "A PNG, JPEG or WebP picture of at most 1 MB is needed")
    if len(content) > MOST_BYTES:
        raise refused
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            # Its head says how large it becomes, before anything is unpacked.
            if image.width * image.height > MOST_PIXELS:
                raise refused
            drawn = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise refused from error
    drawn.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    written = BytesIO()
    drawn.save(written, "PNG", optimize=True)
    return written.getvalue()
