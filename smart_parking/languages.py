"""The languages of the pages: English, and each that has a catalogue of messages."""

from collections.abc import Iterable
from pathlib import Path

from django.conf.locale import LANG_INFO

SOURCE = "en"
# Spelled as everywhere here; Django has another spelling.
_OWN_NAMES = {"hi": "हिन्दी"}


def languages_in(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """Return codes and own names: English first, then those of `folder/<code>/LC_MESSAGES/django.mo`, by code.

    A folder whose name is no language that Django knows counts for nothing: its dates could not be written.
    """
    files = [path for folder in folders for path in folder.glob("*/LC_MESSAGES/django.[mp]o")]
    codes = {path.parent.parent.name.replace("_", "-").lower() for path in files} - {SOURCE}
    return [(code, own_name(code)) for code in (SOURCE, *sorted(codes)) if "name_local" in LANG_INFO.get(code, {})]


def own_name(code: str) -> str:
    """Return what a language is called by those who speak it."""
    name: str = _OWN_NAMES.get(code) or LANG_INFO[code]["name_local"]
    return name[:1].upper() + name[1:]
