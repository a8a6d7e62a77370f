"""Every call of the API by everybody, about objects of a site where some of them do not work.

The table is compared with the routes: a call without an entry fails, and so does an entry without a call.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from parking.audit.models import AuditEntry
from parking.core import clock, fresh
from tests.client import ApiClient, description_of_calls
from tests.roles.world import MARKS, PASS_PLATE, World, make_world

pytestmark = pytest.mark.django_db

COLUMNS = ("USER", "STAFF", "STAFF of 2", "ADMIN", "ADMIN of 2", "AUDITOR", "AUDITOR of 2", "NOBODY")
OTHER_SITE = {"STAFF of 2", "ADMIN of 2", "AUDITOR of 2"}
REFUSED = {401, 403}

Statuses = tuple[int, int, int, int, int, int, int, int]
# Who gets what; `x` stands for what the call itself answers to somebody who may make it.
PUBLIC: Statuses = (200,) * 8
OWN = (200, 200, 200, 200, 200, 200, 200, 401)


def driver(own: int = 200, other: int = 404) -> Statuses:
    """Drivers, and administrators with what they booked themselves."""
    return (own, 403, 403, other, other, 403, 403, 401)


def gate(here: int = 200, elsewhere: int = 404) -> Statuses:
    """What attendants do: at the other site it is refused or not there."""
    return (403, here, elsewhere, here, elsewhere, 403, 403, 401)


def gate_list() -> Statuses:
    return (403, 200, 200, 200, 200, 200, 200, 401)


def gate_one() -> Statuses:
    return (403, 200, 404, 200, 404, 200, 404, 401)


def office_list() -> Statuses:
    return (403, 403, 403, 200, 200, 200, 200, 401)


def office_one() -> Statuses:
    return (403, 403, 403, 200, 404, 200, 404, 401)


def all_sites() -> Statuses:
    """What belongs to no site is not for those who work at some of them."""
    return (403, 403, 403, 200, 403, 200, 403, 401)


def office_change(here: int = 200, elsewhere: int = 404) -> Statuses:
    return (403, 403, 403, here, elsewhere, 403, 403, 401)


def payment(here: int = 200, elsewhere: int = 404) -> Statuses:
    """Payments of a driver's own stay; staff for any at their sites."""
    return (here, here, elsewhere, here, elsewhere, 403, 403, 401)


def older(here: int, elsewhere: int = 400, driver: int = 403) -> Statuses:
    """Older addresses, closed to strangers as in production."""
    return (driver, here, elsewhere, here, elsewhere, 403, 403, 401)


ANYBODY_POSTS = (400,) * 8
# The webhooks of gateways: an unsigned one is nobody's.
UNSIGNED = (401,) * 8

