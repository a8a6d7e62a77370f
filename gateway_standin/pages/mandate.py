"""The page on which a payer gives a mandate or declines it, and the bank's list of mandates."""

from html import escape

from gateway_standin.mandates import CHARGEABLE, OVER, Mandate, MandateState
from gateway_standin.pages.html import button, clock, frame, rupees, table
from gateway_standin.razorpay.hooks import signature
from gateway_standin.standin import Standin
from gateway_standin.wire.messages import Answer

HEADS = ("Made", "Number", "Amount", "State", "Payer and bank")
ACTIONS = ("authorise", "charge", "fail-charge", "pause", "resume", "cancel", "expire")
EVERY = {"weekly": "every week", "monthly": "every month", "quarterly": "every quarter", "yearly": "every year"}


def show(it: Standin, mandate: Mandate, note: str = "") -> Answer:
    """Return the page of the payer."""
    said = f'<p role="status" class="note">{escape(note)}</p>' if note else ""
    every = EVERY.get(mandate.plan.period, mandate.plan.period)
    begins = clock(mandate.start_at) if mandate.start_at else "at once"
    facts = (
        f'<p class="price">{rupees(mandate.plan.amount)} {every}</p><p>{escape(mandate.plan.name)}</p>'
        f"<p>From {begins}, {mandate.total_count} times</p><p><small>{escape(mandate.id)}</small></p>"
    )
    rest = _choices(mandate) if mandate.state is MandateState.CREATED else f"<p>This mandate is {mandate.state}.</p>"
    rest += _proof(it, mandate) if mandate.first_payment else ""
    warning = "<p><small>A stand-in on this machine. No money moves.</small></p>"
    return frame("Give a mandate", f'<main class="card"><h1>Razorpay</h1>{said}{facts}{rest}{warning}</main>')


def act(it: Standin, mandate: Mandate, action: str) -> Answer:
    """Carry out what the payer chose: give or decline."""
    if action == "give":
        it.mandates.authorise(mandate)
        return show(it, mandate, "Thank you, the mandate is given.")
    it.mandates.refuse(mandate)
    return show(it, mandate, "You declined. Nothing will be charged.")


def listed(it: Standin) -> str:
    """Return the table of mandates, with what their payers and banks can do."""
    return table("Mandates", HEADS, [_row(mandate) for mandate in it.mandates.all()], "There is no mandate yet.")


def _choices(mandate: Mandate) -> str:
    base = f"/mandate/{mandate.token}"
    give, decline = button(f"{base}/give", "Give the mandate", "", kind="yes"), button(f"{base}/decline", "Decline", "")
    return f'<div class="choices">{give}{decline}</div>'


def _proof(it: Standin, mandate: Mandate) -> str:
    """Return what Razorpay's checkout hands to the merchant's script; the payment comes first."""
    pair = f"{mandate.first_payment}|{mandate.id}".encode()
    values = (mandate.first_payment, signature(it.options.razorpay_key_secret, pair))
    return "".join(f'<p class="proof"><small>{escape(value)}</small></p>' for value in values)


def _row(mandate: Mandate) -> str:
    about, base = f"mandate {mandate.id}", f"/mandates/{mandate.id}"
    buttons = ""
    if mandate.state in CHARGEABLE:
        buttons += button(f"{base}/charge", "Charge this now", about, kind="yes")
        buttons += button(f"{base}/fail-charge", "Let a charge fail", about)
        buttons += button(f"{base}/pause", "Pause", about)
    if mandate.state is MandateState.PAUSED:
        buttons += button(f"{base}/resume", "Resume", about)
    if mandate.state not in OVER:
        buttons += button(f"{base}/cancel", "Cancel", about)
    link = f'<a href="/mandate/{escape(mandate.token)}">{escape(mandate.id)}</a>'
    return (
        f"<tr><td>{clock(mandate.created_at)}</td><td>{link}<br><small>{mandate.paid_count} of"
        f' {mandate.total_count} paid</small></td><td class="amount">{rupees(mandate.plan.amount)}</td>'
        f'<td><span class="state">{mandate.state}</span></td><td class="actions">{buttons}</td></tr>'
    )
