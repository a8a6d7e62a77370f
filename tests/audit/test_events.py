"""Events as types: what is stored of each, and that it comes back; no action is named anywhere else."""

import ast
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parking.accounts import events as accounts
from parking.audit.events import Event, Exported, Refusal, UnknownEvent, event_types, read_event
from parking.audit.models import AuditEntry
from parking.audit.services import record
from parking.core.actor import SYSTEM
from parking.facilities import events as facilities
from parking.invoices import events as invoices
from parking.notifications import events as notifications
from parking.offers import events as offers
from parking.passes import events as passes
from parking.payments import events as payments
from parking.replays import events as replays
from parking.stays import events as stays
from parking.tariffs import events as tariffs
from parking.tariffs.rules import KindRate
from parking.vehicles import events as vehicles

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
PARKING = Path(__file__).parents[2] / "parking"

FIFTY, HUNDRED = Decimal("50.00"), Decimal("100.00")
ENDED: dict[str, Any] = {"method": "CASH", "total": HUNDRED, "charged": FIFTY, "debt": FIFTY, "order_id": None}
ENDED_STORED = {"method": "CASH", "total": "100.00", "charged": "50.00", "debt": "50.00", "order_id": None}
PAID: dict[str, Any] = {"order_id": "O1", "purpose": "EXIT", "amount": FIFTY, "refunds": ("R1", "R2")}
PAID_STORED = {"order_id": "O1", "purpose": "EXIT", "amount": "50.00", "refunds": ["R1", "R2"]}
SINCE = "2026-11-26T04:30:00Z"
TERMS: dict[str, object] = {"base_rate": "50.00"}
CODE: dict[str, object] = {"code": "WELCOME", "value": "20.00", "zone_ids": [3]}
RATE = KindRate("EV", Decimal("40.00"), Decimal("30.00"))

