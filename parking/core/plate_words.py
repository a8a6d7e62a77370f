"""How a number plate is written for people: in the groups in which it is read. Machines get it as it is stored."""

from collections.abc import Iterable

from parking.core.texts import NO_BREAK


def plate_text(plate: str) -> str:
    """Return a plate in the groups in which it is read: DL 01 AB 1234."""
    return " ".join(plate.replace("-", " ").split()) or plate


def plate_words(plate: str) -> str:
    """Return a plate in its groups, for lines of text and tooltips; with spaces that do not break."""
    return plate_text(plate).replace(" ", NO_BREAK)


def plates_words(plates: Iterable[str]) -> str:
    """Return some plates in a line of text, which breaks between them alone."""
    return ", ".join(plate_words(one) for one in plates)
