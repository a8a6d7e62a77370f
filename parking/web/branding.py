"""The brand on pages: its colours as a style sheet, and the icons of the installed application."""

from functools import lru_cache
from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw

from parking.core.brand import COLOUR, Shades, dark_shades, light_shades, rgb
from parking.core.pictures import picture
from parking.core.site_settings import BRAND_COLOUR, BRAND_LOGO, own_logo

# Sides in pixels, by name; what is cut to a circle needs a margin and no corners of its own.
ICONS = {"192": 192, "512": 512, "maskable": 512, "apple-touch": 180}
_ROUNDED = {"192", "512"}
_FINER = 4  # drawn larger and made smaller, for smooth edges
_KEPT = "public, max-age=86400"
# The letter P in a square of 28: its stem, and the bow as an arc.
_STEM = (10, 7, 10, 22)


@require_safe
def style_sheet(_request: HttpRequest) -> HttpResponse:
    """Return the brand's colours in both themes; pages link it where the colour is not the usual one."""
    colour = BRAND_COLOUR.at(None)
    sheet = _rule(':root, [data-bs-theme="light"]', light_shades(colour)) + _rule(
        '[data-bs-theme="dark"]', dark_shades(colour)
    )
    return HttpResponse(sheet, content_type="text/css; charset=utf-8", headers={"Cache-Control": _KEPT})


@require_safe
def icon(_request: HttpRequest, name: str) -> HttpResponse:
    """Return an icon as PNG, in the brand's colour. Raises Http404 for other names than those of ICONS."""
    if name not in ICONS:
        raise Http404
    drawn = drawn_icon(name, BRAND_COLOUR.at(None), BRAND_LOGO.at(None))
    return HttpResponse(drawn, content_type="image/png", headers={"Cache-Control": _KEPT})


@require_safe
def logo(_request: HttpRequest) -> HttpResponse:
    """Return the operator's logo as PNG. Raises Http404 where there is none."""
    png = own_logo()
    if png is None:
        raise Http404
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": _KEPT})


def logo_version() -> str:
    """Return what the address of the logo carries; empty where there is no logo."""
    return BRAND_LOGO.at(None)


def version() -> str:
    """Return what addresses of the style sheet and the icons carry, so that browsers may keep them."""
    return BRAND_COLOUR.at(None).removeprefix("#") + BRAND_LOGO.at(None)[:6]


def has_own_colour() -> bool:
    """Return whether the operator chose a colour."""
    return BRAND_COLOUR.at(None).lower() != COLOUR


def _rule(selector: str, shades: Shades) -> str:
    values = {
        "brand": shades.brand,
        "brand-strong": shades.strong,
        "brand-ink": shades.ink,
        "brand-soft": shades.soft,
        "brand-line": shades.line,
    }
    lines = "".join(f"  --{name}: {value};\n" for name, value in values.items())
    return f"{selector} {{\n{lines}}}\n"


@lru_cache(maxsize=16)
def drawn_icon(name: str, colour: str, logo_digest: str = "") -> bytes:
    """Return the picture: the logo on white, or without one a white P on the colour."""
    side = ICONS[name] * _FINER
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    corner = side / 4 if name in _ROUNDED else 0
    own = picture(logo_digest) if logo_digest else None
    ground = (255, 255, 255) if own else rgb(colour)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=corner, fill=(*ground, 255))
    if own:
        _paste(image, own, share=0.56 if name == "maskable" else 0.76)
    else:
        scale = side / 28 * (0.7 if name == "maskable" else 1)
        _letter(pen, scale, offset=(side - 28 * scale) / 2)
    written = BytesIO()
    image.resize((ICONS[name], ICONS[name]), Image.Resampling.LANCZOS).save(written, "PNG", optimize=True)
    return written.getvalue()


def _paste(image: Image.Image, png: bytes, *, share: float) -> None:
    """Put a picture in the middle, as large as this share of the side allows."""
    with Image.open(BytesIO(png), formats=["PNG"]) as opened:
        drawn = opened.convert("RGBA")
    scale = image.width * share / max(drawn.size)
    drawn = drawn.resize((max(round(drawn.width * scale), 1), max(round(drawn.height * scale), 1)))
    image.alpha_composite(drawn, ((image.width - drawn.width) // 2, (image.height - drawn.height) // 2))


def _letter(pen: ImageDraw.ImageDraw, scale: float, *, offset: float) -> None:
    def at(*numbers: float) -> list[float]:
        return [number * scale + offset for number in numbers]

    width, half = round(3 * scale), 1.5 * scale
    white = (255, 255, 255, 255)
    pen.line(at(*_STEM), fill=white, width=width)
    for x, y in ((10, 7), (10, 22)):
        left, top = at(x, y)
        pen.ellipse((left - half, top - half, left + half, top + half), fill=white)
    pen.line(at(10, 7, 15.2, 7), fill=white, width=width)
    pen.line(at(10, 16.2, 15.2, 16.2), fill=white, width=width)
    left, top, right, bottom = at(10.6, 7, 19.8, 16.2)
    pen.arc((left - half, top - half, right + half, bottom + half), -90, 90, fill=white, width=width)