# Each event, and the columns action, subject_kind, subject_id and facts of its line.
STORED: list[tuple[Event, str, str, int | None, dict[str, Any]]] = [
    (
        notifications.PreferencesChanged(user_id=7, changes={"booked.MAIL": False}, quiet=(22, 7)),
        "preferences.changed",
        "user",
        7,
        {"changes": {"booked.MAIL": False}, "quiet": [22, 7]},
    ),
    (
        notifications.MailUnsubscribed(user_id=7, kind="booked"),
        "mail.unsubscribed",
        "user",
        7,
        {"kind": "booked"},
    ),
    (notifications.PushSubscribed(user_id=7), "push.subscribed", "user", 7, {}),
    (notifications.PushUnsubscribed(user_id=7, gone=True), "push.unsubscribed", "user", 7, {"gone": True}),
    (
        notifications.DeliveryFailed(notice_id=7, channel="MAIL", error="smtp_550"),
        "delivery.failed",
        "notice",
        7,
        {"channel": "MAIL", "error": "smtp_550"},
    ),
    (
        notifications.DeliveriesRetried(channel="MAIL", error="smtp_451", count=12),
        "deliveries.retried",
        "",
        None,
        {"channel": "MAIL", "error": "smtp_451", "count": 12},
    ),
    (
        notifications.EventsRetried(event="session.exited", count=3),
        "events.retried",
        "",
        None,
        {"event": "session.exited", "count": 3},
    ),
    (
        notifications.DeliveryRetried(notice_id=7, channel="MAIL"),
        "delivery.retried",
        "notice",
        7,
        {"channel": "MAIL"},
    ),
    (
        facilities.EmergencyAsked(emergency_id=2, site_id=1, minutes=60, reason="Smoke", approval_id=4),
        "emergency.asked",
        "emergency",
        2,
        {"site_id": 1, "minutes": 60, "reason": "Smoke", "approval_id": 4},
    ),
    (
        facilities.EmergencyBegun(
            emergency_id=2, site_id=1, minutes=60, reason="Smoke", ends_at=SINCE, begun_by=7, alone=False
        ),
        "emergency.begun",
        "emergency",
        2,
        {"site_id": 1, "minutes": 60, "reason": "Smoke", "ends_at": SINCE, "begun_by": 7, "alone": False},
    ),
    (facilities.EmergencyRefused(emergency_id=2, site_id=1), "emergency.refused", "emergency", 2, {"site_id": 1}),
    (facilities.EmergencyEnded(emergency_id=2, site_id=1), "emergency.ended", "emergency", 2, {"site_id": 1}),
    (
        payments.EmergencyWaived(emergency_id=2, debts=3, amount=FIFTY, reason="Fire"),
        "emergency.waived",
        "emergency",
        2,
        {"debts": 3, "amount": "50.00", "reason": "Fire", "alone": False},
    ),
    (
        stays.SessionLeftInEmergency(session_id=7, emergency_id=2, owed=FIFTY),
        "session.left_in_emergency",
        "session",
        7,
        {"emergency_id": 2, "owed": "50.00"},
    ),
    (
        stays.TokenGiven(session_id=7, token_id=5, number=42),
        "session.token_given",
        "session",
        7,
        {"token_id": 5, "number": 42},
    ),
    (
        stays.TokensMade(site_id=1, first=1, last=50, item="HELMET"),
        "tokens.made",
        "site",
        1,
        {"first": 1, "last": 50, "item": "HELMET"},
    ),
    (
        stays.TokenChanged(token_id=5, site_id=1, lost=True),
        "token.changed",
        "token",
        5,
        {"site_id": 1, "lost": True},
    ),
    (
        stays.PaperBlockMade(site_id=1, block_id=3, name="B1", first=1, last=50),
        "paper_block.made",
        "site",
        1,
        {"block_id": 3, "name": "B1", "first": 1, "last": 50},
    ),
    (
        stays.PaperSlipEntered(
            session_id=7, block="B1", number=7, stated_entry=SINCE, stated_exit="", stated_cash=FIFTY
        ),
        "session.paper_slip",
        "session",
        7,
        {"block": "B1", "number": 7, "stated_entry": SINCE, "stated_exit": "", "stated_cash": "50.00"},
    ),
    (
        stays.LeftBehindStepDue(session_id=7, way="NOTICE", days=7),
        "session.left_behind",
        "session",
        7,
        {"way": "NOTICE", "days": 7},
    ),
    (
        stays.LeftBehindStepDone(session_id=7, way="NOTICE"),
        "session.left_behind_done",
        "session",
        7,
        {"way": "NOTICE"},
    ),
    (stays.DisplayPaired(display_id=5, gate_id=2), "display.paired", "display", 5, {"gate_id": 2}),
    (stays.DisplayUnpaired(display_id=5, gate_id=2), "display.unpaired", "display", 5, {"gate_id": 2}),
    (
        stays.SessionBooked(session_id=7, zone_id=3, slot_id=5, fee=FIFTY),
        "session.booked",
        "session",
        7,
        {
            "zone_id": 3,
            "slot_id": 5,
            "fee": "50.00",
            "promo_code": "",
            "points": 0,
            "starts_at": "",
            "ends_at": "",
        },
    ),
    (
        stays.ReservationClaimed(session_id=7, zone_id=3, slot_id=5, moved_from=2),
        "session.claimed",
        "session",
        7,
        {"zone_id": 3, "slot_id": 5, "moved_from": 2},
    ),
    (
        stays.ReservationUnplaced(session_id=7, refund=FIFTY, voucher="V-7K3M9QX2T0"),
        "session.no_place",
        "session",
        7,
        {"refund": "50.00", "voucher": "V-7K3M9QX2T0"},
    ),
    (
        stays.WaitingJoined(waiting_id=5, zone_id=3, until="2026-11-22T12:30:00+00:00"),
        "waiting.joined",
        "waiting",
        5,
        {"zone_id": 3, "until": "2026-11-22T12:30:00+00:00", "starts_at": "", "ends_at": ""},
    ),
    (stays.PlaceOffered(waiting_id=5, session_id=7), "waiting.offered", "waiting", 5, {"session_id": 7}),
    (stays.WaitingEnded(waiting_id=5, state="LAPSED"), "waiting.ended", "waiting", 5, {"state": "LAPSED"}),
    (
        stays.BookingChanged(session_id=7, changes={"owner_name": ("Asha Rao", "Ravi Rao")}),
        "session.changed",
        "session",
        7,
        {"changes": {"owner_name": ["Asha Rao", "Ravi Rao"]}},
    ),
    (
        offers.SessionCodeGiven(session_id=7, code="DIWALI", instead_of="WELCOME"),
        "session.code_given",
        "session",
        7,
        {"code": "DIWALI", "instead_of": "WELCOME"},
    ),
    (
        offers.SessionPointsGiven(session_id=7, points=300, instead_of=100),
        "session.points_given",
        "session",
        7,
        {"points": 300, "instead_of": 100},
    ),
    (offers.PointsLapsed(user_id=5, points=12), "points.lapsed", "user", 5, {"points": 12}),
    (
        tariffs.TariffAsked(zone_id=3, approval_id=9, wanted={"value": "80"}),
        "tariff.asked",
        "zone",
        3,
        {"approval_id": 9, "wanted": {"value": "80"}},
    ),
    (
        tariffs.TariffRefused(zone_id=3, approval_id=9, asked_by=2),
        "tariff.refused",
        "zone",
        3,
        {"approval_id": 9, "asked_by": 2},
    ),
    (
        tariffs.RateCardVersionAsked(rate_card_id=3, approval_id=9, wanted={"value": "80"}),
        "rate_card.version_asked",
        "rate_card",
        3,
        {"approval_id": 9, "wanted": {"value": "80"}},
    ),
    (
        tariffs.RateCardVersionRefused(rate_card_id=3, approval_id=9, asked_by=2),
        "rate_card.version_refused",
        "rate_card",
        3,
        {"approval_id": 9, "asked_by": 2},
    ),
    (
        offers.PromoCodeAsked(promo_code_id=3, approval_id=9, wanted={"value": "80"}),
        "promo_code.asked",
        "promo_code",
        3,
        {"approval_id": 9, "wanted": {"value": "80"}},
    ),
    (
        offers.PromoCodeRefused(promo_code_id=3, approval_id=9, asked_by=2),
        "promo_code.refused",
        "promo_code",
        3,
        {"approval_id": 9, "asked_by": 2},
    ),
    (
        offers.ShopCreated(shop_id=3, site_id=1, terms=CODE),
        "shop.created",
        "shop",
        3,
        {"site_id": 1, "terms": CODE},
    ),
    (
        offers.ShopChanged(shop_id=3, site_id=1, terms=CODE),
        "shop.changed",
        "shop",
        3,
        {"site_id": 1, "terms": CODE},
    ),
    (
        offers.ShopInvoiced(shop_id=3, month="2026-11", number="KA1/2627/0000001", total=FIFTY),
        "shop.invoiced",
        "shop",
        3,
        {"month": "2026-11", "number": "KA1/2627/0000001", "total": "50.00"},
    ),
    (
        offers.SessionValidated(session_id=7, validation_id=12, shop_id=3),
        "session.validated",
        "session",
        7,
        {"validation_id": 12, "shop_id": 3},
    ),
    (
        offers.ValidationUndone(session_id=7, validation_id=12, shop_id=3),
        "session.validation_undone",
        "session",
        7,
        {"validation_id": 12, "shop_id": 3},
    ),
    (
        replays.ReplayStarted(replay_id=4, zone_ids=(3,), start_date="2026-11-01", end_date="2026-11-30"),
        "replay.started",
        "replay",
        4,
        {"zone_ids": [3], "start_date": "2026-11-01", "end_date": "2026-11-30"},
    ),
    (
        replays.ReplayAdopted(replay_id=4, tariff_ids=(7,)),
        "replay.adopted",
        "replay",
        4,
        {"tariff_ids": [7]},
    ),
    (
        offers.PromoCodeCreated(promo_code_id=4, terms=CODE),
        "promo_code.created",
        "promo_code",
        4,
        {"terms": CODE},
    ),
    (
        offers.PromoCodeChanged(promo_code_id=4, terms=CODE),
        "promo_code.changed",
        "promo_code",
        4,
        {"terms": CODE},
    ),
    (stays.SessionEntered(session_id=7, slot_id=5), "session.entered", "session", 7, {"slot_id": 5}),
    (stays.SessionQuoted(session_id=7, total=HUNDRED), "session.quoted", "session", 7, {"total": "100.00"}),
    (
        stays.SessionExitWaits(session_id=7, order_id="O1", amount=FIFTY),
        "session.exit_waits",
        "session",
        7,
        {"order_id": "O1", "amount": "50.00"},
    ),
    (
        stays.SessionTerminationWaits(session_id=7, order_id="O1", amount=FIFTY),
        "session.termination_waits",
        "session",
        7,
        {"order_id": "O1", "amount": "50.00"},
    ),
    (stays.SessionExited(session_id=7, **ENDED), "session.exited", "session", 7, ENDED_STORED),
    (stays.SessionTerminated(session_id=7, **ENDED), "session.terminated", "session", 7, ENDED_STORED),
    (
        stays.SessionCancelled(session_id=7, refund=FIFTY, kept=HUNDRED),
        "session.cancelled",
        "session",
        7,
        {"refund": "50.00", "kept": "100.00"},
    ),
    (
        stays.SessionExpired(session_id=7, reason="NO_SHOW", kept=FIFTY),
        "session.expired",
        "session",
        7,
        {"reason": "NO_SHOW", "kept": "50.00"},
    ),
    (
        payments.PaymentAsked(session_id=7, order_id="O1", purpose="AHEAD", amount=FIFTY),
        "payment.asked",
        "session",
        7,
        {"order_id": "O1", "purpose": "AHEAD", "amount": "50.00"},
    ),
    (
        payments.PaymentAskedAhead(session_id=7, order_id="O1", amount=FIFTY),
        "payment.asked_ahead",
        "session",
        7,
        {"order_id": "O1", "amount": "50.00"},
    ),
    (payments.PaymentCaptured(session_id=7, **PAID), "payment.captured", "session", 7, PAID_STORED),
    (payments.OrderToReview(session_id=7, **PAID), "order.to_review", "session", 7, PAID_STORED),
    (
        payments.OrderPaidTwice(
            session_id=7, order_id="O1", amount=FIFTY, reference="pay_2", first="pay_1", refund_id="R1", held=True
        ),
        "order.paid_twice",
        "session",
        7,
        {
            "order_id": "O1",
            "amount": "50.00",
            "reference": "pay_2",
            "first": "pay_1",
            "refund_id": "R1",
            "held": True,
        },
    ),
    (
        payments.SecondPaymentSentBack(session_id=7, refund_id="R1", amount=FIFTY),
        "refund.released",
        "session",
        7,
        {"refund_id": "R1", "amount": "50.00"},
    ),
    (
        payments.OrderFailed(session_id=7, order_id="O1", purpose="FEE"),
        "order.failed",
        "session",
        7,
        {"order_id": "O1", "purpose": "FEE"},
    ),
    (
        payments.ReviewClosed(session_id=7, order_id="O1", amount=FIFTY, reason="Typed wrong"),
        "order.review_closed",
        "session",
        7,
        {"order_id": "O1", "amount": "50.00", "reason": "Typed wrong"},
    ),
    (
        payments.PaymentRefunded(session_id=7, refund_id="R1", amount=FIFTY, by_hand=True),
        "payment.refunded",
        "session",
        7,
        {"refund_id": "R1", "amount": "50.00", "by_hand": True},
    ),
    (
        payments.RefundApproved(session_id=7, refund_id="R1", amount=FIFTY, asked_by=None),
        "refund.approved",
        "session",
        7,
        {"refund_id": "R1", "amount": "50.00", "asked_by": None, "alone": False},
    ),
    (
        payments.RefundRefused(session_id=7, refund_id="R1", amount=FIFTY, asked_by=2),
        "refund.refused",
        "session",
        7,
        {"refund_id": "R1", "amount": "50.00", "asked_by": 2, "reason": "", "owed": False},
    ),
    (
        payments.OrderMoved(bill_id=4, order_id="O1", status="PENDING"),
        "order.moved",
        "bill",
        4,
        {"order_id": "O1", "status": "PENDING"},
    ),
    (
        payments.RefundMoved(bill_id=4, refund_id="R1", status="COMPLETED", attempt=1),
        "refund.moved",
        "bill",
        4,
        {"refund_id": "R1", "status": "COMPLETED", "attempt": 1},
    ),
    (
        payments.RefundRetried(session_id=7, refund_id="R1", attempt=6),
        "refund.retried",
        "session",
        7,
        {"refund_id": "R1", "attempt": 6},
    ),
    (
        payments.DebtCollected(debt_id=5, amount=FIFTY, bill_id=4, method="CASH"),
        "debt.collected",
        "debt",
        5,
        {"amount": "50.00", "bill_id": 4, "method": "CASH"},
    ),
    (
        payments.DebtObjected(debt_id=5, amount=FIFTY, bill_id=4),
        "debt.objected",
        "debt",
        5,
        {"amount": "50.00", "bill_id": 4},
    ),
    (
        payments.DebtObjectionAnswered(debt_id=5, amount=FIFTY, bill_id=4, upheld=False, answer="The car was seen"),
        "debt.objection_answered",
        "debt",
        5,
        {"amount": "50.00", "bill_id": 4, "upheld": False, "answer": "The car was seen"},
    ),
    (
        payments.DebtLapsed(debt_id=5, amount=FIFTY, bill_id=4),
        "debt.lapsed",
        "debt",
        5,
        {"amount": "50.00", "bill_id": 4},
    ),
    (
        payments.DebtWrittenOff(debt_id=9, amount=FIFTY, bill_id=4, reason="Towed away"),
        "debt.written_off",
        "debt",
        9,
        {"amount": "50.00", "bill_id": 4, "reason": "Towed away", "alone": False},
    ),
    (accounts.UserRegistered(user_id=2), "user.registered", "user", 2, {}),
    (
        accounts.UserCreated(user_id=2, role="STAFF", is_active=True),
        "user.created",
        "user",
        2,
        {"role": "STAFF", "is_active": True, "sites": [], "has_email": True},
    ),
    (
        accounts.DecidedAlone(user_id=2, kind="TARIFF"),
        "user.decided_alone",
        "user",
        2,
        {"kind": "TARIFF"},
    ),
    (
        accounts.UserChanged(user_id=2, changed=("email", "role"), role="ADMIN", is_active=False),
        "user.changed",
        "user",
        2,
        {
            "changed": ["email", "role"],
            "role": "ADMIN",
            "is_active": False,
            "sites": [],
            "administrator_lost": False,
        },
    ),
    (accounts.SignedIn(user_id=2), "login", "user", 2, {}),
    (
        accounts.ViewSaved(user_id=2, view_id=7, list_name="sessions"),
        "view.saved",
        "user",
        2,
        {"view_id": 7, "list_name": "sessions"},
    ),
    (
        accounts.ViewRenamed(user_id=2, view_id=7, list_name="debts"),
        "view.renamed",
        "user",
        2,
        {"view_id": 7, "list_name": "debts"},
    ),
    (
        accounts.ViewDeleted(user_id=2, view_id=7, list_name="users"),
        "view.deleted",
        "user",
        2,
        {"view_id": 7, "list_name": "users"},
    ),
    (accounts.SignedOut(user_id=2), "logout", "user", 2, {}),
    (accounts.TokenRefreshed(user_id=2), "token.refreshed", "user", 2, {}),
    (accounts.SignInEnded(user_id=2, reason="token_spent"), "sign_in.ended", "user", 2, {"reason": "token_spent"}),
    (accounts.EmailConfirmed(user_id=2), "email.confirmed", "user", 2, {}),
    (accounts.EmailBounced(user_id=2, reason="complained"), "email.bounced", "user", 2, {"reason": "complained"}),
    (accounts.PasswordChanged(user_id=2), "password.changed", "user", 2, {}),
    (accounts.PasswordResetMailed(user_id=2), "password.reset_mailed", "user", 2, {}),
    (accounts.PasswordReset(user_id=2), "password.reset", "user", 2, {}),
    (facilities.ZoneCreated(zone_id=3, changed=("name",)), "zone.created", "zone", 3, {"changed": ["name"]}),
    (
        facilities.ZoneChanged(zone_id=3, changed=("hourly_rate",), amounts={"hourly_rate": (FIFTY, HUNDRED)}),
        "zone.changed",
        "zone",
        3,
        {"changed": ["hourly_rate"], "amounts": {"hourly_rate": ["50.00", "100.00"]}},
    ),
    (facilities.ZoneRetired(zone_id=3), "zone.retired", "zone", 3, {}),
    (
        facilities.CapacitySet(zone_id=3, capacity={"CAR": 40}),
        "zone.capacity_set",
        "zone",
        3,
        {"capacity": {"CAR": 40}},
    ),
    (
        facilities.SiteCreated(site_id=2, code="AIR", state="CLOSED"),
        "site.created",
        "site",
        2,
        {"code": "AIR", "state": "CLOSED"},
    ),
    (
        facilities.SiteChanged(site_id=2, changed=("state",), state="OPEN"),
        "site.changed",
        "site",
        2,
        {"changed": ["state"], "state": "OPEN"},
    ),
    (facilities.SiteCopied(site_id=2, source_id=1), "site.copied", "site", 2, {"source_id": 1}),
    (
        facilities.GateCreated(gate_id=4, site_id=2, direction="IN"),
        "gate.created",
        "gate",
        4,
        {"site_id": 2, "direction": "IN"},
    ),
    (facilities.GateChanged(gate_id=4, changed=("name",)), "gate.changed", "gate", 4, {"changed": ["name"]}),
    (
        facilities.SettingsChanged(site_id=None, changes={"quote_minutes": (None, "12")}),
        "settings.changed",
        "site",
        None,
        {"changes": {"quote_minutes": [None, "12"]}},
    ),
    (
        facilities.SlotsAdded(zone_id=3, first="A-001", last="A-010", kind="CAR"),
        "slots.added",
        "zone",
        3,
        {"first": "A-001", "last": "A-010", "kind": "CAR"},
    ),
    (
        facilities.SlotChanged(slot_id=5, status="FREE", kind="EV"),
        "slot.changed",
        "slot",
        5,
        {"status": "FREE", "kind": "EV"},
    ),
    (
        tariffs.TariffAdded(zone_id=3, tariff_id=9, vehicle_kind="CAR", valid_from=SINCE, valid_to=None, terms=TERMS),
        "tariff.added",
        "zone",
        3,
        {"tariff_id": 9, "vehicle_kind": "CAR", "valid_from": SINCE, "valid_to": None, "terms": TERMS},
    ),
    (
        tariffs.TariffEnded(zone_id=3, tariff_id=9, valid_to=SINCE),
        "tariff.ended",
        "zone",
        3,
        {"tariff_id": 9, "valid_to": SINCE},
    ),
    (
        tariffs.DemandChanged(zone_id=3, steps=({"from_percent": 80, "change_percent": 20},)),
        "demand.changed",
        "zone",
        3,
        {"steps": [{"from_percent": 80, "change_percent": 20}]},
    ),
    (tariffs.TariffWithdrawn(zone_id=3, tariff_id=9), "tariff.withdrawn", "zone", 3, {"tariff_id": 9}),
    (
        tariffs.RateCardCreated(rate_card_id=2, name="City", vehicle_kind="CAR", zone_ids=(3, 4)),
        "rate_card.created",
        "rate_card",
        2,
        {"name": "City", "vehicle_kind": "CAR", "zone_ids": [3, 4]},
    ),
    (
        tariffs.RateCardChanged(rate_card_id=2, name="Town", zone_ids=(3,)),
        "rate_card.changed",
        "rate_card",
        2,
        {"name": "Town", "zone_ids": [3]},
    ),
    (
        tariffs.RateCardVersionAdded(rate_card_id=2, tariff_id=9, valid_from=SINCE, valid_to=SINCE, terms=TERMS),
        "rate_card.version_added",
        "rate_card",
        2,
        {"tariff_id": 9, "valid_from": SINCE, "valid_to": SINCE, "terms": TERMS},
    ),
    (
        tariffs.RateCardVersionEnded(rate_card_id=2, tariff_id=9, valid_to=SINCE),
        "rate_card.version_ended",
        "rate_card",
        2,
        {"tariff_id": 9, "valid_to": SINCE},
    ),
    (
        tariffs.RateCardVersionWithdrawn(rate_card_id=2, tariff_id=9),
        "rate_card.version_withdrawn",
        "rate_card",
        2,
        {"tariff_id": 9},
    ),
    (
        tariffs.HolidayAdded(site_id=1, date=date(2026, 12, 25), name="Christmas"),
        "holiday.added",
        "site",
        1,
        {"date": "2026-12-25", "name": "Christmas"},
    ),
    (
        tariffs.HolidayRemoved(site_id=1, date=date(2026, 12, 25), name="Christmas"),
        "holiday.removed",
        "site",
        1,
        {"date": "2026-12-25", "name": "Christmas"},
    ),
    (
        tariffs.TariffChanged(zone_id=3, kind_rates=(RATE,)),
        "tariff.changed",
        "zone",
        3,
        {"kind_rates": [{"vehicle_kind": "EV", "hourly_rate": "40.00", "booking_fee": "30.00"}]},
    ),
    (vehicles.VehicleSaved(saved_vehicle_id=8), "vehicle.saved", "saved_vehicle", 8, {}),
    (vehicles.VehicleForgotten(saved_vehicle_id=8), "vehicle.forgotten", "saved_vehicle", 8, {}),
    (
        invoices.DocumentIssued(bill_id=4, number="KA1/26-27/1", kind="INVOICE", total=FIFTY),
        "document.issued",
        "bill",
        4,
        {"number": "KA1/26-27/1", "kind": "INVOICE", "total": "50.00"},
    ),
    (
        invoices.DocumentMailAsked(bill_id=4, payment_id=9, mail_id=2),
        "document.mail_asked",
        "bill",
        4,
        {"payment_id": 9, "mail_id": 2},
    ),
    (
        invoices.DocumentMailed(bill_id=4, payment_id=9, mail_id=2),
        "document.mailed",
        "bill",
        4,
        {"payment_id": 9, "mail_id": 2},
    ),
    (
        invoices.CustomerDetailsGiven(bill_id=4, has_company=True, has_gstin=False),
        "customer_details.given",
        "bill",
        4,
        {"has_company": True, "has_gstin": False},
    ),
    (
        invoices.TaxProfileAdded(site_id=1, holds_from=date(2026, 4, 1), gstin="", rate=Decimal("18.00"), prefix="KA1"),
        "tax_profile.added",
        "site",
        1,
        {"holds_from": "2026-04-01", "gstin": "", "rate": "18.00", "prefix": "KA1"},
    ),
    (
        stays.GatePassedWrongWay(session_id=7, gate_id=4, way="OUT"),
        "session.wrong_way",
        "session",
        7,
        {"gate_id": 4, "way": "OUT"},
    ),
    (
        passes.OrganisationCreated(organisation_id=6, name="City Hospital", price=HUNDRED, pass_id=5),
        "organisation.created",
        "organisation",
        6,
        {"name": "City Hospital", "price": "100.00", "pass_id": 5},
    ),
    (
        passes.OrganisationChanged(organisation_id=6, name="City Hospital", price=HUNDRED, fields=("price",)),
        "organisation.changed",
        "organisation",
        6,
        {"name": "City Hospital", "price": "100.00", "fields": ["price"]},
    ),
    (
        passes.OrganisationListChanged(organisation_id=6, joined=(8,), left=(9,), changed=()),
        "organisation.list_changed",
        "organisation",
        6,
        {"joined": [8], "left": [9], "changed": []},
    ),
    (
        passes.OrganisationInvoiced(organisation_id=6, number=1, amount=HUNDRED, vehicles=3, due_on="2027-01-01"),
        "organisation.invoiced",
        "organisation",
        6,
        {"number": 1, "amount": "100.00", "vehicles": 3, "due_on": "2027-01-01"},
    ),
    (
        passes.OrganisationOverdue(organisation_id=6, number=1, due=FIFTY, pays_from=SINCE),
        "organisation.overdue",
        "organisation",
        6,
        {"number": 1, "due": "50.00", "pays_from": SINCE},
    ),
    (
        passes.OrganisationPaid(
            organisation_id=6, number=1, amount=FIFTY, tds=Decimal("0.00"), method="BANK", due=FIFTY
        ),
        "organisation.paid",
        "organisation",
        6,
        {"number": 1, "amount": "50.00", "tds": "0.00", "method": "BANK", "due": "50.00"},
    ),
    (
        passes.PlanCreated(plan_id=2, name="Monthly", price=HUNDRED, period="MONTH"),
        "plan.created",
        "plan",
        2,
        {"name": "Monthly", "price": "100.00", "period": "MONTH"},
    ),
    (
        passes.PlanChanged(plan_id=2, name="Monthly", price=HUNDRED, is_active=False, fields=("is_active",)),
        "plan.changed",
        "plan",
        2,
        {"name": "Monthly", "price": "100.00", "is_active": False, "fields": ["is_active"]},
    ),
    (
        passes.PassBought(
            pass_id=5, plan_id=2, driver_id=3, price=HUNDRED, vehicle_ids=(8,), starts_at=SINCE, ends_at=SINCE
        ),
        "pass.bought",
        "pass",
        5,
        {
            "plan_id": 2,
            "driver_id": 3,
            "price": "100.00",
            "vehicle_ids": [8],
            "starts_at": SINCE,
            "ends_at": SINCE,
            "method": None,
            "organisation_id": None,
            "slot_id": None,
        },
    ),
    (
        passes.PassPaid(pass_id=5, period=1, amount=HUNDRED, order_id="O1", ends_at=SINCE),
        "pass.paid",
        "pass",
        5,
        {"period": 1, "amount": "100.00", "order_id": "O1", "ends_at": SINCE},
    ),
    (passes.PassGivenUp(pass_id=5), "pass.given_up", "pass", 5, {"reason": "not_paid"}),
    (
        passes.PassCancelled(pass_id=5, refund=HUNDRED, reason="Moved"),
        "pass.cancelled",
        "pass",
        5,
        {"refund": "100.00", "reason": "Moved"},
    ),
    (
        passes.PassCancellationAsked(pass_id=5, refund=FIFTY, reason="Moved"),
        "pass.cancellation_asked",
        "pass",
        5,
        {"refund": "50.00", "reason": "Moved"},
    ),
    (
        passes.PassCancellationRefused(pass_id=5, asked_by=3),
        "pass.cancellation_refused",
        "pass",
        5,
        {"asked_by": 3},
    ),
    (
        passes.InvoiceWriteOffAsked(organisation_id=4, number=1, amount=HUNDRED, reason="Insolvent"),
        "organisation.write_off_asked",
        "organisation",
        4,
        {"number": 1, "amount": "100.00", "reason": "Insolvent"},
    ),
    (
        passes.InvoiceWriteOffRefused(organisation_id=4, number=1, asked_by=9),
        "organisation.write_off_refused",
        "organisation",
        4,
        {"number": 1, "asked_by": 9},
    ),
    (
        passes.InvoiceWrittenOff(organisation_id=4, number=1, amount=HUNDRED, reason="Insolvent"),
        "organisation.written_off",
        "organisation",
        4,
        {"number": 1, "amount": "100.00", "reason": "Insolvent"},
    ),
    (
        passes.PassLengthened(pass_id=5, zone_id=2, days=3, ends_at="2026-12-24T18:30:00+00:00"),
        "pass.lengthened",
        "pass",
        5,
        {"zone_id": 2, "days": 3, "ends_at": "2026-12-24T18:30:00+00:00"},
    ),
    (
        passes.PassRestored(pass_id=5, ends_at="2026-12-21T18:30:00+00:00", slot_id=12),
        "pass.restored",
        "pass",
        5,
        {"ends_at": "2026-12-21T18:30:00+00:00", "slot_id": 12},
    ),
    (passes.PassExpired(pass_id=5), "pass.expired", "pass", 5, {}),
    (
        passes.PassRenewalChosen(pass_id=5, auto_renew=True),
        "pass.renewal_chosen",
        "pass",
        5,
        {"auto_renew": True},
    ),
    (
        passes.PassNotRenewed(pass_id=5, reason="pass_overlap", ends_at=SINCE),
        "pass.not_renewed",
        "pass",
        5,
        {"reason": "pass_overlap", "ends_at": SINCE},
    ),
    (
        passes.PassRenewalOffered(pass_id=5, period=2, amount=HUNDRED, ends_at=SINCE, pay_by=SINCE),
        "pass.renewal_offered",
        "pass",
        5,
        {"period": 2, "amount": "100.00", "ends_at": SINCE, "pay_by": SINCE, "by_mandate": False},
    ),
    (
        passes.PassMandateAsked(pass_id=5, mandate="MD-1", amount=HUNDRED, starts_at=SINCE),
        "pass.mandate_asked",
        "pass",
        5,
        {"mandate": "MD-1", "amount": "100.00", "starts_at": SINCE},
    ),
    (
        passes.PassMandateGiven(pass_id=5, mandate="MD-1", amount=HUNDRED, starts_at=SINCE),
        "pass.mandate_given",
        "pass",
        5,
        {"mandate": "MD-1", "amount": "100.00", "starts_at": SINCE},
    ),
    (
        passes.PassMandateConsentPaid(pass_id=5, mandate="MD-1", amount=HUNDRED, payment_id="pay_1"),
        "pass.mandate_consent_paid",
        "pass",
        5,
        {"mandate": "MD-1", "amount": "100.00", "payment_id": "pay_1"},
    ),
    (
        passes.PassMandateConsentReturned(
            pass_id=5, mandate="MD-1", amount=HUNDRED, payment_id="pay_1", refund_id="rfnd_1"
        ),
        "pass.mandate_consent_returned",
        "pass",
        5,
        {"mandate": "MD-1", "amount": "100.00", "payment_id": "pay_1", "refund_id": "rfnd_1"},
    ),
    (
        passes.PassMandateChargeFailed(pass_id=5, mandate="MD-1", amount=HUNDRED, ends_at=SINCE),
        "pass.mandate_charge_failed",
        "pass",
        5,
        {"mandate": "MD-1", "amount": "100.00", "ends_at": SINCE},
    ),
    (
        passes.PassMandateEnding(pass_id=5, mandate="MD-1", reason="holder", was_given=True, ends_at=SINCE),
        "pass.mandate_ending",
        "pass",
        5,
        {"mandate": "MD-1", "reason": "holder", "was_given": True, "ends_at": SINCE},
    ),
    (
        passes.PassMandateEnded(pass_id=5, mandate="MD-1", reason="halted", was_given=True, ends_at=SINCE),
        "pass.mandate_ended",
        "pass",
        5,
        {"mandate": "MD-1", "reason": "halted", "was_given": True, "ends_at": SINCE},
    ),
    (
        passes.PassEndsSoon(pass_id=5, days=3, ends_at=SINCE, renews=False),
        "pass.ends_soon",
        "pass",
        5,
        {"days": 3, "ends_at": SINCE, "renews": False, "charged": None},
    ),
    (
        passes.PassVehiclesChanged(pass_id=5, added=(9,), removed=(8,), from_at=SINCE),
        "pass.vehicles_changed",
        "pass",
        5,
        {"added": [9], "removed": [8], "from_at": SINCE},
    ),
    (
        payments.PaymentAsked(pass_id=5, order_id="O1", purpose="PASS", amount=HUNDRED),
        "payment.asked",
        "pass",
        5,
        {"order_id": "O1", "purpose": "PASS", "amount": "100.00"},
    ),
    (Refusal(code="not_active", path="/x/", session_id=7), "refused.not_active", "session", 7, {"path": "/x/"}),
    (Refusal(code="forbidden", path="/x/"), "refused.forbidden", "", None, {"path": "/x/"}),
    (
        Refusal(code="forbidden", path="/x/", source="0f3a", times=9),
        "refused.forbidden",
        "",
        None,
        {"path": "/x/", "source": "0f3a", "times": 9},
    ),
    (
        stays.SpecialSlotGiven(session_id=7, kind="VIP", reason="Guest of the house"),
        "session.special_slot",
        "session",
        7,
        {"kind": "VIP", "reason": "Guest of the house"},
    ),
    (stays.OwnerConfirmed(session_id=7), "session.owner_confirmed", "session", 7, {}),
    (
        stays.SessionExempted(session_id=7, exempt_class_id=3, name="ambulance", evidence_id=9),
        "session.exempted",
        "session",
        7,
        {"exempt_class_id": 3, "name": "ambulance", "evidence_id": 9},
    ),
    (
        stays.SessionExemptionWithdrawn(session_id=7, exempt_class_id=3, name="ambulance"),
        "session.exemption_withdrawn",
        "session",
        7,
        {"exempt_class_id": 3, "name": "ambulance"},
    ),
    (
        stays.SessionKindChanged(session_id=7, kind="TAXI", instead_of="CAR", slot_id=5),
        "session.kind_changed",
        "session",
        7,
        {"kind": "TAXI", "instead_of": "CAR", "slot_id": 5, "evidence_id": None},
    ),
    (
        stays.SessionCorrectionAsked(session_id=7, approval_id=4, kind="PLATE"),
        "session.correction_asked",
        "session",
        7,
        {"approval_id": 4, "kind": "PLATE"},
    ),
    (
        stays.SessionCorrectionRefused(session_id=7, approval_id=4, kind="PLATE", asked_by=2),
        "session.correction_refused",
        "session",
        7,
        {"approval_id": 4, "kind": "PLATE", "asked_by": 2},
    ),
    (
        stays.PhotoTaken(session_id=7, evidence_id=3, moment="EXIT"),
        "session.photo_taken",
        "session",
        7,
        {"evidence_id": 3, "moment": "EXIT"},
    ),
    (stays.TicketGiven(session_id=7), "session.ticket_given", "session", 7, {}),
    (
        stays.EntryStated(session_id=7, since="2026-11-22T04:30:00+00:00"),
        "session.entry_stated",
        "session",
        7,
        {"since": "2026-11-22T04:30:00+00:00"},
    ),
    (
        stays.SessionMoved(session_id=7, zone_id=2, slot_id=12, from_zone_id=1, from_slot_id=3, swapped_with=8),
        "session.moved",
        "session",
        7,
        {"zone_id": 2, "slot_id": 12, "from_zone_id": 1, "from_slot_id": 3, "swapped_with": 8},
    ),
    (
        stays.SessionPlateCorrected(session_id=7, vehicle_id=5, instead_of=4, reason="Misread", pass_ended=True),
        "session.plate_corrected",
        "session",
        7,
        {"vehicle_id": 5, "instead_of": 4, "reason": "Misread", "pass_ended": True},
    ),
    (
        stays.SessionPaidAhead(session_id=7, method="CARD", amount=FIFTY, until=SINCE),
        "session.paid_ahead",
        "session",
        7,
        {"method": "CARD", "amount": "50.00", "until": SINCE},
    ),
    (
        stays.ExemptClassMade(exempt_class_id=3, site_id=1, name="ambulance"),
        "exempt_class.made",
        "exempt_class",
        3,
        {"site_id": 1, "name": "ambulance"},
    ),
    (
        stays.ExemptClassChanged(exempt_class_id=3, name="ambulance", is_active=False),
        "exempt_class.changed",
        "exempt_class",
        3,
        {"name": "ambulance", "is_active": False},
    ),
    (
        stays.SessionPaidAtEntry(session_id=7, method="CASH", amount=FIFTY),
        "session.paid_at_entry",
        "session",
        7,
        {"method": "CASH", "amount": "50.00"},
    ),
    (
        stays.SessionEntryWaits(session_id=7, order_id="O1", amount=FIFTY),
        "session.entry_waits",
        "session",
        7,
        {"order_id": "O1", "amount": "50.00"},
    ),
    (
        stays.LostTicketTaken(session_id=7, since=SINCE, is_owner=False),
        "session.lost_ticket",
        "session",
        7,
        {"since": SINCE, "is_owner": False},
    ),
    (
        stays.ReceiptDoubted(session_id=7, note_id=3, stated=HUNDRED, kept=FIFTY),
        "session.receipt_doubted",
        "session",
        7,
        {"note_id": 3, "stated": "100.00", "kept": "50.00"},
    ),
    (stays.SessionPaysLater(session_id=7, owed=FIFTY), "session.pays_later", "session", 7, {"owed": "50.00"}),
    (stays.PassedWithoutCode(session_id=7), "session.without_code", "session", 7, {}),
    (
        stays.NoteWritten(session_id=7, note_id=3, kind="DAMAGE"),
        "session.note_written",
        "session",
        7,
        {"note_id": 3, "kind": "DAMAGE"},
    ),
    (
        stays.NoteTickedOff(session_id=7, note_id=3, kind="NOTE"),
        "session.note_ticked_off",
        "session",
        7,
        {"note_id": 3, "kind": "NOTE"},
    ),
    (
        stays.SlipTexted(session_id=1, ends_in="10"),
        "session.slip_texted",
        "session",
        1,
        {"ends_in": "10"},
    ),
    (
        stays.DriverCalled(session_id=1, ends_in="10"),
        "session.driver_called",
        "session",
        1,
        {"ends_in": "10"},
    ),
    (stays.PhoneSearched(ends_in="10", found=1), "phone.searched", "", None, {"ends_in": "10", "found": 1}),
    (
        Exported(path="/x.csv", kind="csv"),
        "exported",
        "",
        None,
        {"path": "/x.csv", "kind": "csv", "source": None, "times": None},
    ),
    (Refusal(code="token_spent", user_id=2), "refused.token_spent", "user", 2, {}),
    (
        UnknownEvent(code="gate.opened", about=("gate", 6), stored={"by": "hand"}),
        "gate.opened",
        "gate",
        6,
        {"by": "hand"},
    ),
]


