"""Every page by everybody, about objects of a site where some of them do not work.

The table is compared with the addresses: a page without an entry fails, and so does an entry without a page.
"""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from parking.core import fresh
from parking.web import urls as pages
from tests.roles.world import MARKS, World, make_world
from tests.web.test_access import PUBLIC, VALUES, patterns

pytestmark = pytest.mark.django_db

COLUMNS = ("USER", "STAFF", "STAFF of 2", "ADMIN", "ADMIN of 2", "AUDITOR", "AUDITOR of 2", "NOBODY")
OTHER_SITE = {"STAFF of 2", "ADMIN of 2", "AUDITOR of 2"}
# Drivers reserve and wait at any zone; who works somewhere may be a driver, too.
SHOWN_TO_ALL = {"reserve", "wait"}
# Forms that are on every page: they change nothing of the business.
EVERYWHERE = {"/language/", "/sign-out/", "/office/density/"}
# What readers choose for themselves alone, by a cookie.
OWN_CHOICES = {"office_density"}

Statuses = tuple[int, int, int, int, int, int, int, int]
NO_GET = 405

OWN: Statuses = (200, 200, 200, 200, 200, 200, 200, 302)
DRIVER: Statuses = (200, 403, 403, 200, 200, 403, 403, 302)
# Of another driver's ticket.
TICKET: Statuses = (200, 403, 403, 404, 404, 403, 403, 302)
RECEIPT: Statuses = (200, 200, 404, 200, 404, 200, 404, 302)
GATE: Statuses = (403, 200, 200, 200, 200, 403, 403, 302)
GATE_ONE: Statuses = (403, 200, 404, 200, 404, 403, 403, 302)
ONLY_SENT: Statuses = (NO_GET,) * 8
READ: Statuses = (403, 403, 403, 200, 200, 200, 200, 302)
READ_ONE: Statuses = (403, 403, 403, 200, 404, 200, 404, 302)
CHANGE: Statuses = (403, 403, 403, 200, 200, 403, 403, 302)
CHANGE_ONE: Statuses = (403, 403, 403, 200, 404, 403, 403, 302)

