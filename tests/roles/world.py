"""Two sites, and everybody who may ask: the objects that are asked for are those of the first site."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from parking.accounts.models import Approval, Role, User
from parking.checkout import passes, refunding
from parking.checkout.organisation_money import invoice_months
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.emergencies import begin
from parking.facilities.models import Emergency, Gate, ParkingSite, ParkingSlot, ParkingZone, SiteState
from parking.offers import codes, shops
from parking.offers.models import PromoCode, Shop
from parking.passes.models import Organisation, Plan, Subscription
from parking.passes.organisations import create_organisation
from parking.passes.plans import create_plan
from parking.passes.services import Wanted
from parking.payments.models import Debt, OrderStatus, Payment, PaymentOrder, Refund, RefundStatus
from parking.replays.models import Replay
from parking.replays.services import start_replay
from parking.stays.evidence import keep_photo
from parking.stays.exempt_classes import create_class
from parking.stays.exempt_models import EvidenceMoment, ExemptClass, ParkingSessionEvidence
from parking.stays.models import ParkingSession
from parking.stays.token_models import Token
from parking.stays.tokens import make_tokens
from parking.tariffs import cards, holidays, zone_tariffs
from parking.tariffs.models import Holiday, RateCard, Tariff
from parking.tariffs.versions import Draft
from parking.vehicles.models import SavedVehicle
from parking.vehicles.saving import save_vehicle
from tests.build import actor, book, enter, leave, make_user, make_zone, picture_of, take_ticket, terminate

# What stands in no answer to those who work at the other site. The rate is in every sum of money.
ZONE_NAME, PLATE, RATE = "Palm Grove", "KA-01-AB-7711", "137.31"
PASS_PLATE = "KA-01-AB-7733"
MARKS = (ZONE_NAME, PLATE, RATE, "attendant-one")


@dataclass(frozen=True)
class World:
    """The people by the names of the table's columns, and the objects of the first site."""

    people: dict[str, User | None]
    zone: ParkingZone
    slot: ParkingSlot
    waiting: ParkingSession
    inside: ParkingSession
    cash: Payment
    refund: Refund
    in_review: Refund
    approval: Approval
    debt: Debt
    order: PaymentOrder
    attendant: User
    gate: Gate
    saved: SavedVehicle
    tariff: Tariff
    card: RateCard
    holiday: Holiday
    code: PromoCode
    shop: Shop
    replay: Replay
    plan: Plan
    held: Subscription
    exempt_class: ExemptClass
    photo: ParkingSessionEvidence
    organisation: Organisation
    emergency: Emergency
    token: Token
    helmet: Token

    def values(self) -> dict[str, object]:
        """Return what stands for the parameters of addresses."""
        return {
            "zone_ref": self.zone.pk,
            "zone_id": self.zone.pk,
            "site_id": self.zone.site_id,
            "gate_id": self.gate.pk,
            "slot_ref": self.slot.pk,
            "slot_id": self.slot.pk,
            "session_ref": self.inside.pk,
            "session_id": self.inside.pk,
            "payment_id": self.cash.pk,
            "refund_ref": self.refund.pk,
            "refund_id": self.refund.pk,
            "approval_ref": self.approval.pk,
            "debt_ref": self.debt.pk,
            "debt_id": self.debt.pk,
            # Nobody is in line.
            "entry_ref": 1,
            "entry_id": 1,
            "subscription_ref": 1,
            "user_id": self.attendant.pk,
            "order_id": self.order.order_id,
            "note_id": 1,
            "code": self.inside.qr_code,
            "site_ref": self.zone.site_id,
            "gate_ref": self.gate.pk,
            "saved_ref": self.saved.pk,
            "tariff_id": self.tariff.pk,
            "card_id": self.card.pk,
            "holiday_id": self.holiday.pk,
            "code_id": self.code.pk,
            "voucher_id": self.code.pk,
            "shop_id": self.shop.pk,
            "validation_id": 1,
            "month": "2026-01",
            "replay_id": self.replay.pk,
            "plan_id": self.plan.pk,
            "number": self.held.number,
            "class_id": self.exempt_class.pk,
            "class_ref": self.exempt_class.pk,
            "evidence_id": self.photo.pk,
            "evidence_ref": self.photo.pk,
            "organisation_id": self.organisation.pk,
            "invoice_number": 1,
            "emergency_id": self.emergency.pk,
            "emergency_ref": self.emergency.pk,
            "token_id": self.token.pk,
            "token_ref": self.token.pk,
            "display_id": 1,
            "step_id": 1,
        }