TABLE: dict[str, Statuses] = {
    "POST /api/auth/register/": ANYBODY_POSTS,
    "POST /api/auth/login/": ANYBODY_POSTS,
    "POST /api/auth/refresh/": ANYBODY_POSTS,
    "POST /api/auth/logout/": ANYBODY_POSTS,
    "GET /api/auth/me/": OWN,
    "PATCH /api/auth/me/": OWN,
    "POST /api/auth/password/change/": (400,) * 7 + (401,),
    "POST /api/auth/password/reset/": ANYBODY_POSTS,
    "POST /api/auth/password/reset/confirm/": ANYBODY_POSTS,
    "POST /api/auth/email/confirm/": ANYBODY_POSTS,
    "POST /api/auth/email/confirmation/": OWN,
    "GET /api/me/notifications/": OWN,
    "POST /api/me/notifications/read/": OWN,
    "GET /api/me/preferences/": OWN,
    "PATCH /api/me/preferences/": OWN,
    "POST /api/me/push-subscriptions/": (201,) * 7 + (401,),
    # Nobody of these has that browser.
    "DELETE /api/me/push-subscriptions/": (404,) * 7 + (401,),
    "DELETE /api/me/push-subscriptions/{subscription_ref}/": (404,) * 7 + (401,),
    "GET /api/public/zones/": PUBLIC,
    "GET /api/public/health/": PUBLIC,
    "GET /api/public/zones/{zone_ref}/tariff/": PUBLIC,
    "GET /api/public/zones/{zone_ref}/estimate/": PUBLIC,
    "GET /api/public/plans/": PUBLIC,
    "GET /api/user/passes/": driver(other=200),
    "POST /api/user/passes/": driver(201, 201),
    "GET /api/user/passes/{number}/": driver(),
    "GET /api/user/passes/{number}/qr.svg": driver(),
    "PATCH /api/user/passes/{number}/": driver(),
    # It is paid.
    "POST /api/user/passes/{number}/pay/": driver(400),
    "GET /api/user/passes/{number}/mandate/": driver(),
    # There are no mandates here, and none that anybody could sign.
    "POST /api/user/passes/{number}/mandate/": driver(400),
    "POST /api/user/passes/{number}/mandate/confirm/": driver(400),
    "DELETE /api/user/passes/{number}/mandate/": driver(),
    "POST /api/staff/passes/": gate(201),
    "POST /api/staff/pass-entry/": gate(201, 400),
    "GET /api/user/zones/": driver(other=200),
    "POST /api/user/book-slot/": driver(201, 201),
    "POST /api/user/reservations/": driver(201, 201),
    "PATCH /api/user/reservations/{session_ref}/": driver(400),
    "GET /api/user/waiting-list/": driver(other=200),
    "POST /api/user/waiting-list/": driver(400, 400),
    "POST /api/user/waiting-list/{entry_ref}/accept/": driver(404),
    "DELETE /api/user/waiting-list/{entry_ref}/": driver(404),
    "GET /api/user/current-session/": driver(other=200),
    "GET /api/user/sessions/{session_ref}/": driver(),
    "GET /api/user/sessions/{session_ref}/qr.svg": driver(),
    "GET /api/user/sessions/{session_ref}/qr.png": driver(),
    "GET /api/user/history/": driver(other=200),
    "POST /api/user/cancel-booking/": driver(),
    "POST /api/user/sessions/{session_ref}/promo-code/": driver(),
    # The driver has none.
    "POST /api/user/sessions/{session_ref}/points/": driver(own=400),
    "GET /api/user/points/": driver(other=200),
    "GET /api/user/debts/": driver(other=200),
    # The debt is of a stay that nobody of these booked.
    "POST /api/user/debts/{debt_ref}/objection/": driver(own=404),
    "GET /api/user/vehicles/": driver(other=200),
    "POST /api/user/vehicles/": driver(201, 201),
    "DELETE /api/user/vehicles/{saved_ref}/": driver(),
    "GET /api/user/sessions/{session_ref}/invoice-details/": driver(),
    "POST /api/user/sessions/{session_ref}/invoice-details/": driver(),
    "POST /api/staff/entry/": gate(elsewhere=400),
    "POST /api/staff/exit/quote/": gate(elsewhere=400),
    "POST /api/staff/exit/": gate(elsewhere=400),
    "GET /api/staff/active-sessions/": gate_list(),
    "GET /api/staff/slot-status/": gate_list(),
    "POST /api/staff/sessions/{session_ref}/terminate/": gate(),
    "GET /api/staff/exempt-classes/": gate_list(),
    # The table sends no photo.
    "POST /api/staff/sessions/{session_ref}/exempt/": gate(400, 400),
    "DELETE /api/staff/sessions/{session_ref}/exempt/": gate(400),
    "POST /api/staff/sessions/{session_ref}/kind/": gate(400, 400),
    # The table sends no photo.
    "POST /api/staff/sessions/{session_ref}/evidence/": gate(400, 400),
    "GET /api/staff/evidence/{evidence_ref}/": gate_one(),
    "GET /api/admin/exempt-classes/": office_list(),
    "POST /api/admin/exempt-classes/": office_change(201),
    "PATCH /api/admin/exempt-classes/{class_ref}/": office_change(),
    "GET /api/admin/exemptions/": office_list(),
    "POST /api/staff/refunds/": gate(201),
    "POST /api/staff/walk-in/": gate(201),
    "POST /api/staff/entry-by-plate/": gate(),
    "POST /api/staff/lost-ticket/": gate(),
    "POST /api/staff/pay-later/": gate(elsewhere=400),
    "POST /api/staff/exit-by-plate/": gate(),
    "POST /api/staff/sessions/{session_ref}/plate/": gate(),
    "POST /api/staff/sessions/{session_ref}/move/": gate(),
    "POST /api/staff/sessions/{session_ref}/ticket/": gate(),
    "GET /api/staff/sessions/{session_ref}/items/": gate_one(),
    "POST /api/staff/sessions/{session_ref}/items/": gate(),
    "POST /api/staff/sessions/{session_ref}/pay-ahead/": gate(),
    "GET /api/staff/expected/": gate_list(),
    "GET /api/staff/emergency/": gate_list(),
    # One waits there already.
    "POST /api/staff/emergency/": gate(400),
    "POST /api/staff/emergency/{emergency_ref}/confirm/": gate(),
    "DELETE /api/staff/emergency/{emergency_ref}/": gate(),
    "POST /api/admin/emergencies/{emergency_ref}/waive/": office_change(),
    "POST /api/staff/paper-slips/": gate(),
    "GET /api/admin/tokens/": office_list(),
    "POST /api/admin/tokens/": office_change(201),
    "PATCH /api/admin/tokens/{token_ref}/": office_change(),
    "GET /api/admin/paper-blocks/": office_list(),
    "POST /api/admin/paper-blocks/": office_change(201),
    "GET /api/staff/sessions/{session_ref}/notes/": gate_one(),
    "POST /api/staff/sessions/{session_ref}/notes/": gate(201),
    "POST /api/staff/sessions/{session_ref}/problem/": gate(201),
    # It has no note yet.
    "POST /api/staff/sessions/{session_ref}/notes/{note_id}/done/": gate(404),
    "GET /api/staff/problems/": gate_list(),
    # Everybody finds what is at the own sites.
    "POST /api/staff/sessions/{session_ref}/call/": gate(400),
    "POST /api/staff/phone-search/": (403, 200, 200, 200, 200, 403, 403, 401),
    "GET /api/staff/sessions/{session_ref}/invoice-details/": gate_one(),
    "POST /api/staff/sessions/{session_ref}/invoice-details/": gate(),
    # Attendants need the permission.
    "POST /api/staff/debts/{debt_ref}/collect/": office_change(),
    "GET /api/admin/sites/": office_list(),
    "POST /api/admin/sites/": office_change(201, 403),
    "GET /api/admin/sites/{site_ref}/": office_one(),
    "PATCH /api/admin/sites/{site_ref}/": office_change(),
    "POST /api/admin/sites/{site_ref}/copy/": office_change(201),
    # The table sends no file: it is missed before the site is looked for.
    "POST /api/admin/sites/{site_ref}/import/": office_change(400, 400),
    "GET /api/admin/gates/": office_list(),
    "POST /api/admin/gates/": office_change(201),
    "GET /api/admin/gates/{gate_ref}/": office_one(),
    "PATCH /api/admin/gates/{gate_ref}/": office_change(),
    "GET /api/admin/tax-profiles/": office_list(),
    "POST /api/admin/tax-profiles/": office_change(201),
    "GET /api/admin/dashboard/": office_list(),
    "GET /api/admin/payments/": office_list(),
    "GET /api/admin/revenue-report/": office_list(),
    "GET /api/admin/all-sessions/": office_list(),
    "GET /api/admin/zones/": office_list(),
    "POST /api/admin/zones/": office_change(201, 400),
    "GET /api/admin/zones/{zone_ref}/": office_one(),
    "PATCH /api/admin/zones/{zone_ref}/": office_change(),
    "DELETE /api/admin/zones/{zone_ref}/": office_change(400),
    "POST /api/admin/zones/{zone_ref}/slots/": office_change(201),
    "GET /api/admin/zones/{zone_ref}/tariffs/": office_one(),
    "POST /api/admin/zones/{zone_ref}/tariffs/": office_change(201),
    "PATCH /api/admin/zones/{zone_ref}/tariffs/{tariff_id}/": office_change(),
    "DELETE /api/admin/zones/{zone_ref}/tariffs/{tariff_id}/": office_change(),
    "GET /api/admin/zones/{zone_ref}/demand/": office_one(),
    "PUT /api/admin/zones/{zone_ref}/demand/": office_change(),
    "GET /api/admin/rate-cards/": office_list(),
    "POST /api/admin/rate-cards/": office_change(201, 400),
    "GET /api/admin/rate-cards/{card_id}/": office_one(),
    "PATCH /api/admin/rate-cards/{card_id}/": office_change(),
    "POST /api/admin/rate-cards/{card_id}/versions/": office_change(201),
    # The version is that of the zone.
    "PATCH /api/admin/rate-cards/{card_id}/versions/{tariff_id}/": office_change(404),
    "DELETE /api/admin/rate-cards/{card_id}/versions/{tariff_id}/": office_change(404),
    "POST /api/shop/validate/": driver(201, 403),
    "GET /api/shop/validations/": driver(other=403),
    "DELETE /api/shop/validations/{validation_id}/": driver(404),
    "GET /api/admin/shops/": office_list(),
    "POST /api/admin/shops/": office_change(201),
    "GET /api/admin/shops/{shop_id}/": office_one(),
    "PATCH /api/admin/shops/{shop_id}/": office_change(),
    "GET /api/admin/shops/{shop_id}/statement/": office_one(),
    "POST /api/admin/replays/": office_change(202, 400),
    "GET /api/admin/replays/{replay_id}/": office_one(),
    "GET /api/admin/promo-codes/": office_list(),
    "POST /api/admin/promo-codes/": office_change(201, 400),
    "GET /api/admin/promo-codes/{code_id}/": office_one(),
    "PATCH /api/admin/promo-codes/{code_id}/": office_change(),
    "GET /api/admin/undelivered/": office_list(),
    # Of what is elsewhere, nothing.
    "POST /api/admin/undelivered/retry/": office_change(200, 200),
    "GET /api/admin/vouchers/": office_list(),
    "POST /api/admin/vouchers/": office_change(202),
    # The code of the table is no voucher.
    "PATCH /api/admin/vouchers/{voucher_id}/": office_change(404),
    "GET /api/admin/sites/{site_ref}/holidays/": office_one(),
    "POST /api/admin/sites/{site_ref}/holidays/": office_change(201),
    "DELETE /api/admin/sites/{site_ref}/holidays/{holiday_id}/": office_change(),
    "PATCH /api/admin/slots/{slot_ref}/": office_change(),
    "GET /api/admin/plans/": office_list(),
    "POST /api/admin/plans/": office_change(201, 400),
    "PATCH /api/admin/plans/{plan_id}/": office_change(),
    "GET /api/admin/passes/": office_list(),
    "POST /api/admin/passes/": office_change(201),
    "PATCH /api/admin/passes/{number}/": office_change(),
    "GET /api/admin/organisations/": office_list(),
    "POST /api/admin/organisations/": office_change(201),
    "GET /api/admin/organisations/{organisation_id}/": office_one(),
    "PATCH /api/admin/organisations/{organisation_id}/": office_change(),
    "GET /api/admin/organisations/{organisation_id}/vehicles/": office_one(),
    # The table sends no file.
    "POST /api/admin/organisations/{organisation_id}/vehicles/": office_change(400, 400),
    "GET /api/admin/organisations/{organisation_id}/invoices/": office_one(),
    "GET /api/admin/organisations/{organisation_id}/invoices/{invoice_number}/invoice.pdf": office_one(),
    "POST /api/admin/organisations/{organisation_id}/invoices/{invoice_number}/payments/": office_change(201),
    # It is not overdue yet.
    "POST /api/admin/organisations/{organisation_id}/invoices/{invoice_number}/write-off/": office_change(400),
    "GET /api/admin/debts/": office_list(),
    "POST /api/admin/debts/{debt_ref}/write-off/": office_change(),
    # Nobody objected to it.
    "POST /api/admin/debts/{debt_ref}/objection/": office_change(400),
    "GET /api/admin/refunds/": office_list(),
    "POST /api/admin/refunds/": office_change(201),
    "POST /api/admin/refunds/{refund_ref}/approve/": office_change(),
    "POST /api/admin/refunds/{refund_ref}/retry/": office_change(400),
    # This one is no second payment.
    "POST /api/admin/refunds/{refund_ref}/send-back/": office_change(400),
    "GET /api/admin/approvals/": office_list(),
    "POST /api/admin/approvals/{approval_ref}/": office_change(),
    "GET /api/admin/reconciliation/": office_list(),
    "POST /api/admin/reconciliation/": office_list(),
    "GET /api/admin/users/": office_list(),
    "POST /api/admin/users/": office_change(201, 400),
    "GET /api/admin/users/{user_id}/": office_one(),
    "PATCH /api/admin/users/{user_id}/": office_change(),
    "GET /api/admin/terminations/": office_list(),
    "GET /api/admin/gate-counts/": office_list(),
    "GET /api/admin/audit/": all_sites(),
    "GET /api/admin/settings/": office_list(),
    # The operator's own values: at the other site they are read, and changed by nobody.
    "PATCH /api/admin/settings/": office_change(200, 403),
    # The table sends no file.
    "POST /api/admin/settings/logo/": office_change(400, 400),
    "GET /api/admin/settings/history/": office_list(),
    "POST /api/payment/phonepe/create/": payment(400),
    "POST /api/payment/phonepe/verify/": (404, 404, 404, 404, 404, 403, 403, 401),
    "POST /api/payment/phonepe/refund/": office_change(),
    "POST /api/payment/callback/phonepe/": UNSIGNED,
    "POST /api/payment/create-order/": payment(400),
    "POST /api/payment/verify/": (404, 404, 404, 404, 404, 403, 403, 401),
    "POST /api/payment/webhook/": UNSIGNED,
    "POST /api/mail/events/": UNSIGNED,
    "GET /api/payment/{payment_id}/receipt.pdf": (200, 200, 404, 200, 404, 200, 404, 401),
    "GET /api/payment/{payment_id}/receipt/": (200, 200, 404, 200, 404, 200, 404, 401),
    "POST /api/payment/{payment_id}/receipt/mail/": payment(202),
    "GET /parking/entry/": PUBLIC,
    "GET /parking/entry-qr-scan/": PUBLIC,
    "GET /entry-qr-scan/": PUBLIC,
    "GET /parking/exit-qr-scan/": PUBLIC,
    "GET /exit-qr-scan/": PUBLIC,
    "POST /parking/entry/": older(200, 404),
    "POST /api/parking/book/": older(200, 404),
    "POST /parking/entry-qr-scan/": older(200),
    "POST /api/parking/scan-entry/": older(200),
    "POST /parking/exit-qr-scan/": older(200),
    "POST /api/parking/scan-exit/": older(200),
    "POST /parking/cancel-booking/": older(200, driver=200),
    "GET /parking/zone/{zone_ref}/status/": PUBLIC,
}
# Addresses that show to everybody what is shown to drivers.
SHOWN_TO_ALL = (
    "/api/public/",
    "/api/user/zones/",
    "/api/user/book-slot/",
    "/api/user/reservations/",
    "/api/user/waiting-list/",
    "POST /api/user/passes/",
    "/parking/",
)