def name_of(value: object) -> str:
    return type(value).__name__ if isinstance(value, Event) else ""


def entry(action: str, kind: str = "session", subject_id: int | None = 7, **facts: Any) -> AuditEntry:
    return AuditEntry(action=action, subject_kind=kind, subject_id=subject_id, facts=facts)


@pytest.mark.django_db
@pytest.mark.parametrize(("event", "action", "kind", "subject_id", "facts"), STORED, ids=name_of)
def test_an_event_is_stored_exactly_so_and_comes_back(
    event: Event, action: str, kind: str, subject_id: int | None, facts: dict[str, Any]
) -> None:
    record(SYSTEM, event, NOW)
    line = AuditEntry.objects.get()
    assert (line.action, line.subject_kind, line.subject_id, line.facts) == (action, kind, subject_id, facts)
    assert (line.at, line.actor_id, line.actor_role) == (NOW, None, "SYSTEM")
    assert line.refused is action.startswith("refused.")
    assert read_event(line) == event


def test_every_type_of_event_is_in_the_table() -> None:
    ours = {kind for kind in event_types() if kind.__module__.startswith("parking.")}
    assert {type(event) for event, *_ in STORED} == ours


def test_what_is_refused_is_cut_to_the_columns() -> None:
    refusal = Refusal(code="c" * 60, path="/" * 300)
    assert (len(refusal.recorded_action), len(refusal.facts()["path"])) == (60, 200)


