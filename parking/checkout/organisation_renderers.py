"""What the contact of an organisation is told: invoices, which of them are overdue, and money that goes back.

Of money that came too late or twice its managers hear too: the organisation may ask them.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from parking.checkout.notice_documents import attached_invoice
from parking.core.money import ZERO
from parking.notifications.attachments import register_attachment
from parking.notifications.kinds import MANAGERS, Kind, Message, ValueType, register_kind
from parking.notifications.models import Channel
from parking.notifications.queries import managers_at
from parking.notifications.rendering import register_renderer
from parking.passes.events import OrganisationInvoiced, OrganisationOverdue
from parking.passes.models import Organisation, OrganisationInvoice

TEXT, MONEY, DATE = ValueType.TEXT, ValueType.MONEY, ValueType.DATE
_VALUES = {"organisation": TEXT, "site": TEXT, "amount": MONEY, "first": DATE, "last": DATE}
_MONEY = {"organisation": TEXT, "site": TEXT, "amount": MONEY}
_OPEN = _("Open the invoices")

# --- Kinds -----------------------------------------------------------------------------------------------

INVOICED = Kind(
    "organisation_invoiced",
    _("Invoice of %(amount)s for %(organisation)s"),
    _("Parking at %(site)s from %(first)s to %(last)s. Please pay by %(due)s."),
    {**_VALUES, "due": DATE},
    button=_OPEN,
    name=_("Invoice of your organisation"),
)
OVERDUE = Kind(
    "organisation_overdue",
    _("Invoice of %(organisation)s is overdue: %(amount)s"),
    _(
        "Parking at %(site)s from %(first)s to %(last)s. "
        "From %(pays_from)s on, your vehicles pay at the gate until it is settled."
    ),
    {**_VALUES, "pays_from": DATE},
    button=_OPEN,
    name=_("Invoice of your organisation is overdue"),
)


MONEY_BACK = Kind(
    "organisation_money_back",
    _("%(amount)s of %(organisation)s will be refunded"),
    _("%(organisation)s paid %(amount)s at %(site)s a second time. It will be refunded."),
    _MONEY,
    button=_OPEN,
    name=_("Refund to your organisation started"),
)
REFUND_DONE = Kind(
    "organisation_refund_done",
    _("%(amount)s of %(organisation)s was refunded"),
    _("The refund of %(amount)s to %(organisation)s at %(site)s is complete. Banks can take some days to show it."),
    _MONEY,
    button=_OPEN,
    name=_("Refund to your organisation complete"),
)
PAID_TOO_MUCH = Kind(
    "organisation_paid_too_much",
    _("%(organisation)s paid %(amount)s too much"),
    _("%(organisation)s paid %(amount)s at %(site)s when nothing was due any more. It will be refunded."),
    _MONEY,
    channels=frozenset({Channel.MAIL}),
    audience=MANAGERS,
    button=_("Open the organisation"),
    name=_("Organisation that paid late or twice"),
)

# --- Messages --------------------------------------------------------------------------------------------


def _to_contact(organisation_id: int, number: int, kind: Kind, **values: Any) -> list[Message]:
    rows = OrganisationInvoice.objects.select_related("organisation__plan__site", "bill")
    invoice = rows.filter(organisation_id=organisation_id, number=number).first()
    if invoice is None or invoice.organisation.contact_id is None or invoice.bill.total == ZERO:
        return []
    about = {
        "first": invoice.starts_at.isoformat(),
        # The end is a midnight, excluded, which people take for the day after.
        "last": (invoice.ends_at - timedelta(minutes=1)).isoformat(),
        **{name: str(value) for name, value in values.items()},
    }
    told = _about(invoice.organisation, kind, invoice.organisation.contact_id, about)
    return [replace(told, attachment=f"organisation:{invoice.pk}")]


def _about(one: Organisation, kind: Kind, person_id: int, values: dict[str, str], *, path: str = "") -> Message:
    site = one.plan.site
    return Message(
        person_id,
        kind.code,
        {"organisation": one.name, "site": site.name, **values},
        path=path or f"/organisations/{one.pk}/",
        site_id=site.pk,
        time_zone=site.time_zone,
    )


def money_back(pass_id: int, amount: Decimal, refund_id: str) -> list[Message]:
    """Return what is said of money that an organisation paid late or twice, once of a refund; none for other passes."""
    one = Organisation.objects.select_related("plan__site").filter(subscription=pass_id).first()
    if one is None:
        return []
    values = {"amount": str(amount)}
    path = f"/office/organisations/{one.pk}/"
    told = [_about(one, PAID_TOO_MUCH, user.pk, values, path=path) for user in managers_at({one.plan.site_id})]
    if one.contact_id is not None:
        told.append(_about(one, MONEY_BACK, one.contact_id, values))
    return [replace(message, fact=f"{message.kind}:{refund_id}") for message in told]


def refund_done(bill_id: int, amount: Decimal) -> list[Message]:
    """Return the message that a refund of an invoice is complete; none for a bill of something else."""
    invoice = OrganisationInvoice.objects.select_related("organisation__plan__site").filter(bill_id=bill_id).first()
    if invoice is None or invoice.organisation.contact_id is None:
        return []
    return [_about(invoice.organisation, REFUND_DONE, invoice.organisation.contact_id, {"amount": str(amount)})]


def render_invoiced(event: OrganisationInvoiced, _at: datetime) -> Iterable[Message]:
    found = OrganisationInvoice.objects.filter(organisation_id=event.organisation_id, number=event.number).first()
    # The last day to pay; its end is a midnight, excluded.
    due = (found.due_at - timedelta(minutes=1)).isoformat() if found else ""
    return _to_contact(event.organisation_id, event.number, INVOICED, amount=event.amount, due=due)


def render_overdue(event: OrganisationOverdue, _at: datetime) -> Iterable[Message]:
    pays_from = event.pays_from
    return _to_contact(event.organisation_id, event.number, OVERDUE, amount=event.due, pays_from=pays_from)


def register() -> None:
    """Register the kinds and renderers of organisations."""
    for kind in (INVOICED, OVERDUE, MONEY_BACK, REFUND_DONE, PAID_TOO_MUCH):
        register_kind(kind)
    register_attachment("organisation", attached_invoice)
    register_renderer(OrganisationInvoiced, render_invoiced)
    register_renderer(OrganisationOverdue, render_overdue)