# What the page answers when it is looked at.
TABLE: dict[str, Statuses] = {
    "profile": OWN,
    "password_change": OWN,
    "notices": OWN,
    "notices_read": ONLY_SENT,
    "notice_preferences": OWN,
    "push_start": ONLY_SENT,
    "push_stop": ONLY_SENT,
    "office_undelivered": READ,
    "office_undelivered_retry": ONLY_SENT,
    "office_undelivered_retry_reason": ONLY_SENT,
    "office_undelivered_retry_event": ONLY_SENT,
    "vehicles": DRIVER,
    "vehicle_forget": ONLY_SENT,
    "tickets": DRIVER,
    "reserve": DRIVER,
    "wait": DRIVER,
    "waiting": DRIVER,
    "waiting_accept": ONLY_SENT,
    "waiting_leave": ONLY_SENT,
    # Of a booking for now: a look leads to the ticket.
    "ticket_change": (302, 403, 403, 404, 404, 403, 403, 302),
    "ticket_extend": ONLY_SENT,
    "ticket_late": ONLY_SENT,
    "history": DRIVER,
    "debts": DRIVER,
    "passes": DRIVER,
    "pass_buy": DRIVER,
    "pass": TICKET,
    # It is paid: the payment leads to the pass.
    "pass_pay": (302, 403, 403, 404, 404, 403, 403, 302),
    "pass_pay_live": (204, 403, 403, 404, 404, 403, 403, 302),
    "pass_pay_check": ONLY_SENT,
    "pass_renewal": ONLY_SENT,
    "pass_mandate": ONLY_SENT,
    # A look leads to the pass.
    "pass_vehicles": (302, 403, 403, 404, 404, 403, 403, 302),
    "pass_cancel": (302, 403, 403, 404, 404, 403, 403, 302),
    "office_passes": READ,
    "office_pass_sell": CHANGE,
    "office_pass": READ_ONE,
    "office_pass_renewal": ONLY_SENT,
    "office_pass_end": CHANGE_ONE,
    "office_organisations": READ,
    "office_organisation_new": CHANGE,
    "office_organisation": READ_ONE,
    "office_organisation_edit": CHANGE_ONE,
    "office_organisation_list": READ_ONE,
    "office_organisation_list_file": READ_ONE,
    "office_organisation_invoice": READ_ONE,
    "office_organisation_payment": CHANGE_ONE,
    "office_organisation_write_off": CHANGE_ONE,
    # The driver is the contact of the organisation.
    "organisation": TICKET,
    "organisation_list_file": TICKET,
    "organisation_invoice": TICKET,
    "organisation_pay": TICKET,
    # No order waits: the part leads to the page.
    "organisation_pay_live": (204, 403, 403, 404, 404, 403, 403, 302),
    "organisation_pay_check": ONLY_SENT,
    "office_plan_new": CHANGE,
    "office_plan": CHANGE_ONE,
    # The debt is of a stay that nobody of these booked.
    "debt_objection": (404, 403, 403, 404, 404, 403, 403, 302),
    "history_csv": DRIVER,
    "ticket": TICKET,
    "ticket_live": TICKET,
    "ticket_code": TICKET,
    "ticket_cancel": TICKET,
    "ticket_promo_code": TICKET,
    "ticket_points": TICKET,
    "points": DRIVER,
    # The driver works for a shop.
    "shop": (200, 403, 403, 403, 403, 403, 403, 302),
    "shop_undo": ONLY_SENT,
    "ticket_pay": TICKET,
    # Paid already: it leads to the ticket.
    "ticket_pay_live": (204, 403, 403, 404, 404, 403, 403, 302),
    "ticket_pay_check": ONLY_SENT,
    "pay_return": TICKET,
    "pay_return_live": TICKET,
    "pay_return_check": ONLY_SENT,
    "receipt": RECEIPT,
    "receipt_pdf": RECEIPT,
    "gate": GATE,
    "gate_scan": ONLY_SENT,
    "gate_scanner": GATE,
    "gate_strip": GATE,
    "gate_plate": ONLY_SENT,
    "gate_collect": ONLY_SENT,
    "gate_kind": ONLY_SENT,
    "gate_exempt": ONLY_SENT,
    "gate_add_photo": ONLY_SENT,
    "gate_exempt_withdraw": ONLY_SENT,
    "gate_stay_kind": ONLY_SENT,
    "gate_photo": GATE_ONE,
    "office_exemptions": READ,
    "office_photo": READ_ONE,
    "office_exempt_classes": READ,
    "office_kinds": READ,
    "office_exempt_class_switch": ONLY_SENT,
    "gate_entry_pay": ONLY_SENT,
    "gate_entry_wait": GATE_ONE,
    "gate_entry_check": ONLY_SENT,
    "gate_wait": GATE_ONE,
    "gate_check": ONLY_SENT,
    "gate_ticket": GATE,
    "gate_ticket_zones": GATE,
    "gate_ticket_given": GATE_ONE,
    "gate_inside": GATE,
    "gate_inside_live": GATE,
    "gate_money": GATE,
    "gate_slots": GATE,
    "gate_slots_live": GATE,
    "gate_stay": GATE_ONE,
    "gate_terminate": GATE_ONE,
    "gate_invoice": GATE_ONE,
    "gate_text_slip": GATE_ONE,
    "gate_without_code": GATE_ONE,
    "gate_notes": GATE_ONE,
    "gate_lost": GATE,
    "gate_later": ONLY_SENT,
    "gate_voucher": ONLY_SENT,
    "gate_desk": GATE,
    "gate_pay_ahead": GATE_ONE,
    "gate_correct_plate": GATE_ONE,
    "gate_move": GATE_ONE,
    "gate_token": GATE,
    "gate_paper": GATE,
    "gate_emergency": GATE,
    "gate_everybody_inside": GATE,
    "gate_emergency_decide": ONLY_SENT,
    "gate_emergency_end": ONLY_SENT,
    "gate_display_pair": GATE,
    "gate_display_clear": ONLY_SENT,
    "gate_display_unpair": ONLY_SENT,
    "office_left_behind": READ,
    "office_left_behind_done": ONLY_SENT,
    "office_left_behind_notice": READ_ONE,
    "office_left_behind_letter": READ_ONE,
    "office_tokens": READ,
    "office_token_lost": ONLY_SENT,
    "office_token_sheet": READ_ONE,
    "office_emergencies": READ,
    "office_emergency_waive": ONLY_SENT,
    "gate_printer": GATE,
    "gate_slip": GATE_ONE,
    "gate_note_done": ONLY_SENT,
    "gate_problems": GATE,
    "gate_items": GATE_ONE,
    "gate_given_tickets": GATE,
    "gate_given_ticket": ONLY_SENT,
    "gate_debts": GATE,
    "gate_refund": GATE_ONE,
    "gate_refunds": GATE,
    "gate_phone": GATE,
    # A look leads back to the stay; the number is given to who sends the button.
    "gate_call": (403, 302, 404, 302, 404, 403, 403, 302),
    "gate_pass": GATE,
    "gate_hand_out": CHANGE_ONE,
    # Attendants need the permission.
    "gate_debt": (403, 403, 404, 200, 404, 403, 403, 302),
    "ticket_invoice": TICKET,
    "receipt_mail": ONLY_SENT,
    "email_confirmation": ONLY_SENT,
    "office_tax": READ,
    "office_tax_new": CHANGE,
    "office": READ,
    "office_live": READ,
    "office_search": READ,
    "office_density": ONLY_SENT,
    "office_view_save": ONLY_SENT,
    # Nobody of these saved it.
    "office_view": (403, 403, 403, 404, 404, 404, 404, 302),
    "office_view_delete": ONLY_SENT,
    "office_revenue": READ,
    "office_revenue_file": READ,
    "office_sessions": READ,
    "office_sessions_file": READ,
    "office_session": READ_ONE,
    "office_session_live": READ_ONE,
    "office_session_terminate": CHANGE_ONE,
    "office_payments": READ,
    "office_payments_file": READ,
    "office_refund": CHANGE_ONE,
    "office_refund_approve": CHANGE_ONE,
    "office_refund_refuse": CHANGE_ONE,
    "office_refund_retry": CHANGE_ONE,
    # A look leads back to the list; what is sent is looked at there.
    "office_refund_send_back": (403, 403, 403, 302, 404, 403, 403, 302),
    "office_review": READ,
    "office_review_close": CHANGE_ONE,
    "office_debts": READ,
    "office_write_off": CHANGE_ONE,
    "office_objection": CHANGE_ONE,
    "office_sites": READ,
    "office_site": READ_ONE,
    # Only a manager of all sites makes one.
    "office_site_new": (403, 403, 403, 200, 403, 403, 403, 302),
    "office_site_copy": (403, 403, 403, 200, 403, 403, 403, 302),
    "office_site_retire": CHANGE_ONE,
    "office_site_import": CHANGE_ONE,
    "office_site_import_template": CHANGE_ONE,
    "office_gate_new": CHANGE_ONE,
    "office_gate": CHANGE_ONE,
    "office_gate_retire": CHANGE_ONE,
    "office_zones": READ,
    "office_zones_live": READ,
    "office_zone_new": CHANGE,
    "office_zone": READ_ONE,
    "office_zone_retire": CHANGE_ONE,
    "office_approvals": READ,
    "office_approval": ONLY_SENT,
    "office_holidays": READ_ONE,
    "office_holiday_remove": ONLY_SENT,
    "office_tariffs": READ_ONE,
    "office_card_version": ONLY_SENT,
    "office_tariff_change": ONLY_SENT,
    "office_demand": READ_ONE,
    "office_rate_cards": READ,
    "office_rate_card": READ_ONE,
    "office_shops": READ,
    "office_shop_new": CHANGE,
    "office_shop": READ_ONE,
    # A statement is no CSV.
    "office_shop_statement": (403, 403, 403, 404, 404, 404, 404, 302),
    "office_replays": READ,
    "office_replay": READ_ONE,
    "office_replay_live": READ_ONE,
    "office_replay_adopt": ONLY_SENT,
    "office_promo_codes": READ,
    "office_vouchers": READ,
    "office_voucher_new": CHANGE,
    "office_voucher_withdraw": ONLY_SENT,
    "office_promo_code_new": CHANGE,
    "office_promo_code": READ_ONE,
    "office_slots_add": READ_ONE,
    "office_slots_live": READ_ONE,
    "office_slot": CHANGE_ONE,
    "office_gate_counts": READ,
    "office_terminations": READ,
    # Lines of the record belong to no site.
    "office_record": (403, 403, 403, 200, 403, 200, 403, 302),
    "office_record_file": (403, 403, 403, 200, 403, 200, 403, 302),
    "office_settings": READ,
    "office_settings_logo": ONLY_SENT,
    "office_users": READ,
    "office_user_new": CHANGE,
    "office_user": READ_ONE,
    "office_user_password": CHANGE_ONE,
}


