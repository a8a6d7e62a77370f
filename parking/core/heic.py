"""Read a HEIC photo in a process of its own: the library that unpacks it ends its process at some broken files.

    python heic.py MOST_PIXELS SIDE < photo > pixels

Writes the width and the height, then three bytes for each pixel, turned upright, no side longer than SIDE. Whatever
goes wrong ends it with another exit code than 0. It imports nothing of the project, so that it starts quickly.
"""

import resource
import sys
from io import BytesIO

from pi_heif import options, register_heif_opener
from PIL import Image, ImageOps

# What the largest photo needs, three times. A file that is small may unpack to more than any machine has.
MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 15


def main(most_pixels: int, side: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    # Neither it nor what it leaves behind when it breaks takes much from the gates.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    options.DECODE_THREADS = 1
    register_heif_opener(thumbnails=False)
    with Image.open(BytesIO(sys.stdin.buffer.read()), formats=("HEIF",)) as image:
        # Its head says how large it becomes, before anything is unpacked.
        if image.width * image.height > most_pixels:
            sys.exit(1)
        drawn = ImageOps.exif_transpose(image).convert("RGB")
    drawn.thumbnail((side, side), Image.Resampling.LANCZOS)
    sys.stdout.buffer.write(b"%d %d\n" % drawn.size)
    sys.stdout.buffer.write(drawn.tobytes())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
