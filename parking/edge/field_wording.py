"""What a person reads where a service refuses the value of a field: its text, in the reader's language.

Services say in English what a field may hold; calls of the API show that as it is. Most forms see it first, by the same
bounds. What reaches a service all the same, and what several fields decide together, is said here.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NUMBER = r"-?[\d.]+"
_SENTENCES: dict[str, Promise] = {
    rf"(?:A value b|B)etween (?P<least>{_NUMBER}) and (?P<most>{_NUMBER})": _("Between %(least)s and %(most)s."),
    rf"(?P<least>{_NUMBER}) to (?P<most>{_NUMBER})": _("Between %(least)s and %(most)s."),
    rf"Each with a (?:rate|price) between (?P<least>{_NUMBER}) and (?P<most>{_NUMBER})": _(
        "Each with a price between %(least)s and %(most)s."
    ),
    rf"every_minutes between (?P<least>{_NUMBER}) and (?P<most>{_NUMBER})": _(
        "Each with minutes between %(least)s and %(most)s."
    ),
    r"At most (?P<most>\d+)": _("At most %(most)s."),
    r"At most (?P<most>\d+) characters": _("At most %(most)s characters."),
    r"(?P<least>\d+) to (?P<most>\d+) characters": _("%(least)s to %(most)s characters."),
    r"Each with a name of 1 to (?P<most>\d+) characters": _("Each with a name of at most %(most)s characters."),
    r"Give a name of at most (?P<most>\d+) characters": _("Give a name of at most %(most)s characters."),
    r"This filter cannot be kept": _("This filter cannot be kept."),
    r"1 to (?P<most>\d+) vehicles": _("1 to %(most)s vehicles."),
    r"1 to (?P<most>\d+) zones": _("1 to %(most)s zones."),
    r"(?:Each with one|At least one) day(?: at least)?": _("At least one day."),
    r"More than 0": _("More than 0."),
    rf"Above 0, a month at most (?P<most>{_NUMBER})": _("More than 0, and at most %(most)s for a month."),
    r"Whole minutes": _("Whole minutes."),
    r"Later than the beginning": _("Later than the beginning."),
    r"Neither in the past nor before the event begins": _("Neither in the past nor before the event begins."),
    r"Not before (?:the first day|`valid_from`)": _("Not before the first day."),
    r"Not before (?P<day>\d{4}-\d\d-\d\d): so far it is invoiced": _("Not before %(day)s: so far it is invoiced."),
    r"At most twelve months": _("At most twelve months."),
    r"A date of this century": _("A date of this century."),
    r"Today, or up to (?P<days>\d+) days ahead": _("Today, or up to %(days)s days ahead."),
    r"At least (?P<minutes>\d+) minutes from now": _("At least %(minutes)s minutes from now."),
    r"At most (?P<days>\d+) days from now": _("At most %(days)s days from now."),
    r"At least (?P<minutes>\d+) minutes after the start": _("At least %(minutes)s minutes after the start."),
    r"At most (?P<days>\d+) days after the start": _("At most %(days)s days after the start."),
    r"Not before now": _("Not before now."),
    r"Later than now, and at most (?P<days>\d+) days from now": _(
        "Later than now, and at most %(days)s days from now."
    ),
    r"Each from_percent once": _("Each share of the slots once."),
    r"Each longer than the one before, the last one until 1440 minutes": _(
        "Each row longer than the one before, the last one 1,440 minutes."
    ),
    r"No daily maximum beside slabs": _("Empty, where the length of the stay decides."),
    r"Slabs and bands exclude each other": _("No bands, where the length of the stay decides."),
    r"3 to 20 letters, digits and hyphens": _("3 to 20 letters, digits and hyphens."),
    r"The amount of the customer's bill is needed": _("The amount of the customer's bill is needed."),
    r"At least 1, and not more than there are vehicles": _("At least 1, and not more than there are vehicles."),
    r"A slot is kept for one car: only one may be inside at once": _(
        "A slot is kept for one car: only one may be inside at once."
    ),
    r"Say why the plan costs nothing": _("Say why the plan costs nothing."),
    r"The slot of this plan is kept for one car, not for an organisation": _(
        "The slot of this plan is kept for one car, not for an organisation."
    ),
    r"(?P<listed>\d+) are on the list": _("%(listed)s are on the list."),
    r"From the first on, at most (?P<most>\d+) (?:at once|slips)": _(
        "From the first number on, and at most %(most)s at once."
    ),
    r"Give the number of the card that you checked": _("Give the number of the card that you checked."),
    r"The number of the transfer or cheque is needed": _("The number of the transfer or cheque is needed."),
}
_READ = [(re.compile(pattern), sentence) for pattern, sentence in _SENTENCES.items()]


def field_sentence(text: str) -> str:
    """Return what a person reads for the text of a service about a field; the text itself where none is known for it.

    Rules of passwords, of Django's own, are in the reader's language already.
    """
    for pattern, sentence in _READ:
        if found := pattern.fullmatch(text):
            return str(sentence) % found.groupdict()
    return text
