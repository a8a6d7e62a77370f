"""What happens to plans and passes. Amounts are rupees, times are texts of ISO 8601.

What a person decides about the money of a pass is an event of payments, about the pass.
"""

from dataclasses import dataclass
from decimal import Decimal

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class _PlanEvent(Event):
    subject_kind = "plan"

    plan_id: int
    name: str
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class PlanCreated(_PlanEvent):
    action = "plan.created"

    period: str


@dataclass(frozen=True, kw_only=True)
class PlanChanged(_PlanEvent):
    """A plan has other values; `fields` are the names of those that were given. Passes stay as they were sold."""

    action = "plan.changed"

    is_active: bool
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PassEvent(Event):
    """Something that happened to a pass."""

    subject_kind = "pass"

    pass_id: int


@dataclass(frozen=True, kw_only=True)
class PassBought(PassEvent):
    """A pass was made out; it waits for its money, unless it was paid at the counter (`method`) or costs nothing."""

    action = "pass.bought"

    plan_id: int
    driver_id: int
    price: Decimal
    vehicle_ids: tuple[int, ...]
    starts_at: str
    ends_at: str
    method: str | None = None
    organisation_id: int | None = None
    slot_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class PassPaid(PassEvent):
    """The money of a period came: the pass holds until `ends_at`."""

    action = "pass.paid"

    period: int
    amount: Decimal
    order_id: str | None
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class PassGivenUp(PassEvent):
    """A pass was never paid: not in time, `holder` gave it up, or the gateway refused its order (`declined`)."""

    action = "pass.given_up"

    reason: str = "not_paid"


@dataclass(frozen=True, kw_only=True)
class PassCancelled(PassEvent):
    """A pass was ended before its time; `refund` goes back."""

    action = "pass.cancelled"

    refund: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class PassCancellationAsked(PassEvent):
    """An administrator wants to end a pass and give `refund` back; a second person decides."""

    action = "pass.cancellation_asked"

    refund: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class PassCancellationRefused(PassEvent):
    """A second person refused to end a pass."""

    action = "pass.cancellation_refused"

    asked_by: int | None


@dataclass(frozen=True, kw_only=True)
class PassLengthened(PassEvent):
    """A pass runs so many days longer, because its zone was closed."""

    action = "pass.lengthened"

    zone_id: int
    days: int
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class PassRestored(PassEvent):
    """A pass that was cancelled runs on: a second person refused that its money goes back."""

    action = "pass.restored"

    ends_at: str
    slot_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class PassExpired(PassEvent):
    """A pass is over."""

    action = "pass.expired"


@dataclass(frozen=True, kw_only=True)
class PassRenewalChosen(PassEvent):
    """Its holder wants the pass to be renewed, or no longer."""

    action = "pass.renewal_chosen"

    auto_renew: bool


@dataclass(frozen=True, kw_only=True)
class PassNotRenewed(PassEvent):
    """A pass that its holder wants renewed is not: `reason` is a refusal's code, `not_paid` or `not_offered`."""

    action = "pass.not_renewed"

    reason: str
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class PassRenewalOffered(PassEvent):
    """The next period may be paid, until `pay_by`; `by_mandate`: the gateway charges it at `ends_at`."""

    action = "pass.renewal_offered"

    period: int
    amount: Decimal
    ends_at: str
    pay_by: str
    by_mandate: bool = False


@dataclass(frozen=True, kw_only=True)
class PassEndsSoon(PassEvent):
    """The holder is reminded of the end, so many days before the last day; `renews`: once the next period is paid.

    `charged` is what a mandate will take for that.
    """

    action = "pass.ends_soon"

    days: int
    ends_at: str
    renews: bool
    charged: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class PassVehiclesChanged(PassEvent):
    """Other plates are on a pass, from a time on."""

    action = "pass.vehicles_changed"

    added: tuple[int, ...]
    removed: tuple[int, ...]
    from_at: str


# --- Mandates ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _MandateEvent(PassEvent):
    """Something that happened to the mandate of a pass; `mandate` is our number of it."""

    mandate: str