BROWSER = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/one",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


def _bodies(world: World) -> dict[str, dict[str, Any]]:
    zone, plate = world.zone.pk, "KA-05-XY-0042"
    ticket = {"zone_id": zone, "vehicle_number": plate, "owner_name": "Ravi"}
    entry, leaving = {"qr_code": world.waiting.qr_code}, {"qr_code": world.inside.qr_code, "payment_method": "CASH"}
    refund = {"payment_id": world.cash.pk, "amount": 1, "reason": "Wrong car"}
    days = {"gateway": "SIMULATED", "start_date": "today", "end_date": "today"}
    header = "kind,gateway_id,merchant_id,amount,currency,made_at\n"
    return {
        "POST /api/me/push-subscriptions/": BROWSER,
        "DELETE /api/me/push-subscriptions/": {"endpoint": "https://fcm.googleapis.com/fcm/send/other"},
        "POST /api/user/book-slot/": ticket,
        "POST /api/user/reservations/": ticket
        | {"starts_at": f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}
        | {"ends_at": f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"},
        "POST /api/user/waiting-list/": ticket | {"until": f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"},
        "POST /api/user/waiting-list/{entry_ref}/accept/": {},
        "PATCH /api/user/reservations/{session_ref}/": {"owner_name": "Meera"},
        "POST /api/user/sessions/{session_ref}/promo-code/": {"promo_code": "GROVE"},
        "POST /api/user/sessions/{session_ref}/points/": {"use_points": 100},
        "POST /api/user/vehicles/": {"vehicle_number": plate},
        "POST /api/user/passes/": {"plan_id": world.plan.pk, "vehicles": [plate]},
        "PATCH /api/user/passes/{number}/": {"auto_renew": True},
        "POST /api/user/passes/{number}/mandate/confirm/": {
            "razorpay_payment_id": "pay_PARK0000000001",
            "razorpay_signature": "00",
        },
        "POST /api/staff/passes/": {
            "user_id": world.held.driver_id,
            "plan_id": world.plan.pk,
            "vehicles": [plate],
            "payment_method": "CASH",
        },
        "POST /api/admin/passes/": {
            "user_id": world.held.driver_id,
            "plan_id": world.plan.pk,
            "vehicles": [plate],
            "payment_method": "CASH",
        },
        "POST /api/staff/pass-entry/": {"qr_code": world.held.pass_code, "vehicle_number": PASS_PLATE},
        "POST /api/admin/plans/": {"name": "New", "period": "DAY", "price": 10, "site_id": world.zone.site_id},
        "PATCH /api/admin/plans/{plan_id}/": {"price": 20},
        "POST /api/admin/organisations/": {
            "name": "New",
            "kind": "COMPANY",
            "plan_id": world.plan.pk,
            "vehicles": 2,
            "inside": 1,
            "pricing": "LUMP_SUM",
            "price": 500,
            "billing": "AHEAD",
        },
        "PATCH /api/admin/organisations/{organisation_id}/": {"vehicles": 4},
        "POST /api/admin/organisations/{organisation_id}/invoices/{invoice_number}/write-off/": {"reason": "Insolvent"},
        "POST /api/admin/organisations/{organisation_id}/invoices/{invoice_number}/payments/": {
            "amount": 1,
            "reference": "U1",
        },
        "PATCH /api/admin/passes/{number}/": {"auto_renew": True},
        "POST /api/user/cancel-booking/": {"session_id": world.waiting.pk},
        "POST /api/staff/entry/": entry,
        "POST /api/staff/exit/quote/": {"qr_code": world.inside.qr_code},
        "POST /api/staff/exit/": leaving,
        "POST /api/staff/walk-in/": {"vehicle_number": "KA-01-AB-7755", "zone_id": zone},
        "POST /api/staff/pay-later/": {"qr_code": world.inside.qr_code},
        "POST /api/staff/emergency/": {"reason": "Fire", "minutes": 10, "site_id": world.zone.site_id},
        "POST /api/staff/emergency/{emergency_ref}/confirm/": {"decision": "APPROVE"},
        "POST /api/admin/emergencies/{emergency_ref}/waive/": {"reason": "Fire"},
        "POST /api/staff/paper-slips/": {
            "zone_id": zone,
            "slips": [{"block": "B1", "number": 1, "vehicle_number": plate, "entry_time": "2026-11-22T04:30:00Z"}],
        },
        "POST /api/admin/tokens/": {"site_id": world.zone.site_id, "first": 1, "last": 2},
        "PATCH /api/admin/tokens/{token_ref}/": {"lost": True},
        "POST /api/admin/paper-blocks/": {"site_id": world.zone.site_id, "name": "B1", "first": 1, "last": 50},
        "POST /api/staff/lost-ticket/": {
            "vehicle_number": "HR-26-DK-8337",
            "zone_id": zone,
            "payment_method": "CASH",
        },
        "POST /api/staff/entry-by-plate/": {"session_id": world.waiting.pk, "confirm": "Asha"},
        "POST /api/staff/exit-by-plate/": {"session_id": world.inside.pk, "confirm": "Asha", "payment_method": "CASH"},
        "POST /api/staff/sessions/{session_ref}/plate/": {"vehicle_number": "KA-01-AB-7718", "reason": "Misread"},
        "POST /api/staff/sessions/{session_ref}/move/": {"slot_id": world.inside.slot_id},
        "POST /api/staff/sessions/{session_ref}/ticket/": {"answer": "ENTERED"},
        "POST /api/staff/sessions/{session_ref}/items/": {"token": world.helmet.code},
        "POST /api/staff/sessions/{session_ref}/pay-ahead/": {"payment_method": "CASH"},
        "POST /api/staff/sessions/{session_ref}/notes/": {"text": "Key is with the guard"},
        "POST /api/staff/sessions/{session_ref}/problem/": {"kind": "DAMAGE", "text": "Scratch"},
        "POST /api/staff/sessions/{session_ref}/terminate/": {"reason": "Left", "payment_method": "NONE"},
        "POST /api/staff/refunds/": refund,
        "POST /api/staff/phone-search/": {"phone": "9876543210"},
        "POST /api/staff/debts/{debt_ref}/collect/": {"payment_method": "CASH"},
        "POST /api/admin/sites/": {"name": "New", "code": "NEW"},
        "PATCH /api/admin/sites/{site_ref}/": {"contact": "Office"},
        "POST /api/admin/sites/{site_ref}/copy/": {"name": "New", "code": "NEW"},
        "POST /api/admin/gates/": {"site_id": world.zone.site_id, "name": "New", "direction": "IN"},
        "PATCH /api/admin/gates/{gate_ref}/": {"direction": "BOTH"},
        "POST /api/admin/tax-profiles/": {
            "site_id": world.zone.site_id,
            "legal_name": "Example Parking",
            "series_prefix": "KA7",
            "rate": 0,
            "valid_from": "2020-04-01",
        },
        "POST /api/admin/zones/": {"name": "New", "hourly_rate": 10, "site_id": world.zone.site_id},
        "PATCH /api/admin/zones/{zone_ref}/": {"contact": "Office"},
        "GET /api/public/zones/{zone_ref}/estimate/": {"minutes": 120},
        "POST /api/admin/zones/{zone_ref}/tariffs/": {"base_rate": 1000},
        "PATCH /api/admin/zones/{zone_ref}/tariffs/{tariff_id}/": {"valid_to": "2998-01-01"},
        "PUT /api/admin/zones/{zone_ref}/demand/": {"steps": [{"from_percent": 0, "change_percent": 10}]},
        "POST /api/admin/rate-cards/": {"name": "New", "zone_ids": [zone], "base_rate": 1000},
        "PATCH /api/admin/rate-cards/{card_id}/": {"name": "Town"},
        "POST /api/admin/rate-cards/{card_id}/versions/": {"base_rate": 1000},
        "PATCH /api/admin/rate-cards/{card_id}/versions/{tariff_id}/": {"valid_to": "2998-01-01"},
        "POST /api/shop/validate/": {"session_id": world.inside.pk},
        "POST /api/admin/shops/": {
            "name": "New",
            "site_id": world.zone.site_id,
            "gives": {"kind": "PERCENT", "value": 20},
        },
        "PATCH /api/admin/shops/{shop_id}/": {"per_day": 5},
        "GET /api/admin/shops/{shop_id}/statement/": {"month": "2026-01"},
        "POST /api/admin/replays/": {
            "zone_ids": [zone],
            "draft": {"base_rate": 60},
            "start_date": "2026-11-01",
            "end_date": "2026-11-30",
        },
        "POST /api/admin/undelivered/retry/": {"channel": "MAIL", "reason": "smtp_451"},
        "POST /api/admin/promo-codes/": {"code": "NEW", "kind": "AMOUNT", "value": 10, "zone_ids": [zone]},
        "PATCH /api/admin/promo-codes/{code_id}/": {"value": 20},
        "POST /api/admin/vouchers/": {
            "amount": 50,
            "until": "2998-01-01",
            "reason": "Guest",
            "site_id": world.zone.site_id,
        },
        "PATCH /api/admin/vouchers/{voucher_id}/": {"is_active": False},
        "POST /api/admin/sites/{site_ref}/holidays/": {"date": "2998-01-01", "name": "New Year"},
        "POST /api/admin/zones/{zone_ref}/slots/": {"prefix": "N-", "first": 1, "last": 1},
        "PATCH /api/admin/slots/{slot_ref}/": {"status": "OUT_OF_SERVICE"},
        "POST /api/admin/debts/{debt_ref}/write-off/": {"reason": "Ambulance"},
        "POST /api/admin/debts/{debt_ref}/objection/": {"upheld": False, "answer": "It is owed"},
        "POST /api/user/debts/{debt_ref}/objection/": {"objection": "I paid in cash"},
        "POST /api/admin/refunds/": refund,
        "POST /api/admin/approvals/{approval_ref}/": {"decision": "APPROVE"},
        "PATCH /api/admin/settings/": {"values": {"quote_minutes": 5}},
        "GET /api/admin/reconciliation/": days,
        "POST /api/admin/reconciliation/": days | {"settlement": header},
        "POST /api/admin/exempt-classes/": {"site_id": world.zone.site_id, "name": "fire service"},
        "PATCH /api/admin/exempt-classes/{class_ref}/": {"is_active": False},
        "POST /api/admin/users/": {"username": "new", "password": "blue-tractor-9", "role": "STAFF"},
        "PATCH /api/admin/users/{user_id}/": {"first_name": "Ravi"},
        "POST /api/payment/phonepe/create/": {"session_id": world.inside.pk, "amount": 1},
        "POST /api/payment/phonepe/verify/": {"session_id": world.inside.pk, "merchant_txn_id": "PK-NOTHING"},
        "POST /api/payment/phonepe/refund/": {"merchant_txn_id": world.order.order_id, "amount": 1, "reason": "x"},
        "POST /api/payment/create-order/": {"session_id": world.inside.pk, "amount": 1, "currency": "INR"},
        "POST /api/payment/verify/": {
            "razorpay_order_id": "order_x",
            "razorpay_payment_id": "pay_x",
            "razorpay_signature": "x",
        },
        "POST /parking/entry/": ticket,
        "POST /api/parking/book/": ticket,
        "POST /parking/entry-qr-scan/": entry,
        "POST /api/parking/scan-entry/": entry,
        "POST /parking/exit-qr-scan/": leaving,
        "POST /api/parking/scan-exit/": leaving,
        "POST /parking/cancel-booking/": entry,
    }


def calls_of_the_api() -> set[str]:
    paths = description_of_calls()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_call_has_an_entry() -> None:
    assert calls_of_the_api() == set(TABLE)


@pytest.fixture
def world(settings: Any) -> World:
    settings.OPEN_LEGACY = False
    return make_world()


def _sent(client: ApiClient, call: str, world: World, body: dict[str, Any]) -> Any:
    method, path = call.split(" ")
    address = path.format_map(world.values())
    send = getattr(client, method.lower())
    return send(address, **body) if method == "GET" else send(address, body)


@pytest.mark.parametrize("who", COLUMNS)
def test_each_call_answers_as_the_table_says(world: World, who: str) -> None:
    client, bodies, column = ApiClient(world.people[who]), _bodies(world), COLUMNS.index(who)
    wrong, leaks, unrecorded = [], [], []
    for call, statuses in TABLE.items():
        before = transaction.savepoint()
        fresh.forget_all()
        lines = AuditEntry.objects.filter(refused=True).count()
        answer = _sent(client, call, world, bodies.get(call, {}))
        if answer.status_code != statuses[column]:
            wrong.append(f"{call}: {answer.status_code}, not {statuses[column]} {_text(answer)[:200]}")
        if who in OTHER_SITE and not any(path in call for path in SHOWN_TO_ALL):
            leaks += [f"{call}: {mark}" for mark in MARKS if mark in _text(answer)]
        is_change = not call.startswith("GET")
        recorded = AuditEntry.objects.filter(refused=True).count() - lines
        if is_change and answer.status_code == 403 and recorded != 1:
            unrecorded.append(call)
        transaction.savepoint_rollback(before)
    assert (wrong, leaks, unrecorded) == ([], [], [])


FORMS: dict[str, dict[str, Any]] = {
    "exempt": {"class_id": 1},
    "kind": {"vehicle_kind": "AUTO"},
    "evidence": {"moment": "ENTRY"},
}


@pytest.mark.parametrize("who", ["STAFF", "STAFF of 2"])
def test_each_call_of_attendants_takes_a_gate_and_refuses_one_that_is_not_theirs(world: World, who: str) -> None:
    client, bodies = ApiClient(world.people[who]), _bodies(world)
    gate = {"gate_id": world.gate.pk if who == "STAFF of 2" else world.gate.pk + 900}
    calls = [call for call in TABLE if " /api/staff/" in call]
    codes = {call: _sent_at(client, call, world, bodies.get(call, {}), gate).json()["code"] for call in calls}
    assert {call: code for call, code in codes.items() if code != "gate_invalid"} == {}
    assert len(calls) > 30


def _sent_at(client: ApiClient, call: str, world: World, body: dict[str, Any], gate: dict[str, int]) -> Any:
    method, path = call.split(" ")
    form = FORMS.get(path.split("/")[-2]) if method == "POST" else None
    if form is not None:
        photo = SimpleUploadedFile("car.png", b"", "image/png")
        address = path.format_map(world.values())
        return client.client.post(address, {**form, **gate, "photo": photo}, headers=client.headers)
    if method == "DELETE":
        return client.delete(f"{path.format_map(world.values())}?gate_id={gate['gate_id']}")
    return _sent(client, call, world, body | gate)


def _text(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return whole.decode("latin-1")


@pytest.mark.parametrize("who", ["STAFF of 2", "ADMIN of 2"])
def test_a_ticket_of_another_site_says_where_it_belongs_and_nothing_else(world: World, who: str) -> None:
    answer = ApiClient(world.people[who]).post("/api/staff/entry/", {"qr_code": world.waiting.qr_code})
    assert answer.json() == {
        "success": False,
        "code": "wrong_site",
        "message": "This ticket is for another site",
        "details": {"site_name": "Connaught Place"},
    }


def test_prefixes_decide_the_role() -> None:
    """What a prefix promises holds for each of its calls, whatever is added later."""
    wanted = {"/api/user/": {"USER", "ADMIN"}, "/api/staff/": {"STAFF", "ADMIN"}, "/api/admin/": {"ADMIN"}}
    compared = "POST /api/admin/reconciliation/"  # stores nothing
    permitted = {"POST /api/staff/debts/{debt_ref}/collect/"}  # attendants with the permission
    for call, statuses in TABLE.items():
        if call in permitted:
            continue
        answers = dict(zip(COLUMNS, statuses, strict=True))
        let_in = {who for who in ("USER", "STAFF", "ADMIN", "AUDITOR") if answers[who] not in REFUSED}
        for prefix, roles in wanted.items():
            if f" {prefix}" in call:
                reads = prefix != "/api/user/" and (call.startswith("GET") or call == compared)
                assert let_in == (roles | {"AUDITOR"} if reads else roles), call


@pytest.mark.parametrize("who", ["ADMIN of 2", "AUDITOR of 2"])
def test_money_of_another_site_is_in_no_list_and_no_sum(world: World, who: str) -> None:
    client = ApiClient(world.people[who])

    def data(path: str) -> Any:
        return client.get(f"/api/admin/{path}/").json()["data"]

    assert [data(path)["count"] for path in ("debts", "refunds", "approvals", "payments")] == [0, 0, 0, 0]
    assert data("revenue-report")["total"] == 0
    assert data("terminations")["attendants"] == []
    board = data("dashboard")
    assert (board["today"]["revenue"], board["today"]["bookings"], board["overall"]["sessions"]) == (0, 1, 1)
    waiting = {name: board["system"][name] for name in ("orders_in_review", "refunds_in_review", "refunds_open")}
    assert waiting == {"orders_in_review": 0, "refunds_in_review": 0, "refunds_open": 0}
    assert board["system"]["open_debts"] == {"count": 0, "amount": 0}