def make_world() -> World:
    first, second = _site("Connaught Place", "CP"), _site("Airport", "AIR")
    zone = make_zone(ZONE_NAME, rate=RATE, site_id=first.pk)
    other_zone = make_zone("Terminal 3", rate="40.00", site_id=second.pk)
    driver, boss = make_user(Role.USER), make_user(Role.ADMIN)
    attendant = _works_at(make_user(Role.STAFF, "attendant-one"), first)
    now = clock.now()
    waiting = book(driver, zone)
    inside = book(driver, zone, PLATE, now - timedelta(minutes=95))
    enter(attendant, inside, now - timedelta(minutes=90))
    left = book(driver, zone, now=now - timedelta(minutes=290))
    enter(attendant, left, now - timedelta(minutes=280))
    leave(attendant, left, now=now - timedelta(minutes=200))
    ended = take_ticket(zone, now=now - timedelta(minutes=80))
    enter(attendant, ended, now - timedelta(minutes=80))
    terminate(attendant, ended, now=now - timedelta(minutes=10))
    there = take_ticket(other_zone)
    enter(attendant_of(second), there)
    cash, fee = left.bill.payments.get(method="CASH"), left.bill.payments.get(method="ONLINE")
    refund, in_review = (
        refunding.refund_any_payment(
            actor=actor(boss), payment_id=payment.pk, amount=Decimal("5.00"), reason="Wrong car", now=now
        )
        for payment in (cash, fee)
    )
    Refund.objects.filter(pk=in_review.pk).update(status=RefundStatus.REVIEW, completed_at=None)
    order = PaymentOrder.objects.get(payment=fee)
    PaymentOrder.objects.filter(pk=order.pk).update(status=OrderStatus.REVIEW)
    return World(
        people=_people(driver, attendant, first, second),
        zone=zone,
        slot=zone.slots.order_by("-pk")[:1].get(),
        waiting=waiting,
        inside=inside,
        cash=cash,
        refund=refund,
        in_review=in_review,
        approval=Approval.objects.get(),
        debt=Debt.objects.get(),
        order=order,
        attendant=attendant,
        gate=Gate.objects.create(site=first, name="North", direction="IN", created_at=now),
        saved=save_vehicle(actor=actor(driver), plate=PLATE, owner_name="Asha", now=now),
        **_prices(zone, now),
        shop=shops.create_shop(
            actor=SYSTEM,
            fields={
                "name": "Chroma",
                "site_id": first.pk,
                "gives": "MINUTES",
                "value": Decimal(60),
                "people": [driver.pk],
            },
            now=now,
        ),
        code=codes.create_code(
            actor=SYSTEM,
            fields={"code": "GROVE", "kind": "PERCENT", "value": Decimal(10), "zone_ids": [zone.pk]},
            now=now,
        ),
        replay=start_replay(
            actor=SYSTEM,
            zone_ids=[zone.pk],
            draft=Draft({"base_rate": Decimal(60)}),
            start_date=now.date(),
            end_date=now.date(),
            now=now,
        ),
        **_passes(zone, driver, now),
        exempt_class=create_class(actor=SYSTEM, site_id=first.pk, name="of Palm Grove", now=now),
        photo=keep_photo(
            session=inside,
            moment=EvidenceMoment.ENTRY,
            note="",
            content=picture_of(8, 8),
            actor=actor(attendant),
            now=now,
        ),
        emergency=_waiting_emergency(first, attendant, now),
        token=make_tokens(actor=SYSTEM, site_id=first.pk, first=7, last=7, now=now)[0],
        helmet=make_tokens(actor=SYSTEM, site_id=first.pk, first=7, last=7, now=now, item="HELMET")[0],
    )