@dataclass(frozen=True, kw_only=True)
class PassMandateAsked(_MandateEvent):
    """Its holder wants renewals charged by mandate; the consent at the gateway is still missing."""

    action = "pass.mandate_asked"

    amount: Decimal
    starts_at: str


@dataclass(frozen=True, kw_only=True)
class PassMandateGiven(_MandateEvent):
    """The gateway has the consent: it charges `amount` for the next period at `starts_at`."""

    action = "pass.mandate_given"

    amount: Decimal
    starts_at: str


@dataclass(frozen=True, kw_only=True)
class PassMandateConsentPaid(_MandateEvent):
    """The gateway took a small amount to see that the consent is real; it gives it back by itself."""

    action = "pass.mandate_consent_paid"

    amount: Decimal
    payment_id: str


@dataclass(frozen=True, kw_only=True)
class PassMandateConsentReturned(_MandateEvent):
    """The gateway gave back what the consent had taken."""

    action = "pass.mandate_consent_returned"

    amount: Decimal
    payment_id: str
    refund_id: str


@dataclass(frozen=True, kw_only=True)
class PassMandateChargeFailed(_MandateEvent):
    """A charge failed; the gateway tries again, and the holder may pay otherwise."""

    action = "pass.mandate_charge_failed"

    amount: Decimal
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class PassMandateEnding(_MandateEvent):
    """Somebody ended a mandate, or with it the renewal or the pass; the gateway is asked to cancel it."""

    action = "pass.mandate_ending"

    reason: str
    was_given: bool
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class PassMandateEnded(_MandateEvent):
    """The gateway charges no more: `reason` is its own word, `dates_moved`, `price_changed` or `refused`."""

    action = "pass.mandate_ended"

    reason: str
    was_given: bool
    ends_at: str


# --- Organisations -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OrganisationEvent(Event):
    """Something that happened to an organisation."""

    subject_kind = "organisation"

    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationCreated(OrganisationEvent):
    """An organisation was made, with the pass that covers its vehicles."""

    action = "organisation.created"

    name: str
    price: Decimal
    pass_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(OrganisationEvent):
    """An organisation has other values; `fields` are the names of those that were given."""

    action = "organisation.changed"

    name: str
    price: Decimal
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OrganisationListChanged(OrganisationEvent):
    """Vehicles came onto the list of an organisation, left it, or have other dates there."""

    action = "organisation.list_changed"

    joined: tuple[int, ...]
    left: tuple[int, ...]
    changed: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OrganisationInvoiced(OrganisationEvent):
    """The invoice of a month was written; `amount` is due on `due_on`."""

    action = "organisation.invoiced"

    number: int
    amount: Decimal
    vehicles: int
    due_on: str


@dataclass(frozen=True, kw_only=True)
class OrganisationOverdue(OrganisationEvent):
    """The last day to pay the invoice of a month passed; from `pays_from` on its vehicles pay like others."""

    action = "organisation.overdue"

    number: int
    due: Decimal
    pays_from: str


@dataclass(frozen=True, kw_only=True)
class InvoiceWriteOffAsked(OrganisationEvent):
    """An administrator wants to give up what is due on an overdue invoice; a second person decides."""

    action = "organisation.write_off_asked"

    number: int
    amount: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class InvoiceWriteOffRefused(OrganisationEvent):
    """A second person refused to give up what is due on an invoice."""

    action = "organisation.write_off_refused"

    number: int
    asked_by: int | None


@dataclass(frozen=True, kw_only=True)
class InvoiceWrittenOff(OrganisationEvent):
    """What was due on an invoice was given up."""

    action = "organisation.written_off"

    number: int
    amount: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrganisationPaid(OrganisationEvent):
    """Money was entered against the invoice of a month: `amount` came, `tds` was deducted, `due` is left."""

    action = "organisation.paid"

    number: int
    amount: Decimal
    tds: Decimal
    method: str
    due: Decimal
