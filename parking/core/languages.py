"""The languages that are installed: each is a file (docs/languages.md)."""

from django.conf import settings


def installed() -> dict[str, str]:
    """Return the own names of the languages by their codes, English first."""
    return dict(settings.LANGUAGES)


def choices() -> list[tuple[str, str]]:
    """Return code and own name of each language, for the fields of forms."""
    return list(installed().items())


def known_or_english(code: str) -> str:
    """Return a code; that of English for a language that is not installed, or not any more."""
    return code if code in installed() else settings.LANGUAGE_CODE
