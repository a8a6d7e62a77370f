"""The screen at the counter, for the driver: the bill while the gate shows it, thanks, and nothing between cars.

Its browser is signed in as nobody. It is known by a secret in a cookie, and shows a code until somebody at the gate
types it; before that nothing of any car is sent to it.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.accounts.throttles import count_call
from parking.checkout.bills import RunningBill, running_bill
from parking.checkout.queries import latest_orders
from parking.core import clock
from parking.core.money import ZERO
from parking.core.requests import client_address
from parking.core.site_settings import COUNTER_UPI
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.invoices.profiles import profile_at
from parking.payments.counter_upi import upi_link
from parking.payments.models import Payment
from parking.stays import displays
from parking.stays.display_models import CounterDisplay
from parking.stays.displays import display_of, display_state, displays_of_gate, shown_session
from parking.stays.models import ParkingSession, SessionStatus
from parking.web.access import for_attendants
from parking.web.gate.here import PlacedForm, actor_here, gate_fields, kept_gate
from parking.web.gate.qr_codes import qr_picture
from parking.web.live import live

COOKIE = "counter_display"
COOKIE_AGE = 365 * 24 * 60 * 60
PAIRINGS_PER_MINUTE = 10


# --- The screen ----------------------------------------------------------------------------------------


@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """Show the screen of a paired browser, else the code by which the gate pairs it."""
    now = clock.now()
    secret = request.COOKIES.get(COOKIE, "")
    row = display_of(secret, now)
    if row is None:
        count_call(scope="display", address=client_address(request), limit=PAIRINGS_PER_MINUTE, now=now)
        row, secret = displays.begin_pairing(now=now)
    response = page(request, "gate/display.html", display=row, **_shown(row))
    response.set_cookie(
        COOKIE, secret, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _state(display_id: int) -> str:
    return display_state(display_id, clock.now())


@live(state=_state)
@require_safe
def part(request: HttpRequest, display_id: int) -> HttpResponse:
    """Show what the screen has to show now; to a browser that is not this display, nothing."""
    row = display_of(request.COOKIES.get(COOKIE, ""), clock.now())
    if row is None or row.pk != display_id:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("gate_display")})
    return page(request, "gate/parts/display.html", display=row, **_shown(row))


@dataclass(frozen=True)
class Thanks:
    """What was paid at the end (rupees)."""

    paid: Decimal
    received: Decimal
    change: Decimal


def _shown(row: CounterDisplay) -> dict[str, Any]:
    now = clock.now()
    session = shown_session(row, now) if row.gate_id is not None else None
    if session is None:
        return {"session": None}
    bill = running_bill(session, now)
    over = session.status == SessionStatus.COMPLETED
    return {
        "session": session,
        "bill": bill,
        "is_over": over,
        "thanks": _thanks(session) if over else None,
        "qr": "" if over else _qr(session, bill),
        "payee": profile_at(session.zone.site, now).legal_name,
    }


def _thanks(session: ParkingSession) -> Thanks:
    closed_at = session.bill.closed_at
    rows = Payment.objects.filter(bill=session.bill_id).order_by("pk")
    last = rows.filter(captured_at=closed_at).first() if closed_at else None
    if last is None:
        return Thanks(session.bill.charged, session.bill.charged, ZERO)
    received = last.tendered or last.amount
    return Thanks(last.amount, received, received - last.amount)


def _qr(session: ParkingSession, bill: RunningBill) -> str:
    """Return the QR code to pay by: of the payment that is waited for, else of the counter; empty for none."""
    if not bill.due:
        return ""
    order = latest_orders([session.bill_id]).get(session.bill_id)
    if order is not None and order.is_open and (to_pay := order.upi_link or order.pay_url):
        return qr_picture(to_pay)
    address = COUNTER_UPI.at(session.zone.site_id)
    if not address:
        return ""
    payee, note = session.zone.site.name, f"{session.pk} {session.vehicle.vehicle_number}"
    return qr_picture(upi_link(address=address, payee=payee, amount=bill.due, note=note))


# --- At the gate ---------------------------------------------------------------------------------------


class PairForm(PlacedForm):
    """The code that a display shows."""

    code = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("Six digits on the display"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def pair(request: HttpRequest) -> HttpResponse:
    """Tie a display to this gate, and list those that it has."""
    gate = kept_gate(request)
    form = PairForm(request.POST or None, initial=gate_fields(gate))
    if form.is_valid():
        with form.refusals(request):
            displays.pair(actor=actor_here(request, form), code=form.cleaned_data["code"], now=clock.now())
            messages.success(request, gettext("The display shows the bills of this gate now."))
            return redirect("gate_display_pair")
    return page(
        request,
        "gate/display_pair.html",
        section="gate",
        form=form,
        gate=gate,
        found=displays_of_gate(gate.id) if gate else [],
    )


@require_POST
@for_attendants
def clear(request: HttpRequest) -> HttpResponse:
    """Take the car off the displays of this gate: the attendant closed its bill."""
    gate = kept_gate(request)
    displays.clear_counter(gate_id=gate.id if gate else None)
    return HttpResponse(status=204)


@require_POST
@for_attendants
def unpair(request: HttpRequest, display_id: int) -> HttpResponse:
    """Take a display away from its gate."""
    gate = kept_gate(request)
    displays.unpair(actor=actor_of(request), display_id=display_id, now=clock.now())
    messages.success(request, gettext("The display shows nothing of this gate any more."))
    return redirect("gate_display_pair" if gate else "gate")
