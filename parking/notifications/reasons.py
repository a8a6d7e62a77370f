"""Why something was not delivered, in words for the office; the codes are those of `NotDelivered`."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NO_CONNECTION = _("No connection to the other side, or it was cut")
_REFUSED = _("The other side refuses this address or message")
_BROKEN = _("The other side was busy or broken")
_REASONS: dict[str, Promise] = {
    "too_slow": _("The other side took too long"),
    "smtp_login": _("The mail server refuses our login: see the settings"),
    "smtp_sender": _("The mail server does not take mails from us: see the settings"),
    "mail_login": _("The mail provider refuses our key or account: see the settings"),
    "mail_refused": _REFUSED,
    "mail_does_not_fit": _("The mail provider cannot take such a mail"),
    "mail_answer_unreadable": _BROKEN,
    "smtp_-1": _BROKEN,
    "phone_incomplete": _("The phone number is not complete"),
    "no_address": _("There is no address"),
    "no_subscription": _("This browser is signed off, or another person's now"),
    "no_push_key": _("The key for push messages is not set"),
    "push_service_unknown": _("This push service is not among those allowed"),
    "sms_budget_spent": _("The SMS of this month are used up"),
    "sms_does_not_fit": _("The values do not fit the registered text"),
    "sms_template_missing": _("No text is registered for it"),
    "whatsapp_template_missing": _("No text is registered for it"),
    "series_used_up": _("All numbers of its series are given: the site needs another prefix"),
    "attempts_used_up": _("No attempt came to its end: see the log"),
}
_STATUS = re.compile(r"(?:smtp|http)_(\d)\d\d")
_LATER = frozenset({"http_408", "http_425", "http_429"})
_NETWORK = re.compile(r"onnect|Timeout|Protocol|Network|ReadError|WriteError|gaierror|OSError|BrokenPipe|SSL")


def reason_in_words(code: str) -> str:
    """Return why, in the active language."""
    return str(_REASONS.get(code) or _of_status(code) or _of_network(code))


def _of_status(code: str) -> Promise | None:
    found = _STATUS.fullmatch(code)
    if found is None:
        return None
    is_final = code not in _LATER and found[1] == ("5" if code.startswith("smtp") else "4")
    return _REFUSED if is_final else _BROKEN


def _of_network(code: str) -> Promise:
    return _NO_CONNECTION if _NETWORK.search(code) else _("An error in the program: see the log")