def _waiting_emergency(site: ParkingSite, attendant: User, now: datetime) -> Emergency:
    begin(actor=actor(attendant), site_id=site.pk, reason="Smoke at Palm Grove", minutes=30, now=now)
    return Emergency.objects.get()


def _prices(zone: ParkingZone, now: datetime) -> dict[str, Any]:
    """An event that is to come, a rate card, and a holiday, of the first site; the prices of today stay."""
    tomorrow, later = now + timedelta(days=1), now + timedelta(days=2)
    event = Draft({"base_rate": Decimal(RATE)}, "CAR", tomorrow, later)
    card = Draft({"base_rate": Decimal(RATE)}, "EV", tomorrow)
    ids = [zone.pk]
    return {
        "tariff": zone_tariffs.add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=event, now=now),
        "card": cards.create_card(actor=SYSTEM, name="City", zone_ids=ids, draft=card, now=now),
        "holiday": holidays.add_holiday(
            actor=SYSTEM, site_id=zone.site_id, day=date(2997, 1, 1), name="New Year", now=now
        ),
    }


def _passes(zone: ParkingZone, driver: User, now: datetime) -> dict[str, Any]:
    """A plan of the first site and the driver's pass of it, which waits for no money."""
    fields = {"name": "Monthly", "period": "MONTH", "price": Decimal("4900.00"), "site_id": zone.site_id}
    plan = create_plan(actor=SYSTEM, fields=fields, now=now)
    wanted = Wanted((PASS_PLATE,))
    held = passes.buy(actor=actor(driver), plan_id=plan.pk, wanted=wanted, gateway=None, now=now).subscription
    return {"plan": plan, "held": held, "organisation": _organisation(plan, driver, now)}


def _organisation(plan: Plan, contact: User, now: datetime) -> Organisation:
    """An organisation of the first site with an invoice that waits for its money; the driver is its contact."""
    terms = {
        "name": f"{ZONE_NAME} Residents",
        "kind": "SOCIETY",
        "plan_id": plan.pk,
        "gstin": "",
        "address": "",
        "contact_id": contact.pk,
        "vehicles": 3,
        "inside": 2,
        "pricing": "LUMP_SUM",
        "price": Decimal("3000.00"),
        "billing": "AHEAD",
        "due_days": 15,
        "amber_days": 7,
    }
    organisation = create_organisation(actor=SYSTEM, fields=terms, now=now)
    invoice_months(now=now)
    return organisation


def attendant_of(site: ParkingSite) -> User:
    return _works_at(make_user(Role.STAFF), site)


def _people(driver: User, attendant: User, first: ParkingSite, second: ParkingSite) -> dict[str, User | None]:
    permissions = {"refund": {"each": "50.00", "per_day": "50.00"}}
    colleague = _works_at(make_user(Role.STAFF), first)
    elsewhere = attendant_of(second)
    User.objects.filter(pk__in=[colleague.pk, elsewhere.pk]).update(permissions=permissions)
    people: dict[str, User | None] = {
        "USER": driver,
        "STAFF": colleague,
        "STAFF of 2": elsewhere,
        "ADMIN": make_user(Role.ADMIN),
        "ADMIN of 2": _works_at(make_user(Role.ADMIN), second),
        "AUDITOR": make_user(Role.AUDITOR),
        "AUDITOR of 2": _works_at(make_user(Role.AUDITOR), second),
    }
    for user in people.values():
        assert user is not None
        user.refresh_from_db()
    return people | {"NOBODY": None}


def _works_at(user: User, site: ParkingSite) -> User:
    user.site_ids = [site.pk]
    user.save(update_fields=["site_ids"])
    return user


def _site(name: str, code: str) -> ParkingSite:
    return ParkingSite.objects.create(name=name, code=code, state=SiteState.OPEN, created_at=clock.now())