def test_two_types_cannot_have_one_action() -> None:
    with pytest.raises(TypeError, match=r"SessionBooked has the action session\.booked already"):
        type("Again", (Event,), {"action": "session.booked"})
    assert read_event(entry("session.booked", zone_id=1, slot_id=None, fee="0.00")) == stays.SessionBooked(
        session_id=7, zone_id=1, slot_id=None, fee=Decimal("0.00")
    )


@pytest.mark.parametrize(
    "facts",
    [{}, {"total": "a lot"}, {"total": None}, {"total": ["1.00"]}],
    ids=["missing", "no number", "nothing", "a list"],
)
def test_a_line_whose_facts_do_not_fit_is_kept_as_it_is(facts: dict[str, Any]) -> None:
    line = entry("session.quoted", **facts)
    assert read_event(line) == UnknownEvent(code="session.quoted", about=("session", 7), stored=facts)


def test_a_change_of_a_zone_from_before_amounts_were_kept_is_read() -> None:
    line = entry("zone.changed", "zone", 3, changed=["name"])
    assert read_event(line) == facilities.ZoneChanged(zone_id=3, changed=("name",), amounts={})


def test_no_action_is_written_out_beside_its_type() -> None:
    actions = {kind.action for kind in event_types()}
    # Without a dot it is a word that is used for other things too, such as the name of an address.
    dotted = {action for action in actions if "." in action}
    found = [
        f"{path.relative_to(PARKING)}:{node.lineno} {node.value}"
        for path in PARKING.rglob("*.py")
        # A migration keeps the words of its day.
        if not {"events", "migrations"} & {path.stem, path.parent.name}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value in dotted or node.value.startswith("refused.")
    ]
    assert found == []
