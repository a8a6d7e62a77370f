"""Addresses of the gate's pages, below /gate/."""

from django.urls import URLPattern, path

from parking.web.gate import (
    debts,
    inside,
    invoicing,
    leaving,
    passes,
    phones,
    refunds,
    scanning,
    slots,
    strip,
    tickets,
    without_code,
)

urlpatterns: list[URLPattern] = [
    path("", scanning.gate, name="gate"),
    path("strip/", strip.strip, name="gate_strip"),
    path("scan/", scanning.scan, name="gate_scan"),
    path("scanner/", scanning.scanner, name="gate_scanner"),
    path("plate/", scanning.plate, name="gate_plate"),
    path("collect/", leaving.collect, name="gate_collect"),
    path("wait/<int:session_id>/", leaving.wait, name="gate_wait"),
    path("wait/<int:session_id>/check/", leaving.check, name="gate_check"),
    path("ticket/", tickets.ticket, name="gate_ticket"),
    path("ticket/zones/", tickets.zones_live, name="gate_ticket_zones"),
    path("ticket/<int:session_id>/", tickets.ticket_given, name="gate_ticket_given"),
    path("inside/", inside.cars, name="gate_inside"),
    path("inside/live/", inside.cars_live, name="gate_inside_live"),
    path("slots/", slots.grid, name="gate_slots"),
    path("slots/live/", slots.grid_live, name="gate_slots_live"),
    path("debts/", debts.search, name="gate_debts"),
    path("debts/<int:debt_id>/", debts.collect, name="gate_debt"),
    path("passes/", passes.sell, name="gate_pass"),
    path("phone/", phones.search, name="gate_phone"),
    path("refunds/", refunds.waiting, name="gate_refunds"),
    path("refunds/<int:refund_id>/", refunds.hand_out, name="gate_hand_out"),
    path("stays/<int:session_id>/refund/", refunds.ask, name="gate_refund"),
    path("stays/<int:session_id>/", inside.stay, name="gate_stay"),
    path("stays/<int:session_id>/without-code/", without_code.confirm, name="gate_without_code"),
    path("stays/<int:session_id>/invoice/", invoicing.details, name="gate_invoice"),
    path("stays/<int:session_id>/terminate/", inside.terminate, name="gate_terminate"),
]