def _routes() -> dict[str, str]:
    return {
        entry.name: f"/{route}" for route, entry in ((route, entry) for entry, route in patterns(pages.urlpatterns))
    }


def _address(name: str, world: World) -> str:
    values = world.values() | {"kind": "csv"}

    def value(found: re.Match[str]) -> str:
        return str(values.get(found[2], VALUES[found[1]]))

    return re.sub(r"<(\w+):(\w+)>", value, _routes()[name])


def _browser(world: World, who: str) -> Client:
    browser = Client(raise_request_exception=False)
    user = world.people[who]
    if user is not None:
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def _text(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(whole.decode("latin-1"))


@pytest.fixture
def world() -> World:
    return make_world()


def test_every_page_has_an_entry() -> None:
    assert set(_routes()) - PUBLIC == set(TABLE)


@pytest.mark.parametrize("who", COLUMNS)
def test_each_page_answers_as_the_table_says(world: World, who: str) -> None:
    browser, column = _browser(world, who), COLUMNS.index(who)
    wrong, leaks = [], []
    for name, statuses in TABLE.items():
        before = transaction.savepoint()
        fresh.forget_all()
        answer = browser.get(_address(name, world))
        if answer.status_code != statuses[column]:
            wrong.append(f"{name}: {answer.status_code}, not {statuses[column]}")
        if who in OTHER_SITE and name not in SHOWN_TO_ALL:
            leaks += [f"{name}: {mark}" for mark in MARKS if mark in _text(answer)]
        transaction.savepoint_rollback(before)
    assert (wrong, leaks) == ([], [])


@pytest.mark.parametrize("who", ["STAFF of 2", "ADMIN of 2", "AUDITOR", "AUDITOR of 2"])
def test_nobody_changes_by_a_page_what_is_not_theirs_to_change(world: World, who: str) -> None:
    browser = _browser(world, who)
    through = []
    for name in TABLE.keys() - OWN_CHOICES:
        before = transaction.savepoint()
        fresh.forget_all()
        is_about_something = "<" in _routes()[name] and not name.endswith("_file")
        if name.startswith(("office", "gate")) and (is_about_something or who.startswith("AUDITOR")):
            status = browser.post(_address(name, world), {"step": "go"}).status_code
            if status not in {403, 404, 405}:
                through.append(f"{name}: {status}")
        transaction.savepoint_rollback(before)
    assert through == []


def test_an_auditor_finds_no_form_that_changes_something(world: World) -> None:
    browser = _browser(world, "AUDITOR")
    assert browser.get("/").headers["Location"] == "/office/"
    found = []
    for name, statuses in TABLE.items():
        if name.startswith("office") and statuses[COLUMNS.index("AUDITOR")] == 200:
            text = _text(browser.get(_address(name, world)))
            forms = [form for form in re.findall(r"<form[^>]*>", text) if 'method="post"' in form]
            found += [f"{name}: {form}" for form in forms if not any(f'"{path}"' in form for path in EVERYWHERE)]
            found += [f"{name}: {link}" for link in _links_to_changes(text, world)]
    assert found == []


def _links_to_changes(text: str, world: World) -> list[str]:
    kept_out = {_address(name, world) for name, statuses in TABLE.items() if statuses in {CHANGE, CHANGE_ONE}}
    return [link for link in re.findall(r'href="([^"?#]+)', text) if link in kept_out]
