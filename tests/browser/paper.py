"""A receipt printer in the memory: it renders the bytes of ESC/POS that it gets as a picture of the paper."""

from io import BytesIO

from PIL import Image

_RASTER, _HEAD = b"\x1dv0\x00", 8


class Printer:
    """Understands what our pages send: reset, feed by dots, pictures, cut. Anything else is an error."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[bytes] = []
        self.cuts = 0

    def take(self, sent: bytes) -> None:
        """Print what is sent."""
        while sent:
            sent = sent[self._take_one(sent) :]

    def _take_one(self, sent: bytes) -> int:
        if sent.startswith(b"\x1b@"):
            return 2
        if sent.startswith(b"\x1bJ"):
            self.rows += [bytes(self.width // 8)] * sent[2]
            return 3
        if sent.startswith(b"\x1dVB"):
            self.cuts += 1
            return 4
        if sent.startswith(_RASTER):
            across, down = int.from_bytes(sent[4:6], "little"), int.from_bytes(sent[6:8], "little")
            assert across * 8 == self.width, "wider than the paper"
            end = _HEAD + across * down
            self.rows += [sent[at : at + across] for at in range(_HEAD, end, across)]
            return end
        raise AssertionError(f"no command of this printer: {sent[:4]!r}")

    def picture(self) -> bytes:
        """Return the paper as PNG."""
        ink = bytes(byte ^ 0xFF for row in self.rows for byte in row)
        out = BytesIO()
        Image.frombytes("1", (self.width, len(self.rows)), ink).save(out, "PNG")
        return out.getvalue()
