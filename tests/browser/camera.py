"""A camera that sees one picture: the file that Chromium takes for it (`--use-file-for-fake-video-capture`)."""

from io import BytesIO
from pathlib import Path

import segno
from PIL import Image

WIDTH, HEIGHT = 640, 480
FRAMES = 2
# The picture as it lies under a camera: not too small, with a rim.
SHARE = 0.7


Picture = str | bytes | Path | None


class Camera:
    """What pages of one Chromium see through their cameras."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.show(None)

    def show(self, picture: Picture) -> None:
        """Point the camera at a picture (PNG), at the QR code of a text, or at nothing; an open one sees it too.

        Chromium reads frame by frame from the file that it has opened: it is written over, not replaced.
        """
        # Y4M: brightness of each pixel, then two planes of colour at half the size; 128 is grey.
        frame = b"FRAME\n" + _fitted(_image(picture)).tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2)
        content = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * FRAMES
        with self.file.open("r+b" if self.file.exists() else "wb") as file:
            file.write(content)


def _image(picture: Picture) -> Image.Image:
    if picture is None:
        return Image.new("L", (8, 8), 200)
    return _qr(picture) if isinstance(picture, str) else _opened(picture)


def _qr(text: str) -> Image.Image:
    png = BytesIO()
    segno.make(text, error="m", micro=False).save(png, kind="png", scale=8, border=4)
    return Image.open(png).convert("L")


def _opened(picture: bytes | Path) -> Image.Image:
    return Image.open(BytesIO(picture) if isinstance(picture, bytes) else picture).convert("L")


def _fitted(image: Image.Image) -> Image.Image:
    scale = min(WIDTH, HEIGHT) * SHARE / max(image.size)
    small = image.resize((round(image.width * scale), round(image.height * scale)))
    scene = Image.new("L", (WIDTH, HEIGHT), 235)
    scene.paste(small, ((WIDTH - small.width) // 2, (HEIGHT - small.height) // 2))
    return scene
