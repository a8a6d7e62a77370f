"""The fonts of pages: one family for Latin and Devanagari, in files as small as pages need.

The published files hold letters that no page shows, and weights from 100 to 900. What is written here has the weights
that the pages use (400 to 750), and stays variable.
`parking/web/static/web/fonts.css` names the files and says for which letters browsers fetch each.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from deploy import npm

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

LIGHTEST, BOLDEST = 400, 750
# tnum: digits of one width; zero: a slashed zero, for plates; case: marks at the height of capitals.
SIZE = 14  # the cut for text; the one for headlines would double the file
# tnum: digits of one width; zero: a slashed zero, for plates; case: marks at the height of capitals.
LATIN_FEATURES = ("kern", "ccmp", "locl", "mark", "calt", "tnum", "zero", "case")
_INTER = "inter-ui/variable/InterVariable.woff2"
_DEVANAGARI = "@fontsource-variable/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-wght-normal.woff2"


@dataclass(frozen=True)
class WebFont:
    """A file to write: from which published one, for which letters; without `features` all those of the letters."""

    source: str
    letters: frozenset[int]
    features: tuple[str, ...] = ()


def _span(first: int, last: int) -> frozenset[int]:
    return frozenset(range(first, last + 1))


WEB_FONTS = {
    "fonts/inter.woff2": WebFont(
        _INTER,
        _span(0x20, 0x7E) | _span(0xA0, 0xFF) | _span(0x2010, 0x2026) | _span(0x2190, 0x2193) | {0x20B9, 0x2212},
        LATIN_FEATURES,
    ),
    # Letters of names that few pages show.
    "fonts/inter-ext.woff2": WebFont(_INTER, _span(0x100, 0x24F) | _span(0x1E00, 0x1EFF), ("kern", "ccmp", "mark")),
    "fonts/devanagari.woff2": WebFont(_DEVANAGARI, _span(0x900, 0x97F) | {0x200C, 0x200D, 0x25CC}),
    # The name of the language, on English pages: they need not fetch the rest for it.
    "fonts/hindi-word.woff2": WebFont(_DEVANAGARI, frozenset(map(ord, "हिन्दी"))),
}


def content(font: WebFont) -> bytes:
    """Return the file as WOFF2; the same bytes for the same package."""
    # Only what has changed is made, and a start mostly finds nothing that has.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    opened = TTFont(npm.MODULES / font.source, recalcTimestamp=False)
    options = Options(flavor="woff2", layout_features=list(font.features) or ["*"], hinting=False, notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.letters)
    subsetter.subset(opened)
    limits: dict[str, float | tuple[float, float]] = {"wght": (LIGHTEST, BOLDEST)}
    if any(axis.axisTag == "opsz" for axis in opened["fvar"].axes):
        limits["opsz"] = SIZE
    instantiateVariableFont(opened, limits, inplace=True)
    _keep_tabular_digits_only(opened)
    opened.flavor = "woff2"
    written = BytesIO()
    opened.save(written)
    return written.getvalue()


def _keep_tabular_digits_only(font: "TTFont") -> None:
    """Leave hyphens and spaces their own width: pages switch tabular digits on for whole texts."""
    if "GSUB" not in font:
        return
    table = font["GSUB"].table
    digits = {font.getBestCmap().get(ord(digit)) for digit in "0123456789"}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for part in table.LookupList.Lookup[index].SubTable:
                subst = getattr(part, "ExtSubTable", part)
                subst.mapping = {name: to for name, to in subst.mapping.items() if name in digits}
