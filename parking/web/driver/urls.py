"""Addresses of the driver's pages."""

from django.urls import URLPattern, path

from parking.web.driver import (
    booking,
    debts,
    history,
    invoicing,
    offers,
    paying,
    points,
    receipts,
    shop,
    tickets,
    zones,
)

urlpatterns: list[URLPattern] = [
    path("zones/", zones.overview, name="zones"),
    path("zones/live/", zones.overview_live, name="zones_live"),
    path("zones/<int:zone_id>/", booking.zone, name="zone"),
    path("zones/<int:zone_id>/live/", booking.zone_live, name="zone_live"),
    path("tickets/", tickets.open_tickets, name="tickets"),
    path("tickets/<int:session_id>/", tickets.ticket, name="ticket"),
    path("tickets/<int:session_id>/live/", tickets.ticket_live, name="ticket_live"),
    path("tickets/<int:session_id>/code.png", tickets.code, name="ticket_code"),
    path("tickets/<int:session_id>/cancel/", tickets.cancel, name="ticket_cancel"),
    path("tickets/<int:session_id>/promo-code/", offers.give_code, name="ticket_promo_code"),
    path("tickets/<int:session_id>/points/", offers.give_points, name="ticket_points"),
    path("tickets/<int:session_id>/invoice/", invoicing.details, name="ticket_invoice"),
    path("tickets/<int:session_id>/pay/", paying.pay, name="ticket_pay"),
    path("tickets/<int:session_id>/pay/live/", paying.pay_live, name="ticket_pay_live"),
    path("tickets/<int:session_id>/pay/check/", paying.pay_check, name="ticket_pay_check"),
    path("pay/return/<str:order_id>/", paying.pay_return, name="pay_return"),
    path("pay/return/<str:order_id>/live/", paying.pay_return_live, name="pay_return_live"),
    path("pay/return/<str:order_id>/check/", paying.pay_return_check, name="pay_return_check"),
    path("shop/", shop.overview, name="shop"),
    path("shop/<int:validation_id>/undo/", shop.undo, name="shop_undo"),
    path("points/", points.overview, name="points"),
    path("debts/", debts.listing, name="debts"),
    path("debts/<int:debt_id>/objection/", debts.objection, name="debt_objection"),
    path("history/", history.history, name="history"),
    path("history/history.csv", history.history_csv, name="history_csv"),
    path("receipts/<int:payment_id>/", receipts.receipt, name="receipt"),
    path("receipts/<int:payment_id>/mail/", receipts.mail, name="receipt_mail"),
    path("receipts/<int:payment_id>.pdf", receipts.receipt_pdf, name="receipt_pdf"),
]
