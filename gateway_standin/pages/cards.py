"""The card form of the page on which a customer pays, and the usual test cards."""

import re
from datetime import UTC, datetime
from html import escape

from gateway_standin.bank import DECLINED
from gateway_standin.books import Failure

PAYING = ("4111111111111111", "4100280000001007", "5500670000001002", "6527658900001005")
DECLINING = {
    "4000000000000002": DECLINED,
    "4100280000080001": Failure("PAYMENT_ERROR", "insufficient_fund", "There is not enough money on the account"),
    "4100280000060003": Failure("PAYMENT_ERROR", "card_declined", "The bank declined the card"),
    "4100280000070002": Failure("PAYMENT_ERROR", "payment_cancelled", "The customer cancelled the payment"),
    "4100280000020007": Failure("PAYMENT_ERROR", "gateway_technical_error", "The bank could not be reached"),
}
EXAMPLES = "4111 1111 1111 1111 pays, 4000 0000 0000 0002 is declined."
_FIELDS = (
    ("number", "Card number", "cc-number", 24),
    ("expiry", "Expires (MM/YY)", "cc-exp", 7),
    ("cvv", "CVV", "cc-csc", 4),
)


class WrongCard(Exception):
    """What was typed in is no card that this program knows; the text is for the customer."""


def form(address: str, price: str) -> str:
    """Return the card form as HTML."""
    rows = "".join(
        f'<div><label for="card-{name}">{text}</label>'
        f'<input id="card-{name}" name="{name}" inputmode="numeric" autocomplete="{kind}" maxlength="{most}" required>'
        "</div>"
        for name, text, kind, most in _FIELDS
    )
    return (
        f'<form method="post" action="{escape(address)}" class="by-card"><h2>By card</h2>{rows}'
        f'<button class="yes">Pay {escape(price)} by card</button><p><small>{EXAMPLES}</small></p></form>'
    )


def outcome(typed: dict[str, str], now: float) -> Failure | None:
    """Return why the card is declined, None if it pays. Raises WrongCard."""
    number = re.sub(r"[\s-]", "", typed.get("number", ""))
    if number not in PAYING and number not in DECLINING:
        raise WrongCard(f"This is no test card. {EXAMPLES}")
    if not _is_ahead(typed.get("expiry", ""), now):
        raise WrongCard("Give a month that is not over, such as 12/40.")
    if not re.fullmatch(r"[0-9]{3,4}", typed.get("cvv", "").strip()):
        raise WrongCard("The CVV has three or four digits.")
    return DECLINING.get(number)


def _is_ahead(expiry: str, now: float) -> bool:
    found = re.fullmatch(r"\s*(0[1-9]|1[0-2])\s*/\s*(?:20)?([0-9]{2})\s*", expiry)
    if found is None:
        return False
    today = datetime.fromtimestamp(now, UTC)
    return (2000 + int(found[2]), int(found[1])) >= (today.year, today.month)
