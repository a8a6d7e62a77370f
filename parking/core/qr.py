"""QR codes as pictures."""

import io

import segno

# Four modules of white around the code, as the standard (ISO/IEC 18004) asks.
_BORDER = 4


def _code(text: str) -> segno.QRCode:
    # Level M survives a scratched screen; the code fits the small version 1 or 2 either way.
    return segno.make_qr(text, error="m")


def qr_svg(text: str) -> bytes:
    """Return the code as SVG, black on white, scaling to its container."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", scale=8, border=_BORDER, light="#fff", omitsize=True)
    return out.getvalue()


def qr_rows(text: str) -> list[str]:
    """Return the code row by row, 1 for black and 0 for white, with its white border: for printers."""
    return ["".join("1" if cell else "0" for cell in row) for row in _code(text).matrix_iter(border=_BORDER)]


def qr_png(text: str) -> bytes:
    """Return the code as PNG with ten pixels a module."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=10, border=_BORDER)
    return out.getvalue()


def qr_data_uri(text: str) -> str:
    """Return the code as a data URI for <img>: part of the page itself, so it shows without network."""
    address: str = _code(text).svg_data_uri(scale=8, border=_BORDER, light="#fff", omitsize=True)
    return address
