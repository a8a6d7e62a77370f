"""Words for a screen that is read by everybody: in both languages of the site, whatever the browser asks for."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop, override

from parking.web.components import amount_text

register = template.Library()

FIRST, SECOND = "en", "hi"

_CASH = gettext_noop("Pay %(amount)s in cash at the counter")
_WORDS = {
    text: text
    for text in (
        gettext_noop("Already paid"),
        gettext_noop("Gate, Set up your display"),
        gettext_noop("Paid"),
        gettext_noop("Paid, thank you"),
        gettext_noop("Received"),
        gettext_noop("Scan with any UPI app"),
        gettext_noop("Thank you, drive safely"),
        gettext_noop("To pay"),
        gettext_noop("Type this code at the gate"),
        gettext_noop("Welcome"),
        gettext_noop("Your app must show"),
        gettext_noop("Your change"),
    )
}


@register.simple_tag
def both(text: str) -> SafeString:
    """Return a word of the counter display in English and Hindi; it must be one of those above."""
    return _in_both(_WORDS[text], {})


@register.simple_tag
def both_with_amount(amount: Decimal) -> SafeString:
    """Return how an amount is paid in cash, in English and Hindi."""
    return _in_both(_CASH, {"amount": amount_text(amount)})


def _in_both(text: str, facts: dict[str, str]) -> SafeString:
    with override(FIRST):
        first = gettext(text) % facts if facts else gettext(text)
    with override(SECOND):
        second = gettext(text) % facts if facts else gettext(text)
    return format_html('{} <span class="second" lang="{}">{}</span>', first, SECOND, second)
