"""QR pictures."""

import io

import segno

# Four modules of white around the code, as the standard (ISO/IEC 18004) asks.
_BORDER = 4


def _code(text: str) -> segno.QRCode:
    # Level M stands a scratched screen; the code fits the small version 1 or 2 either way.
    return segno.make_qr(text, error="m")


def qr_svg(text: str) -> bytes:
    """The code as SVG, black on white, growing with its place."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", scale=8, border=_BORDER, light="#fff", omitsize=True)
    return out.getvalue()


def qr_png(text: str) -> bytes:
    """The code as PNG with ten pixels a module."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=10, border=_BORDER)
    return out.getvalue()


def qr_data_uri(text: str) -> str:
    """The code as an address for <img>: the picture is in the page itself, so that it is there without network."""
    address: str = _code(text).svg_data_uri(scale=8, border=_BORDER, light="#fff", omitsize=True)
    return address
