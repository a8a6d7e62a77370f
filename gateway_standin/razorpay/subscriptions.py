"""Razorpay's calls on plans, subscriptions and their invoices."""

from gateway_standin import ids
from gateway_standin.bank import NotPossible
from gateway_standin.gateway import Desk
from gateway_standin.mandates import DAYS, Invoice, Mandate, Mandates, Plan
from gateway_standin.razorpay import rules
from gateway_standin.razorpay.errors import refused, unknown_id
from gateway_standin.razorpay.lists import collection, page
from gateway_standin.wire.messages import Json, Request

PLAN_FIELDS = {"period", "interval", "item", "notes"}
ITEM_FIELDS = {"name", "amount", "currency", "description"}
FIELDS = {
    "plan_id",
    "total_count",
    "quantity",
    "start_at",
    "expire_by",
    "customer_notify",
    "addons",
    "offer_id",
    "notes",
}
LEAST_DAILY = 7


class Subscriptions:
    """The calls; the caller holds the lock of the books."""

    def __init__(self, desk: Desk, mandates: Mandates) -> None:
        self._desk, self._mandates = desk, mandates

    def create_plan(self, request: Request) -> Json:
        content = rules.body_of(request, PLAN_FIELDS)
        item = content.get("item")
        if not isinstance(item, dict):
            raise refused("The item field is required.", field="item")
        rules.require_known(item, ITEM_FIELDS)
        rules.require_currency(item)
        period, interval = content.get("period"), _whole(content, "interval")
        if period not in DAYS or (period == "daily" and interval < LEAST_DAILY):
            raise refused("The period or interval is invalid.", field="period")
        plan = Plan(
            ids.razorpay_id("plan"),
            str(period),
            interval,
            str(item.get("name", "")),
            rules.amount(item),
            self._desk.clock.now(),
            rules.notes(content),
        )
        self._mandates.add_plan(plan)
        return shape_plan(plan)

    def list_plans(self, request: Request) -> Json:
        return collection([shape_plan(row) for row in page(reversed(self._mandates.plans.values()), request)])

    def fetch_plan(self, _request: Request, number: str) -> Json:
        plan = self._mandates.plans.get(number)
        if plan is None:
            raise unknown_id()
        return shape_plan(plan)

    def create(self, request: Request) -> Json:
        content = rules.body_of(request, FIELDS)
        plan = self._mandates.plans.get(str(content.get("plan_id", "")))
        if plan is None:
            raise unknown_id()
        now = self._desk.clock.now()
        start_at = _whole(content, "start_at") if "start_at" in content else None
        if start_at is not None and start_at <= now:
            raise refused("The start time must be in the future.", field="start_at")
        mandate = Mandate(
            ids.razorpay_id("sub"),
            plan,
            _whole(content, "total_count"),
            now,
            ids.token(),
            start_at,
            _whole(content, "expire_by") if "expire_by" in content else None,
            rules.notes(content),
        )
        self._mandates.add(mandate)
        return self._shape(mandate, request)

    def list(self, request: Request) -> Json:
        plan = request.query.get("plan_id")
        rows = (row for row in self._mandates.all() if plan in {None, row.plan.id})
        return collection([self._shape(row, request) for row in page(rows, request, "plan_id")])

    def fetch(self, request: Request, number: str) -> Json:
        return self._shape(self._mandates.look(self._find(number)), request)

    def cancel(self, request: Request, number: str) -> Json:
        mandate = self._find(number)
        if rules.body_of(request, {"cancel_at_cycle_end"}).get("cancel_at_cycle_end"):
            raise refused("The stand-in cancels at once only.", field="cancel_at_cycle_end")
        try:
            self._mandates.cancel(mandate)
        except NotPossible as error:
            raise refused(str(error)) from None
        return self._shape(mandate, request)

    def list_invoices(self, request: Request) -> Json:
        owner = request.query.get("subscription_id")
        rows = (row for row in self._mandates.invoices() if owner in {None, row.mandate.id})
        return collection([shape_invoice(row) for row in page(rows, request, "subscription_id")])

    def fetch_invoice(self, _request: Request, number: str) -> Json:
        invoice = self._mandates.invoice(number)
        if invoice is None:
            raise unknown_id()
        return shape_invoice(invoice)

    def _find(self, number: str) -> Mandate:
        mandate = self._mandates.find(number)
        if mandate is None or mandate.id != number:
            raise unknown_id()
        return mandate

    @staticmethod
    def _shape(mandate: Mandate, request: Request) -> Json:
        return shape(mandate, f"http://{request.headers.get('host', '127.0.0.1')}/mandate/{mandate.token}")


def _whole(content: Json, name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise refused(f"The {name} must be an integer of at least 1.", field=name)
    return value


def shape_plan(it: Plan) -> Json:
    item = {"name": it.name, "amount": it.amount, "unit_amount": it.amount, "currency": "INR", "active": True}
    return {
        "id": it.id,
        "entity": "plan",
        "interval": it.interval,
        "period": it.period,
        "item": item,
        "notes": it.notes,
        "created_at": int(it.created_at),
    }


def shape(it: Mandate, short_url: str | None = None) -> Json:
    """Return a subscription; webhooks carry no `short_url`."""
    begun = it.paid_count > 0
    return {
        "id": it.id,
        "entity": "subscription",
        "plan_id": it.plan.id,
        "customer_id": it.customer_id or None,
        "status": it.state,
        "current_start": int(it.start_at or it.created_at) if begun else None,
        "current_end": int(it.charge_at) if begun else None,
        "ended_at": int(it.ended_at) if it.ended_at else None,
        "charge_at": int(it.charge_at),
        "start_at": int(it.start_at) if it.start_at else None,
        "end_at": None,
        "auth_attempts": it.tries,
        "total_count": it.total_count,
        "paid_count": it.paid_count,
        "remaining_count": it.total_count - it.paid_count,
        "customer_notify": True,
        "quantity": 1,
        "notes": it.notes,
        "short_url": short_url,
        "has_scheduled_changes": False,
        "source": "api",
        "created_at": int(it.created_at),
    }


def shape_invoice(it: Invoice) -> Json:
    payment = it.payment
    return {
        "id": it.id,
        "entity": "invoice",
        "subscription_id": it.mandate.id,
        "order_id": it.order.id,
        "payment_id": payment.id if payment else None,
        "status": "paid" if payment else "issued",
        "amount": it.order.amount,
        "currency": "INR",
        "line_items": [{"type": "plan", "name": it.mandate.plan.name, "amount": it.order.amount}],
        "notes": {},
        "created_at": int(it.created_at),
    }
