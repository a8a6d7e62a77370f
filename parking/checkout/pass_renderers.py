"""What holders are told about their passes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.checkout import driver_messages
from parking.facilities.models import ParkingZone
from parking.notifications.kinds import Kind, Lines, Message, ValueType, register_kind
from parking.notifications.rendering import register_renderer
from parking.passes.events import (
    PassCancelled,
    PassEndsSoon,
    PassExpired,
    PassGivenUp,
    PassLengthened,
    PassMandateChargeFailed,
    PassMandateEnded,
    PassMandateGiven,
    PassNotRenewed,
    PassPaid,
    PassRenewalOffered,
    PassVehiclesChanged,
)
from parking.passes.models import PassPeriod, PassVehicle, Subscription
from parking.passes.rules import RENEWAL_GRACE
from parking.payments.models import Payment
from parking.vehicles.models import Vehicle

TEXT, MONEY, TIME = ValueType.TEXT, ValueType.MONEY, ValueType.TIME
_PASS = {"number": TEXT, "plan": TEXT, "site": TEXT, "plates": ValueType.PLATE}
_OPEN = _("Open the pass")

# --- Kinds -----------------------------------------------------------------------------------------------

PAID = Kind(
    "pass_paid",
    _("Your pass %(number)s is paid"),
    _("%(plan)s at %(site)s for %(plates)s is valid until %(until)s."),
    {**_PASS, "until": TIME, "amount": MONEY},
    sums={"amount": driver_messages.PAID},
    button=_OPEN,
    name=_("Pass bought or renewed"),
)
RENEWAL = Kind(
    "pass_renewal",
    _("Renew your pass %(number)s: %(amount)s"),
    _("%(plan)s at %(site)s for %(plates)s ends on %(until)s. Pay by %(pay_by)s, and it goes on without a gap."),
    {**_PASS, "until": TIME, "pay_by": TIME, "amount": MONEY},
    button=_("Pay and renew"),
    name=_("Pass to be renewed"),
)
ENDS_SOON = Kind(
    "pass_ends_soon",
    _("Your pass %(number)s ends soon"),
    _("%(plan)s at %(site)s for %(plates)s ends on %(until)s."),
    {**_PASS, "until": TIME},
    button=_OPEN,
    name=_("Pass ends soon"),
)
_WHY: dict[str, Promise] = {
    "plan_not_on_sale": _("This plan is not sold any more. Other passes are on the page Passes."),
    "pass_overlap": _("One of its vehicles has another pass here after that."),
    "not_paid": _("The next period was not paid in time."),
    "not_offered": _("We could not send the link to pay in time. Please buy a new pass."),
}


class _Reasons(Lines):
    """Why a pass is not renewed, in one sentence; a reason that another version wrote is passed over."""

    def words(self, rows: list[dict[str, Any]]) -> list[str]:
        return [str(_WHY[row["reason"]]) for row in rows if row["reason"] in _WHY]


NOT_RENEWED = Kind(
    "pass_not_renewed",
    _("Your pass %(number)s is not renewed"),
    _("%(plan)s at %(site)s for %(plates)s is valid until %(until)s only. After that parking costs the usual price."),
    {**_PASS, "until": TIME, "why": ValueType.LINES},
    button=_OPEN,
    name=_("Pass not renewed"),
    lines=_Reasons(),
)
OVER = Kind(
    "pass_over",
    _("Your pass %(number)s has ended"),
    _("%(plan)s at %(site)s for %(plates)s has ended. Parking costs the usual price from now on."),
    _PASS,
    button=_OPEN,
    name=_("Pass ended"),
)
UNPAID = Kind(
    "pass_unpaid",
    _("Your pass %(number)s has ended unpaid"),
    _("%(plan)s at %(site)s for %(plates)s was not paid in time, so it has ended. You owe nothing."),
    _PASS,
    button=_OPEN,
    name=_("Pass not paid"),
)
GIVEN_UP = Kind(
    "pass_given_up",
    _("Your pass %(number)s is cancelled"),
    _("%(plan)s at %(site)s for %(plates)s was cancelled before it was paid. You owe nothing."),
    _PASS,
    button=_OPEN,
    name=_("Unpaid pass cancelled"),
)
DECLINED = Kind(
    "pass_declined",
    _("The payment for your pass %(number)s failed"),
    _("%(plan)s at %(site)s for %(plates)s was not bought, because its payment was declined. You owe nothing."),
    _PASS,
    button=_OPEN,
    name=_("Payment of a pass declined"),
)
CANCELLED = Kind(
    "pass_cancelled",
    _("Your pass %(number)s is cancelled"),
    _("%(plan)s at %(site)s for %(plates)s is cancelled."),
    {**_PASS, "refund": MONEY},
    sums={"refund": driver_messages.REFUNDED},
    button=_OPEN,
    name=_("Pass cancelled"),
)
MONEY_BACK = Kind(
    "pass_money_back",
    _("%(amount)s of your pass %(number)s will be refunded"),
    _("%(amount)s paid for %(plan)s at %(site)s for %(plates)s will be refunded by the way you paid."),
    {**_PASS, "amount": MONEY},
    button=_OPEN,
    name=_("Refund of a pass started"),
)
PAID_TWICE = Kind(
    "pass_paid_twice",
    _("%(amount)s was paid twice for your pass %(number)s"),
    _(
        "A second payment of %(amount)s came for %(plan)s at %(site)s for %(plates)s. A manager checks it; we tell you"
        " when it is refunded."
    ),
    {**_PASS, "amount": MONEY},
    button=_OPEN,
    name=_("Pass paid twice"),
)
REFUND_DONE = Kind(
    "pass_refund_done",
    _("%(amount)s of your pass %(number)s was refunded"),
    _("The refund of %(amount)s for %(plan)s at %(site)s is complete. Banks can take some days to show it."),
    {**_PASS, "amount": MONEY},
    button=_OPEN,
    name=_("Refund of a pass complete"),
)
VEHICLES = Kind(
    "pass_vehicles",
    _("The vehicles of your pass %(number)s change"),
    _("From %(from)s the pass %(plan)s at %(site)s is for %(plates)s. No longer on it: %(removed)s."),
    {**_PASS, "from": TIME, "removed": ValueType.PLATE},
    button=_OPEN,
    name=_("Vehicles of a pass changed"),
)
LENGTHENED = Kind(
    "pass_lengthened",
    _("Your pass %(number)s runs longer"),
    _("%(zone)s was closed: %(plan)s at %(site)s for %(plates)s is now valid until %(until)s."),
    {**_PASS, "zone": TEXT, "until": TIME},
    button=_OPEN,
    name=_("Pass runs longer"),
)

CHARGE = Kind(
    "pass_charge",
    _("%(amount)s will be charged for your pass %(number)s"),
    _(
        "%(plan)s at %(site)s for %(plates)s is renewed: %(amount)s will be charged automatically after %(until)s. You"
        " can stop that on the page of the pass until then."
    ),
    {**_PASS, "until": TIME, "amount": MONEY},
    button=_OPEN,
    name=_("Pass is going to be charged"),
)
MANDATE_GIVEN = Kind(
    "pass_mandate_given",
    _("Renewals of your pass %(number)s are charged automatically"),
    _(
        "%(plan)s at %(site)s for %(plates)s: %(amount)s will be charged for each renewal, first after %(until)s. You"
        " can stop that on the page of the pass at any time."
    ),
    {**_PASS, "until": TIME, "amount": MONEY},
    button=_OPEN,
    name=_("Automatic charges agreed"),
)
CHARGE_FAILED = Kind(
    "pass_charge_failed",
    _("The renewal of your pass %(number)s could not be charged"),
    _(
        "%(plan)s at %(site)s for %(plates)s: the bank did not pay %(amount)s. We ask it again. If you pay yourself,"
        " by %(pay_by)s at the latest, the automatic charge stops."
    ),
    {**_PASS, "pay_by": TIME, "amount": MONEY},
    button=_("Pay and renew"),
    name=_("Charge of a pass failed"),
)
MANDATE_ENDED = Kind(
    "pass_mandate_ended",
    _("Renewals of your pass %(number)s are not charged any more"),
    _(
        "%(plan)s at %(site)s for %(plates)s is paid until %(until)s. Nothing is charged automatically after that: pay"
        " each renewal by the link that we send."
    ),
    {**_PASS, "until": TIME},
    button=_OPEN,
    name=_("Automatic charges ended"),
)

# --- Messages --------------------------------------------------------------------------------------------


def _to_holder(
    pass_id: int, kind: Kind, *, path: str = "", attachment: str = "", fact: str = "", **values: Any
) -> list[Message]:
    held = Subscription.objects.select_related("plan__site").filter(pk=pass_id).first()
    if held is None or held.driver_id is None:
        return []
    plates = PassVehicle.objects.filter(subscription=held, until_at=None).order_by("pk")
    about = {
        "number": held.number,
        "plan": held.plan.name,
        "site": held.plan.site.name,
        "plates": ", ".join(plates.values_list("vehicle__vehicle_number", flat=True)),
    }
    message = Message(
        held.driver_id,
        kind.code,
        about | {name: _stored(value) for name, value in values.items()},
        path=f"/passes/{held.number}/{path}",
        attachment=attachment,
        fact=fact,
        site_id=held.plan.site_id,
        time_zone=held.plan.site.time_zone,
    )
    return [message]


def _stored(value: Any) -> Any:
    if isinstance(value, list):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _last_minute(ends_at: str) -> datetime:
    """Return the last minute of a pass: its end is a midnight, excluded, which people take for the day after."""
    return datetime.fromisoformat(ends_at) - timedelta(minutes=1)


def render_paid(event: PassPaid, _at: datetime) -> Iterable[Message]:
    rows = Payment.objects.filter(bill__pass_period__subscription_id=event.pass_id)
    payment = rows.filter(bill__pass_period__number=event.period).order_by("pk").first()
    attachment = f"payment:{payment.pk}" if payment else ""
    until = _last_minute(event.ends_at)
    return _to_holder(event.pass_id, PAID, attachment=attachment, until=until, amount=Decimal(event.amount))


def render_renewal(event: PassRenewalOffered, _at: datetime) -> Iterable[Message]:
    until, pay_by = _last_minute(event.ends_at), datetime.fromisoformat(event.pay_by)
    if event.by_mandate:
        return _to_holder(event.pass_id, CHARGE, until=until, amount=event.amount)
    return _to_holder(event.pass_id, RENEWAL, path="pay/", until=until, pay_by=pay_by, amount=event.amount)


def render_ends_soon(event: PassEndsSoon, _at: datetime) -> Iterable[Message]:
    if event.charged is not None:
        return _to_holder(event.pass_id, CHARGE, until=_last_minute(event.ends_at), amount=event.charged)
    path = "pay/" if event.renews else ""
    return _to_holder(event.pass_id, ENDS_SOON, path=path, until=_last_minute(event.ends_at))


def render_mandate_given(event: PassMandateGiven, _at: datetime) -> Iterable[Message]:
    return _to_holder(event.pass_id, MANDATE_GIVEN, until=_last_minute(event.starts_at), amount=event.amount)


def render_charge_failed(event: PassMandateChargeFailed, _at: datetime) -> Iterable[Message]:
    pay_by = datetime.fromisoformat(event.ends_at) + RENEWAL_GRACE
    return _to_holder(event.pass_id, CHARGE_FAILED, path="pay/", pay_by=pay_by, amount=event.amount)


def render_mandate_ended(event: PassMandateEnded, _at: datetime) -> Iterable[Message]:
    """Tell the holder of a mandate that was in force; what a renewal costs is on the page that the message leads to."""
    if not event.was_given:
        return []
    waits = PassPeriod.objects.filter(subscription_id=event.pass_id, bill__closed_at=None).exists()
    path = "pay/" if waits else ""
    return _to_holder(event.pass_id, MANDATE_ENDED, path=path, until=_last_minute(event.ends_at))


def render_lengthened(event: PassLengthened, _at: datetime) -> Iterable[Message]:
    zone = ParkingZone.objects.filter(pk=event.zone_id).values_list("name", flat=True).first()
    return _to_holder(event.pass_id, LENGTHENED, zone=zone or "", until=_last_minute(event.ends_at))


def render_not_renewed(event: PassNotRenewed, at: datetime) -> Iterable[Message]:
    """Tell the holder that the pass is not renewed; once it is over, in the place of the message that it ended."""
    is_over = at >= datetime.fromisoformat(event.ends_at)
    return _to_holder(
        event.pass_id,
        NOT_RENEWED,
        fact=_end_of(event.pass_id) if is_over else "",
        until=_last_minute(event.ends_at),
        why=[{"reason": event.reason}],
    )


def _end_of(pass_id: int) -> str:
    return f"pass_end:{pass_id}"


def render_over(event: PassExpired, _at: datetime) -> Iterable[Message]:
    return _to_holder(event.pass_id, OVER, fact=_end_of(event.pass_id))


def render_unpaid(event: PassGivenUp, _at: datetime) -> Iterable[Message]:
    return _to_holder(event.pass_id, {"holder": GIVEN_UP, "declined": DECLINED}.get(event.reason, UNPAID))


def render_cancelled(event: PassCancelled, _at: datetime) -> Iterable[Message]:
    return _to_holder(event.pass_id, CANCELLED, refund=event.refund)


def money_back(pass_id: int, amount: Decimal, refund_id: str = "") -> list[Message]:
    """Return the message that money which was paid for a pass goes back: once of a refund, if it is named."""
    told = _to_holder(pass_id, MONEY_BACK, amount=amount)
    return [replace(message, fact=f"pass_money_back:{refund_id}") for message in told] if refund_id else told


def paid_twice(pass_id: int, amount: Decimal) -> list[Message]:
    """Return the message that a pass was paid twice, while nobody has decided that the second payment goes back."""
    return _to_holder(pass_id, PAID_TWICE, amount=amount)


def refund_done(bill_id: int, amount: Decimal, attachment: str) -> list[Message]:
    """Return the message that a refund of the bill of a pass is complete; none for a bill of something else."""
    period = PassPeriod.objects.filter(bill_id=bill_id).first()
    if period is None:
        return []
    return _to_holder(period.subscription_id, REFUND_DONE, attachment=attachment, amount=amount)


def render_vehicles(event: PassVehiclesChanged, _at: datetime) -> Iterable[Message]:
    gone = Vehicle.objects.filter(pk__in=event.removed).order_by("pk").values_list("vehicle_number", flat=True)
    values: dict[str, Any] = {"from": datetime.fromisoformat(event.from_at), "removed": ", ".join(gone) or "-"}
    return _to_holder(event.pass_id, VEHICLES, **values)


def register() -> None:
    """Register the kinds and renderers of passes."""
    money = (PAID, RENEWAL, CHARGE, MANDATE_GIVEN, CHARGE_FAILED, MANDATE_ENDED, MONEY_BACK, PAID_TWICE, REFUND_DONE)
    for kind in (*money, ENDS_SOON, NOT_RENEWED, OVER, UNPAID, GIVEN_UP, DECLINED, CANCELLED, VEHICLES, LENGTHENED):
        register_kind(kind)
    register_renderer(PassPaid, render_paid)
    register_renderer(PassRenewalOffered, render_renewal)
    register_renderer(PassEndsSoon, render_ends_soon)
    register_renderer(PassLengthened, render_lengthened)
    register_renderer(PassMandateGiven, render_mandate_given)
    register_renderer(PassMandateChargeFailed, render_charge_failed)
    register_renderer(PassMandateEnded, render_mandate_ended)
    register_renderer(PassNotRenewed, render_not_renewed)
    register_renderer(PassExpired, render_over)
    register_renderer(PassGivenUp, render_unpaid)
    register_renderer(PassCancelled, render_cancelled)
    register_renderer(PassVehiclesChanged, render_vehicles)
