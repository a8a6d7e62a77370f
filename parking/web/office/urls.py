"""Addresses of the office's pages, below /office/."""

from django.urls import URLPattern, path

from parking.web.office.day import dashboard, searching
from parking.web.office.facilities import demand, gates, imports, rate_cards, sites, slots, tariffs, zones
from parking.web.office.money import debts, objections, payments, refunds, revenue, reviewing, tax
from parking.web.office.people import terminations, undelivered, users
from parking.web.office.prices import promo_codes
from parking.web.office.record import pages as record
from parking.web.office.sessions import sessions, terminating
from parking.web.office.settings import pages as settings

urlpatterns: list[URLPattern] = [
    path("", dashboard.overview, name="office"),
    path("search/", searching.search, name="office_search"),
    path("live/", dashboard.live_part, name="office_live"),
    path("revenue/", revenue.report, name="office_revenue"),
    path("revenue/file/<str:kind>/", revenue.file, name="office_revenue_file"),
    path("sessions/", sessions.listing, name="office_sessions"),
    path("sessions/file/<str:kind>/", sessions.file, name="office_sessions_file"),
    path("sessions/<int:session_id>/", sessions.detail, name="office_session"),
    path("sessions/<int:session_id>/live/", sessions.story, name="office_session_live"),
    path("sessions/<int:session_id>/terminate/", terminating.terminate, name="office_session_terminate"),
    path("payments/", payments.listing, name="office_payments"),
    path("payments/file/<str:kind>/", payments.file, name="office_payments_file"),
    path("payments/<int:payment_id>/refund/", refunds.refund, name="office_refund"),
    path("refunds/<int:refund_id>/approve/", reviewing.approve, name="office_refund_approve"),
    path("refunds/<int:refund_id>/refuse/", reviewing.refuse, name="office_refund_refuse"),
    path("refunds/<int:refund_id>/retry/", reviewing.retry, name="office_refund_retry"),
    path("refunds/<int:refund_id>/send-back/", reviewing.send_back, name="office_refund_send_back"),
    path("review/", reviewing.review, name="office_review"),
    path("review/<str:order_id>/close/", reviewing.close, name="office_review_close"),
    path("debts/", debts.listing, name="office_debts"),
    path("debts/<int:debt_id>/write-off/", debts.write_off, name="office_write_off"),
    path("debts/<int:debt_id>/objection/", objections.answer, name="office_objection"),
    path("tax/", tax.listing, name="office_tax"),
    path("tax/new/", tax.new, name="office_tax_new"),
    path("sites/", sites.overview, name="office_sites"),
    path("sites/new/", sites.new, name="office_site_new"),
    path("sites/<int:site_id>/", sites.edit, name="office_site"),
    path("sites/<int:site_id>/copy/", sites.copy, name="office_site_copy"),
    path("sites/<int:site_id>/import/", imports.import_site, name="office_site_import"),
    path("sites/<int:site_id>/import/template/", imports.template, name="office_site_import_template"),
    path("sites/<int:site_id>/retire/", sites.retire, name="office_site_retire"),
    path("sites/<int:site_id>/gates/new/", gates.new, name="office_gate_new"),
    path("gates/<int:gate_id>/", gates.edit, name="office_gate"),
    path("gates/<int:gate_id>/retire/", gates.retire, name="office_gate_retire"),
    path("zones/", zones.overview, name="office_zones"),
    path("zones/live/", zones.counts, name="office_zones_live"),
    path("zones/new/", zones.new, name="office_zone_new"),
    path("zones/<int:zone_id>/", zones.edit, name="office_zone"),
    path("zones/<int:zone_id>/tariffs/", tariffs.of_zone, name="office_tariffs"),
    path("zones/<int:zone_id>/demand/", demand.of_zone, name="office_demand"),
    path("zones/<int:zone_id>/tariffs/<int:tariff_id>/", tariffs.change, name="office_tariff_change"),
    path("rate-cards/", rate_cards.overview, name="office_rate_cards"),
    path("rate-cards/<int:card_id>/", rate_cards.one, name="office_rate_card"),
    path("promo-codes/", promo_codes.overview, name="office_promo_codes"),
    path("promo-codes/new/", promo_codes.new, name="office_promo_code_new"),
    path("promo-codes/<int:code_id>/", promo_codes.edit, name="office_promo_code"),
    path("zones/<int:zone_id>/retire/", zones.retire, name="office_zone_retire"),
    path("zones/<int:zone_id>/slots/", slots.of_zone, name="office_slots_add"),
    path("zones/<int:zone_id>/slots/live/", slots.grid, name="office_slots_live"),
    path("slots/<int:slot_id>/", slots.edit, name="office_slot"),
    path("terminations/", terminations.terminations, name="office_terminations"),
    path("undelivered/", undelivered.listing, name="office_undelivered"),
    path("undelivered/<int:delivery_id>/retry/", undelivered.retry, name="office_undelivered_retry"),
    path("audit/", record.listing, name="office_record"),
    path("audit/file/<str:kind>/", record.file, name="office_record_file"),
    path("settings/", settings.edit, name="office_settings"),
    path("settings/logo/", settings.logo, name="office_settings_logo"),
    path("users/", users.overview, name="office_users"),
    path("users/new/", users.new, name="office_user_new"),
    path("users/<int:user_id>/", users.edit, name="office_user"),
    path("users/<int:user_id>/password/", users.password, name="office_user_password"),
]
