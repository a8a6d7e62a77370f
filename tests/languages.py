"""A third language, as an operator drops it: a file in a folder that a setting names."""

from pathlib import Path
from typing import Any

from deploy import messages
from deploy.messages import places_in
from smart_parking.languages import languages_in

KANNADA = {
    "Sign in": "ಸೈನ್ ಇನ್",
    "Slot": "ಸ್ಥಳ",
    "Show this code at the exit. You pay there, or before.": "ನಿರ್ಗಮನದಲ್ಲಿ ಈ ಕೋಡ್ ತೋರಿಸಿ.",
    "Entry": "ಪ್ರವೇಶ",
    "Total": "ಒಟ್ಟು",
    "Cash": "ನಗದು",
    "Welcome": "ಸ್ವಾಗತ",
    "To pay": "ಪಾವತಿಸಬೇಕು",
    "Pay %(amount)s in cash at the counter": "%(amount)s ಅನ್ನು ಕೌಂಟರ್‌ನಲ್ಲಿ ನಗದಾಗಿ ನೀಡಿ",
}


def catalogue(folder: Path, code: str, texts: dict[str, str]) -> Path:
    """Write `folder/<code>/LC_MESSAGES/django.po`, as a translator would."""
    path = folder / code / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    path.write_text(head + "".join(f'msgid "{english}"\nmsgstr "{text}"\n\n' for english, text in texts.items()))
    return path


def install(folder: Path, settings: Any, code: str, texts: dict[str, str]) -> None:
    """Add a language to this process, by what `make run` does with the operator's folder, and what the settings do."""
    catalogue(folder / "own", code, texts)
    for place in places_in(folder, folder / "own"):
        messages.compile_(place)
    settings.LOCALE_PATHS = [folder / "own", *settings.LOCALE_PATHS]
    settings.LANGUAGES = languages_in(settings.LOCALE_PATHS)
