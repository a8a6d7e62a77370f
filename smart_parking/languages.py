"""The languages of the pages: English, and each that has a catalogue of messages (docs/languages.md)."""

from collections.abc import Iterable
from pathlib import Path

from babel import Locale, UnknownLocaleError

SOURCE = "en"
# Of an account's column.
_LONGEST_CODE = 5


def languages_in(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """Return codes and own names: English first, then those of `folder/<code>/LC_MESSAGES/django.po` or `.mo`, by code.

    A folder whose name is no language that pages can be written in counts for nothing.
    """
    files = [path for folder in folders for path in folder.glob("*/LC_MESSAGES/django.[mp]o")]
    codes = {path.parent.parent.name.replace("_", "-").lower() for path in files} - {SOURCE}
    names = {code: own_name(code) for code in (SOURCE, *sorted(codes))}
    return [(code, name) for code, name in names.items() if name]


def own_name(code: str) -> str:
    """Return what a language is called by those who read it; empty for one that pages cannot be written in.

    That is what nobody knows, what is written from right to left, and what has a longer code than an account keeps.
    """
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    if locale.text_direction == "rtl" or len(code) > _LONGEST_CODE:
        return ""
    name = locale.get_display_name(locale) or ""
    return name[:1].upper() + name[1:]
