"""The screens at the counter: paired by a code of six digits, and what each has to show. The only writer of them.

Which gates have one every process knows, from a copy of half a second, so that a scan at another gate asks nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused, TooMany
from parking.core.fresh import FreshValue, fingerprint
from parking.core.sites import at_sites
from parking.payments.models import PaymentOrder
from parking.stays.display_models import CounterDisplay
from parking.stays.events import DisplayPaired, DisplayUnpaired
from parking.stays.models import ParkingSession

CODE_FOR = timedelta(minutes=10)
# So long is a bill shown that nobody paid; a driver who pays online has the time of the bill.
BILL_FOR = timedelta(minutes=3)
THANKS_FOR = timedelta(seconds=8)
MOST_WAITING = 200


# --- Pairing -------------------------------------------------------------------------------------------


def begin_pairing(*, now: datetime) -> tuple[CounterDisplay, str]:
    """Write a display that waits for its gate; answers it with the secret of its browser. Raises TooMany."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        CounterDisplay.objects.filter(gate=None, code_until__lt=now).delete()
        if CounterDisplay.objects.filter(gate=None).count() >= MOST_WAITING:
            raise TooMany("too_many_requests", "Too many displays wait for a gate", retry_after=600)
        row = CounterDisplay(secret_hash=_hash(secret), code_until=now + CODE_FOR, created_at=now)
        return _with_code(row), secret


def _with_code(row: CounterDisplay) -> CounterDisplay:
    for _attempt in range(5):
        row.code = f"{secrets.randbelow(10**6):06d}"
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            continue
        return row
    raise TooMany("too_many_requests", "Please try again", retry_after=10)


def pair(*, actor: Actor, code: str, now: datetime) -> CounterDisplay:
    """Tie the display that shows a code to the actor's gate. Raises Refused `gate_needed`, `display_code_unknown`."""
    if actor.gate is None:
        raise Refused("gate_needed", "Choose the gate first")
    with transaction.atomic():
        rows = CounterDisplay.objects.select_for_update(no_key=True).filter(code=code, code_until__gte=now, gate=None)
        row = rows.first() if code else None
        if row is None:
            raise Refused("display_code_unknown", "No display shows this code")
        row.gate_id, row.code = actor.gate.id, ""
        row.paired_at, row.paired_by_id = now, actor.user_id
        row.save(update_fields=["gate", "code", "paired_at", "paired_by"])
        audit.record(actor, DisplayPaired(display_id=row.pk, gate_id=actor.gate.id), now)
    _gates_now.forget()
    displays_now.forget()
    return row


def unpair(*, actor: Actor, display_id: int, now: datetime) -> None:
    """Take a display away from its gate: it shows a new code. Raises NotFound `display_not_found`."""
    with transaction.atomic():
        row = at_sites(CounterDisplay.objects.filter(pk=display_id), actor.sites, "gate__site_id").first()
        if row is None or row.gate_id is None:
            raise NotFound("display_not_found", "There is no such display")
        audit.record(actor, DisplayUnpaired(display_id=row.pk, gate_id=row.gate_id), now)
        row.delete()
    _gates_now.forget()
    displays_now.forget()


def displays_of_gate(gate_id: int) -> list[CounterDisplay]:
    """Return the displays of a gate, the oldest first."""
    return list(CounterDisplay.objects.filter(gate_id=gate_id).order_by("pk"))


def display_of(secret: str, now: datetime) -> CounterDisplay | None:
    """Return the display of a browser: paired, or with a code that is still good; None for any other."""
    rows = CounterDisplay.objects.select_related("gate__site").filter(secret_hash=_hash(secret))
    row = rows.first() if secret else None
    return row if row is not None and (row.gate_id is not None or row.code_until >= now) else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- What is shown -------------------------------------------------------------------------------------


def _read_gates() -> frozenset[int]:
    return frozenset(row.gate_id for row in CounterDisplay.objects.only("gate_id") if row.gate_id is not None)


_gates_now: FreshValue[frozenset[int]] = FreshValue(_read_gates, seconds=0.5, overlap=0.5)


def show_at_counter(*, gate_id: int | None, session_id: int, now: datetime) -> None:
    """Let the displays of a gate show the bill of a stay; nothing is asked where the gate has none."""
    if gate_id is not None and has_display(gate_id):
        CounterDisplay.objects.filter(gate_id=gate_id).update(session_id=session_id, shown_at=now)
        displays_now.forget()


def clear_counter(*, gate_id: int | None) -> None:
    """Let the displays of a gate show nothing of a car: the attendant is done with it."""
    if gate_id is not None and has_display(gate_id):
        CounterDisplay.objects.filter(gate_id=gate_id).exclude(session=None).update(session=None)
        displays_now.forget()


def has_display(gate_id: int | None) -> bool:
    """Return whether a gate has a display, by what this process knows."""
    return gate_id is not None and gate_id in _gates_now.value()


def shown_session(display: CounterDisplay, now: datetime) -> ParkingSession | None:
    """Return the stay that a display has to show; None between cars."""
    if display.session_id is None or display.shown_at is None:
        return None
    session = ParkingSession.objects.whole().get(pk=display.session_id)
    until = _shown_until(
        display.shown_at, session.ended_at, session.bill.frozen_until if session.exit_gate_id else None
    )
    return session if now < until else None


def _shown_until(shown_at: datetime, ended_at: datetime | None, waits_until: datetime | None) -> datetime:
    """Return when a car leaves the screen; `waits_until` is how long its payment is waited for."""
    if ended_at is not None:
        return max(ended_at, shown_at) + THANKS_FOR
    return max(shown_at + BILL_FOR, waits_until or shown_at)


def _read_shown() -> dict[int, tuple[str, datetime | None]]:
    orders = PaymentOrder.objects.filter(bill_id=OuterRef("session__bill_id")).order_by("-pk")
    order = Concat(Cast("pk", CharField()), Value(" "), "status", output_field=CharField())
    rows = CounterDisplay.objects.values_list(
        "pk",
        "shown_at",
        "session__ended_at",
        "session__bill__frozen_until",
        "session__exit_gate_id",
        "gate_id",
        "session_id",
        "session__bill__captured",
        Subquery(orders.values(text=order)[:1]),
    )
    return {row[0]: (fingerprint(*row), _end_of(*row[1:5])) for row in rows}


def _end_of(
    shown_at: datetime | None, ended_at: datetime | None, frozen_until: datetime | None, exit_gate_id: int | None
) -> datetime | None:
    if shown_at is None:
        return None
    return _shown_until(shown_at, ended_at, frozen_until if exit_gate_id else None)


# Read four times a second at most while a display asks: what the gate shows is on the screen within a second.
displays_now: FreshValue[dict[int, tuple[str, datetime | None]]] = FreshValue(_read_shown, seconds=0.25, overlap=0.0)


def display_state(display_id: int, now: datetime) -> str:
    """Return a text that changes with what a display has to show; without a statement most of the time."""
    state, until = displays_now.value().get(display_id, ("", None))
    return f"{state} {until is not None and now < until}"
