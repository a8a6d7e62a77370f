"""QR codes that the gate's pages show, and which typed ways to pay they offer."""

import base64
from decimal import Decimal
from typing import Any

from parking.core.qr import qr_svg
from parking.core.site_settings import (
    COUNTER_UPI,
    TYPED_REFERENCES,
    card_terminals,
)
from parking.payments.counter_upi import upi_link
from parking.payments.gateways.registry import gateway_choices
from parking.payments.models import PaymentOrder
from parking.payments.trouble import in_trouble
from parking.stays.models import ParkingSession


def typed_ways(site_id: int | None) -> dict[str, Any]:
    """Return which ways to pay the page offers whose proof the attendant types: UPI, and cards at which terminals."""
    are_on = bool(TYPED_REFERENCES.at(site_id))
    return {"takes_upi": are_on, "terminals": card_terminals(site_id) if are_on else ()}


def online_ways() -> dict[str, Any]:
    """Return the gateways that the page offers, and the names of those that do not answer now."""
    choices = gateway_choices()
    silent = in_trouble.value() if choices else frozenset()
    return {"gateways": choices, "silent_gateways": [one.label for one in choices if one.code in silent]}


def counter_qr(session: ParkingSession, amount: Decimal) -> str:
    """Return the QR code of the counter's UPI address with the amount, empty where the site has none."""
    address = COUNTER_UPI.at(session.zone.site_id)
    if not address or not amount:
        return ""
    note = f"{session.pk} {session.vehicle.vehicle_number}"
    return qr_picture(upi_link(address=address, payee=session.zone.site.name, amount=amount, note=note))


def waiting_context(session: ParkingSession, order: PaymentOrder) -> dict[str, Any]:
    to_pay = order.upi_link or order.pay_url
    return {"session": session, "order": order, "qr": qr_picture(to_pay) if to_pay else ""}


def qr_picture(text: str) -> str:
    """Return a QR code as the source of a picture."""
    return f"data:image/svg+xml;base64,{base64.b64encode(qr_svg(text)).decode()}"
