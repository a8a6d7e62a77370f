"""The story of a stay in words: what happened, who did it, and what is worth knowing of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.errors import DomainError
from parking.edge.wording import sentence_for
from parking.reports.timeline import TimelineEvent
from parking.web.templatetags.parking import rupees, word

_TITLES: dict[str, Promise] = {
    "session.booked": _("Booked"),
    "session.entered": _("Car let in"),
    "session.quoted": _("Bill shown and fixed for a while"),
    "session.exited": _("Left through the gate"),
    "session.terminated": _("Ended by staff"),
    "session.cancelled": _("Cancelled"),
    "session.expired": _("Booking ran out"),
    "gate.scanned": _("Scanned again while a payment was waited for"),
    "order.placed": _("Online payment asked for"),
    "order.failed": _("Online payment failed"),
    "order.to_review": _("Payment does not fit what was asked for; somebody has to look"),
    "order.review_closed": _("Review closed"),
    "payment.captured": _("Money received"),
    "refund.written": _("Refund written down"),
    "refund.completed": _("Refund done"),
    "refund.failed": _("Refund failed; it will be tried again"),
    "refund.to_review": _("Refund refused; somebody has to look"),
    "refund.retried": _("Refund tried again"),
    "debt.arose": _("Debt of the plate"),
    "debt.written_off": _("Debt written off"),
    "document.issued": _("Document written"),
    "refused": _("Refused"),
}
_BAD = {"refused", "order.failed", "order.to_review", "refund.failed", "refund.to_review", "debt.arose"}
_WHO: dict[str, Promise] = {
    "SYSTEM": _("The system"),
    "GATEWAY": _("Payment service"),
    "ANYBODY": _("Without account"),
    "UNKNOWN": _("Not known"),
}


_PURPOSES: dict[str, Promise] = {
    "FEE": _("booking fee"),
    "EXIT": _("at the exit"),
    "AHEAD": _("before going to the gate"),
    "TERMINATION": _("ended by staff"),
}


def _money(label: Promise) -> Callable[[Any], str]:
    return lambda amount: f"{label} {rupees(amount)}"


def _named(label: Promise) -> Callable[[Any], str]:
    return lambda value: f"{label} {value}"


# Facts in the order in which they are told; what is not here is for machines.
_FACTS: dict[str, Callable[[Any], str]] = {
    "refusal": lambda code: sentence_for(DomainError(code, code)),
    "kind": word,
    "number": str,
    "amount": rupees,
    "fee": _money(_("Booking fee")),
    "total": _money(_("Total")),
    "charged": _money(_("Charged")),
    "kept": _money(_("Kept")),
    "refund": _money(_("Goes back")),
    "debt": _money(_("Left to pay")),
    "tendered": _money(_("Handed over")),
    "purpose": lambda code: str(_PURPOSES.get(code, code)),
    "method": word,
    "gateway": word,
    "status": word,
    "reason": word,
    "failure": str,
    "attempt": _named(_("Attempt")),
    "reference": _named(_("Reference")),
    "order_id": str,
    "refund_id": str,
    "scan_id": _named(_("Scan")),
}
# Amounts that are told only if there is one.
_UNLESS_ZERO = {"charged", "kept", "refund", "debt", "fee"}


@dataclass(frozen=True)
class ToldEvent:
    """An event in the reader's language."""

    event: TimelineEvent
    title: str
    who: str
    facts: list[str]
    is_bad: bool


def told_events(events: Sequence[TimelineEvent]) -> list[ToldEvent]:
    return [
        ToldEvent(
            event=event,
            title=str(_TITLES.get(event.code, event.code)),
            who=_who(event),
            facts=_facts(event),
            is_bad=event.code in _BAD,
        )
        for event in events
    ]


def _who(event: TimelineEvent) -> str:
    role, name = event.actor.role, event.actor.name
    told = str(_WHO.get(role, word(role)))
    if role == "GATEWAY":
        return word(name) if name else told
    return gettext("%(name)s (%(role)s)") % {"name": name, "role": told} if name else told


def _facts(event: TimelineEvent) -> list[str]:
    facts = event.facts
    return [
        tell(facts[name])
        for name, tell in _FACTS.items()
        if facts.get(name) not in {None, ""} and not (name in _UNLESS_ZERO and not facts[name])
    ]
