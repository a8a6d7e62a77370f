"""Which files of others browsers get from us, and in what form; and the fonts of printed documents.

They are native modules: what their publishers build only as a script gets an `export` line. Fonts are cut to what
pages need (`web_fonts.py`). Nothing else is changed, nothing is bundled. Pages name them `{% static "vendor/..." %}`,
our modules import them by relative path.

    python -m deploy.vendor     fetches them into `.cache/vendor` and `.cache/fonts`; `deploy.assets` does so too
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

from deploy import npm, web_fonts

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".cache" / "vendor"
FONTS_HOME = ROOT / ".cache" / "fonts"
STAMP = ROOT / ".cache" / "vendor.stamp"
ICON_LIST = ROOT / "deploy" / "icons.txt"

AS_THEY_ARE = {
    "echarts.js": "echarts/dist/echarts.esm.min.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet/images/layers.png": "leaflet/dist/images/layers.png",
    "leaflet/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "leaflet/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "leaflet/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
    "barcode-detector/ponyfill.js": "barcode-detector/dist/es/ponyfill.js",
    "barcode-detector/zxing-exported.js": "barcode-detector/dist/es/zxing-exported.js",
    # The very release that barcode-detector was built with: it checks.
    "barcode-detector/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
}
# Smaller than the same publishers' modules, which are not minified.
SCRIPTS = {
    "htmx.js": ("htmx.org/dist/htmx.min.js", "export default htmx;"),
    "idiomorph.js": ("idiomorph/dist/idiomorph.min.js", "export { Idiomorph };"),
    "leaflet/leaflet.js": ("leaflet/dist/leaflet.js", "export default globalThis.L;"),
}
# What parking/invoices/fonts.py reads, for names in these scripts. Browsers have their own.
FONTS = {
    f"{script}-{weight}.woff": (
        f"@fontsource/noto-sans-{script}/files/noto-sans-{script}-{script}-{weight}-normal.woff"
    )
    for script in ("bengali", "gujarati", "gurmukhi", "kannada", "malayalam", "oriya", "tamil", "telugu")
    for weight in (400, 700)
}
SOURCE_MAP = re.compile(rb"\s*(?://|/\*)# sourceMappingURL=[^\s*]+(?: \*/)?\s*$")  # the maps are not served
ICON = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
BACKGROUND = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def checksum() -> str:
    """Return a checksum of all that decides what is copied."""
    own = Path(__file__).read_bytes() + Path(web_fonts.__file__).read_bytes() + ICON_LIST.read_bytes()
    return hashlib.sha256(npm.checksum().encode() + own).hexdigest()


def prepare() -> None:
    """Bring `.cache/vendor` up to date. Raises npm.Failure."""
    wanted = checksum()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    npm.install()
    STAMP.unlink(missing_ok=True)
    shutil.rmtree(HOME, ignore_errors=True)
    for name, source in AS_THEY_ARE.items():
        _write(name, _read(source))
    _prepare_fonts()
    for name, (source, export) in SCRIPTS.items():
        _write(name, _read(source) + f"\n{export}\n".encode())
    for name, font in web_fonts.WEB_FONTS.items():
        _write(name, web_fonts.content(font))
    _write("icons.svg", _icons().encode())
    _write("licenses.txt", _licenses().encode())
    STAMP.write_text(wanted)


def _prepare_fonts() -> None:
    shutil.rmtree(FONTS_HOME, ignore_errors=True)
    FONTS_HOME.mkdir(parents=True)
    for name, source in FONTS.items():
        (FONTS_HOME / name).write_bytes((npm.MODULES / source).read_bytes())
    packages = sorted({_package(source) for source in FONTS.values()})
    (FONTS_HOME / "licenses.txt").write_text("\n\n".join(_license(name) for name in packages))


def _read(source: str) -> bytes:
    return SOURCE_MAP.sub(b"\n", (npm.MODULES / source).read_bytes())


def _write(name: str, content: bytes) -> None:
    path = HOME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _icons() -> str:
    """Return one file of symbols, `<use href="...icons.svg#car">`; colour and thickness are the page's."""
    look = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    symbols = "".join(
        f'<symbol id="{name}" {look}>{_drawing(name)}</symbol>\n' for name in ICON_LIST.read_text().split()
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def _drawing(name: str) -> str:
    path = npm.MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not path.is_file():
        raise npm.Failure(f"Tabler has no icon '{name}', which {ICON_LIST.name} names.")
    found = ICON.search(path.read_text())
    if found is None:
        raise npm.Failure(f"The icon '{name}' is not in the form that is expected.")
    return "".join(line.strip() for line in found[1].splitlines()).replace(BACKGROUND, "")


def _licenses() -> str:
    """Return the licences of these files, most of which must be passed on with them."""
    sources = [*AS_THEY_ARE.values(), *(source for source, _ in SCRIPTS.values())]
    sources += [font.source for font in web_fonts.WEB_FONTS.values()]
    packages = sorted({_package(source) for source in sources})
    return "\n\n".join(_license(name) for name in [*packages, "@tabler/icons", "zrender"])  # echarts contains the last


def _package(source: str) -> str:
    return "/".join(source.split("/")[: 2 if source.startswith("@") else 1])


def _license(package: str) -> str:
    texts = [path.read_text() for path in sorted((npm.MODULES / package).glob("LICEN[CS]E*"))]
    return "\n".join([f"--- {package} ---", *texts])


if __name__ == "__main__":
    sys.exit(npm.say_failure(prepare))
