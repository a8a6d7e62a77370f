"""The control API under `/_control/`, for tests and scripts. JSON in and out; see `docs/gateway-standin.md`."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from gateway_standin import views
from gateway_standin.bank import NotPossible
from gateway_standin.books import Brand, Order, Refund
from gateway_standin.pages.mandate import ACTIONS
from gateway_standin.razorpay import subscriptions
from gateway_standin.settings import changed
from gateway_standin.standin import Standin
from gateway_standin.switches import ALWAYS
from gateway_standin.wire.messages import Answer, Json, Refused, Request, json_answer
from gateway_standin.wire.routes import Route, find, route

LONGEST_WAIT = 60.0

Work = Callable[..., Json]


class Control:
    def __init__(self, standin: Standin) -> None:
        self._it = standin
        self._orders: dict[str, Callable[[Order, Json], object]] = {
            "pay": lambda order, options: standin.bank.pay(order, **_payment_options(options)),
            "pay-again": lambda order, _: standin.bank.pay_again(order),
            "decline": lambda order, _: standin.bank.decline(order),
            "hang": lambda order, _: standin.bank.hang(order),
            "late-success": lambda order, _: standin.bank.succeed_late(order),
            "expire": lambda order, _: standin.bank.expire(order),
        }
        self._refunds: dict[str, Callable[[Refund], None]] = {
            "complete": standin.bank.complete,
            "fail": standin.bank.fail,
        }
        self.routes: list[Route[Work]] = [
            route("health", "GET", "/_control/health", self._health),
            route("books", "GET", "/_control/books", self._locked(self._books)),
            route("reset", "POST", "/_control/reset", self._reset),
            route("switches", "GET", "/_control/switches", self._locked(self._switches)),
            route("switch", "POST", "/_control/switches", self._locked(self._switch)),
            route("settings", "GET", "/_control/settings", self._settings),
            route("set", "POST", "/_control/settings", self._locked(self._set)),
            route("order", "POST", "/_control/orders/{number}/{action}", self._locked(self._order)),
            route("refund", "POST", "/_control/refunds/{number}/{action}", self._locked(self._refund)),
            route("mandates", "GET", "/_control/mandates", self._locked(self._mandates)),
            route("mandate", "POST", "/_control/mandates/{number}/{action}", self._locked(self._mandate)),
            route("webhooks", "GET", "/_control/webhooks", self._locked(self._webhooks)),
            route("resend", "POST", "/_control/webhooks/resend", self._locked(self._resend)),
            route("wait", "POST", "/_control/webhooks/wait", self._wait),
            route("calls", "GET", "/_control/calls", self._locked(self._calls)),
            route("revoke", "POST", "/_control/tokens/revoke", self._locked(self._revoke)),
            route("clock", "POST", "/_control/clock", self._locked(self._clock)),
        ]

    def answer(self, request: Request) -> Answer:
        found = find(self.routes, request.method, request.path)
        if found is None:
            return json_answer({"error": "there is no such control"}, 404)
        try:
            return json_answer(found[0].work(request, **found[1]))
        except Refused as refusal:
            return refusal.answer
        except (ValueError, KeyError) as error:
            return json_answer({"error": str(error)}, 400)
        except NotPossible as error:
            return json_answer({"error": str(error)}, 409)

    def _locked(self, work: Work) -> Work:
        def alone(request: Request, **parts: str) -> Json:
            with self._it.books.lock:
                return work(request, **parts)

        return alone

    def _health(self, _request: Request) -> Json:
        return {"status": "ok", "address": self._it.phonepe.address}

    def _books(self, request: Request) -> Json:
        brand = _brand(request.query.get("gateway"))
        books = self._it.books
        return {
            "orders": [views.order(row) for row in books.orders(brand)],
            "payments": [views.payment(row) for row in books.payments(brand)],
            "refunds": [views.refund(row) for row in books.refunds(brand)],
        }

    def _reset(self, _request: Request) -> Json:
        self._it.reset()
        return {}

    def _switches(self, _request: Request) -> Json:
        return views.switches(self._it.switches)

    def _switch(self, request: Request) -> Json:
        content = _body(request)
        brand = Brand(content["gateway"])
        for name, value in content["switches"].items():
            self._it.switches.set(brand, name, *_position(value))
        return views.switches(self._it.switches)

    def _settings(self, _request: Request) -> Json:
        return asdict(self._it.settings)

    def _set(self, request: Request) -> Json:
        self._it.settings = changed(self._it.settings, _body(request))
        return asdict(self._it.settings)

    def _order(self, request: Request, number: str, action: str) -> Json:
        order = views.find_order(self._it.books, number)
        if order is None or action not in self._orders:
            raise _unknown(f"order {number} or {action}")
        self._orders[action](order, _body(request))
        return views.order(order)

    def _refund(self, _request: Request, number: str, action: str) -> Json:
        refund = views.find_refund(self._it.books, number)
        if refund is None or action not in self._refunds:
            raise _unknown(f"refund {number} or {action}")
        self._refunds[action](refund)
        return views.refund(refund)

    def _mandates(self, _request: Request) -> Json:
        return {"mandates": [subscriptions.shape(row, f"/mandate/{row.token}") for row in self._it.mandates.all()]}

    def _mandate(self, _request: Request, number: str, action: str) -> Json:
        found = self._it.mandates.find(number)
        if found is None or action not in ACTIONS:
            raise _unknown(f"mandate {number} or {action}")
        getattr(self._it.mandates, action.replace("-", "_"))(found)
        return subscriptions.shape(found)

    def _webhooks(self, request: Request) -> Json:
        return {"webhooks": [views.webhook(row) for row in self._it.courier.webhooks if _matches(row, request.query)]}

    def _resend(self, request: Request) -> Json:
        """Send all that match again: `number`, `gateway`, `event`, `about` (an id of order or refund), `state`."""
        wanted = {name: str(value) for name, value in _body(request).items()}
        found = [row for row in self._it.courier.webhooks if _matches(row, wanted)]
        for row in found:
            self._it.courier.resend(row)
        return {"resent": len(found)}

    def _wait(self, request: Request) -> Json:
        """Wait until no webhook is on its way."""
        seconds = float(_body(request).get("seconds", 5))
        return {"idle": self._it.schedule.wait_until_idle(min(seconds, LONGEST_WAIT))}

    def _calls(self, request: Request) -> Json:
        brand = _brand(request.query.get("gateway"))
        rows = [*self._it.phonepe.heard, *self._it.razorpay.heard]
        return {"calls": [asdict(row) for row in rows if brand in {None, row.brand}]}

    def _revoke(self, _request: Request) -> Json:
        self._it.phonepe.tokens.revoke_all()
        return {}

    def _clock(self, request: Request) -> Json:
        self._it.clock.advance(float(_body(request)["advance"]))
        return {"now": self._it.clock.now()}


def _body(request: Request) -> Json:
    return request.json() if request.body else {}


def _brand(text: str | None) -> Brand | None:
    return Brand(text) if text else None


def _position(value: Any) -> tuple[int, str]:
    """Parse `true`, `false`, a number of times, or `{"times": ..., "only": "name of a call or an event"}`."""
    if isinstance(value, dict):
        return _position(value.get("times", True))[0], str(value.get("only", ""))
    if isinstance(value, bool):
        return (ALWAYS if value else 0), ""
    return int(value), ""


def _payment_options(options: Json) -> dict[str, Any]:
    chosen: dict[str, Any] = {name: options[name] for name in ("amount", "method") if name in options}
    if type(chosen.get("amount", 1)) is not int or not isinstance(chosen.get("method", ""), str):
        raise ValueError("amount is an integer (paise), method a text")
    return chosen


def _matches(row: Any, wanted: Any) -> bool:
    fields = {"number": str(row.number), "gateway": row.brand, "event": row.event, "state": row.state}
    about = wanted.get("about")
    return all(fields[name] == value for name, value in wanted.items() if name != "about") and (
        about is None or about in row.about
    )


def _unknown(what: str) -> Refused:
    return Refused(json_answer({"error": f"unknown: {what}"}, 404))
