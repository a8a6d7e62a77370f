"""What notes, problems and marks of a session are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOTE_KINDS: dict[str, Promise] = {
    "NOTE": _("Note"),
    "IDENTIFICATION": _("Who the driver is"),
    "PAYMENT": _("Payment"),
    "DAMAGE": _("Damage"),
    "CONFLICT": _("Conflict"),
    "OTHER": _("Something else"),
}

MARKS: dict[str, Promise] = {
    "WITHOUT_QR": _("Without a code"),
    "FOUND": _("Found on a round"),
    "LOST_TICKET": _("Lost ticket"),
    "PAPER": _("Paper slip"),
    "OFFLINE": _("Scanned offline"),
    "EMERGENCY": _("Emergency"),
    "MOVED": _("Moved to another slot"),
    "PAY_LATER": _("Pays later"),
}

EMERGENCY_STATES: dict[str, Promise] = {
    "WAITS": _("Waits for a second person"),
    "RUNS": _("Every car is let out"),
    "OVER": _("Over"),
    "REFUSED": _("Refused or taken back"),
}

TOKEN_STATES: dict[str, Promise] = {
    "FREE": _("Free"),
    "OUT": _("With a car"),
    "LOST": _("Lost"),
}

LEFT_BEHIND_WAYS: dict[str, Promise] = {
    "MESSAGE": _("Message"),
    "NOTICE": _("Notice"),
    "LETTER": _("Letter"),
}
