"""Words for a screen that is read by everybody: in the languages of the site, whatever the browser asks for."""

from decimal import Decimal

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop, override

from parking.core.site_settings import site_languages
from parking.web.components import amount_text

register = template.Library()

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


@register.simple_tag(takes_context=True)
def both(context: Context, text: str) -> SafeString:
    """Return a word of the counter display in the languages of its site; it must be one of those above."""
    return _in_each(_WORDS[text], {}, context)


@register.simple_tag(takes_context=True)
def both_with_amount(context: Context, amount: Decimal) -> SafeString:
    """Return how an amount is paid in cash, in the languages of the site."""
    return _in_each(_CASH, {"amount": amount_text(amount)}, context)


def _in_each(text: str, facts: dict[str, str], context: Context) -> SafeString:
    gate = context["display"].gate
    first, *others = site_languages(gate and gate.site_id)
    said = _said(text, facts, first)
    for second in others:
        # The file of a language may leave something out.
        if (again := _said(text, facts, second)) != said:
            return format_html('{} <span class="second" lang="{}">{}</span>', said, second, again)
    return format_html("{}", said)


def _said(text: str, facts: dict[str, str], language: str) -> str:
    with override(language):
        return gettext(text) % facts if facts else gettext(text)
