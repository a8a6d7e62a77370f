"""What the contact of an organisation is told: that a month was invoiced, and that an invoice is overdue."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from parking.checkout.notice_documents import attached_invoice
from parking.core.money import ZERO
from parking.notifications.attachments import register_attachment
from parking.notifications.kinds import Kind, Message, ValueType, register_kind
from parking.notifications.rendering import register_renderer
from parking.passes.events import OrganisationInvoiced, OrganisationOverdue
from parking.passes.models import OrganisationInvoice

TEXT, MONEY, TIME = ValueType.TEXT, ValueType.MONEY, ValueType.TIME
_VALUES = {"organisation": TEXT, "site": TEXT, "amount": MONEY, "first": TIME, "last": TIME}
_OPEN = _("Open the invoices")

INVOICED = Kind(
    "organisation_invoiced",
    _("Invoice of %(amount)s for %(organisation)s"),
    _("Parking at %(site)s from %(first)s to %(last)s. Please pay before %(due)s."),
    {**_VALUES, "due": TIME},
    button=_OPEN,
    name=_("Invoice of your organisation"),
)
OVERDUE = Kind(
    "organisation_overdue",
    _("Invoice of %(organisation)s is overdue: %(amount)s"),
    _("Parking at %(site)s from %(first)s to %(last)s. From %(pays_from)s on your vehicles pay until it is settled."),
    {**_VALUES, "pays_from": TIME},
    button=_OPEN,
    name=_("Invoice of your organisation is overdue"),
)


def _to_contact(organisation_id: int, number: int, kind: Kind, **values: Any) -> list[Message]:
    rows = OrganisationInvoice.objects.select_related("organisation__plan__site", "bill")
    invoice = rows.filter(organisation_id=organisation_id, number=number).first()
    if invoice is None or invoice.organisation.contact_id is None or invoice.bill.total == ZERO:
        return []
    one, site = invoice.organisation, invoice.organisation.plan.site
    about = {
        "organisation": one.name,
        "site": site.name,
        "first": invoice.starts_at.isoformat(),
        # The end is a midnight, excluded, which people take for the day after.
        "last": (invoice.ends_at - timedelta(minutes=1)).isoformat(),
    }
    return [
        Message(
            invoice.organisation.contact_id,
            kind.code,
            about | {name: str(value) for name, value in values.items()},
            path=f"/organisations/{one.pk}/",
            attachment=f"organisation:{invoice.pk}",
            site_id=site.pk,
            time_zone=site.time_zone,
        )
    ]


def render_invoiced(event: OrganisationInvoiced, _at: datetime) -> Iterable[Message]:
    found = OrganisationInvoice.objects.filter(organisation_id=event.organisation_id, number=event.number).first()
    due = found.due_at.isoformat() if found else ""
    return _to_contact(event.organisation_id, event.number, INVOICED, amount=event.amount, due=due)


def render_overdue(event: OrganisationOverdue, _at: datetime) -> Iterable[Message]:
    pays_from = event.pays_from
    return _to_contact(event.organisation_id, event.number, OVERDUE, amount=event.due, pays_from=pays_from)


def register() -> None:
    """Register the kinds and renderers of organisations."""
    for kind in (INVOICED, OVERDUE):
        register_kind(kind)
    register_attachment("organisation", attached_invoice)
    register_renderer(OrganisationInvoiced, render_invoiced)
    register_renderer(OrganisationOverdue, render_overdue)
