"""The colours of a brand: whether one can be read, and what is made of it. Pure."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext

NAME = "Smart Parking"
COLOUR = "#1652c4"
LEAST_CONTRAST = 4.5
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_WHITE, _BLACK = "#ffffff", "#000000"
# The grounds of tokens.css on which text stands in the brand's colour: the darkest light one, the lightest dark one.
_LIGHT_GROUND, _DARK_GROUND, _DARK_PAGE = "#eef0f4", "#161b24", "#0e1117"
_DARK_INK = "#0b1630"

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Shades:
    """A brand in one theme: what is filled with it, the text on that, and a soft ground for text in it."""

    brand: str
    strong: str
    ink: str
    soft: str
    line: str


def colour_problem(colour: str) -> str | None:
    """Return why this cannot be a brand's colour, in a sentence in the reader's language; None if it can."""
    if not _HEX.fullmatch(colour):
        return gettext("A colour is # and six digits or letters from a to f, such as #1652c4")
    found = contrast(colour, _WHITE)
    if found >= LEAST_CONTRAST:
        return None
    # Never rounded up to the limit that was missed.
    text = gettext("White text on this colour has a contrast of %(found)s to 1, and 4.5 is needed: take a darker one")
    return text % {"found": int(found * 10) / 10}


def light_shades(colour: str) -> Shades:
    """Return the shades of the light theme: the colour itself, darkened as far as text on grey needs."""
    while min(contrast(colour, _LIGHT_GROUND), contrast(colour, mixed(colour, _WHITE, 0.1))) < LEAST_CONTRAST:
        colour = mixed(colour, _BLACK, 0.95)
    return Shades(
        brand=colour,
        strong=mixed(colour, _BLACK, 0.78),
        ink=_WHITE,
        soft=mixed(colour, _WHITE, 0.1),
        line=mixed(colour, _WHITE, 0.3),
    )


def dark_shades(colour: str) -> Shades:
    """Return the shades of the dark theme: the colour lightened until it can be read on dark grounds."""
    while min(contrast(colour, ground) for ground in (_DARK_GROUND, mixed(colour, _DARK_PAGE, 0.18), _DARK_INK)) < 6:
        colour = mixed(colour, _WHITE, 0.93)
    return Shades(
        brand=colour,
        strong=mixed(colour, _WHITE, 0.7),
        ink=_DARK_INK,
        soft=mixed(colour, _DARK_PAGE, 0.18),
        line=mixed(colour, _DARK_PAGE, 0.4),
    )


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours as WCAG counts it: from 1 to 21."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """Return a mixture that holds this share of the first colour."""
    parts = (round(one * share + two * (1 - share)) for one, two in zip(rgb(colour), rgb(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def rgb(colour: str) -> Rgb:
    """Return red, green and blue, each up to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)
