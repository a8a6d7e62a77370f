"""The organisation of the demonstration: three cars on its list, and an invoice that waits for its money."""

from datetime import datetime
from decimal import Decimal

from parking.accounts.queries import user_of_username
from parking.checkout.organisation_money import invoice_months
from parking.core.actor import SYSTEM
from parking.passes.models import Organisation, OrganisationKind, Plan
from parking.passes.organisation_list import import_list
from parking.passes.organisation_rules import Billing, Pricing
from parking.passes.organisations import create_organisation

PLATES = ("DL-03-CH-1001", "DL-03-CH-1002", "DL-03-CH-1003")


def create_demonstration_organisation(plan: Plan, *, now: datetime) -> None:
    """Make the organisation with its list and first invoice, unless there is one already."""
    contact = user_of_username("user123")
    if contact is None or Organisation.objects.exists():
        return
    terms = {
        "name": "City Hospital",
        "kind": OrganisationKind.HOSPITAL,
        "plan_id": plan.pk,
        "gstin": "",
        "address": "12 Ring Road, New Delhi 110002",
        "contact_id": contact.pk,
        "vehicles": 5,
        "inside": 2,
        "pricing": Pricing.PER_VEHICLE,
        "price": Decimal("2500.00"),
        "billing": Billing.AHEAD,
        "due_days": 15,
        "amber_days": 7,
    }
    made = create_organisation(actor=SYSTEM, fields=terms, now=now)
    content = "\n".join(["vehicle_number", *PLATES]).encode()
    import_list(actor=SYSTEM, organisation_id=made.pk, content=content, replaces=False, dry_run=False, now=now)
    invoice_months(now=now)
