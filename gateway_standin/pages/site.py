"""The routes of the pages and their forms."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl

from gateway_standin.bank import NotPossible
from gateway_standin.books import Order, Refund
from gateway_standin.pages import faults, hooks, mandate, pay
from gateway_standin.pages.home import home
from gateway_standin.pages.html import page
from gateway_standin.standin import Standin
from gateway_standin.views import find_order, find_refund
from gateway_standin.wire.messages import Answer, Request, redirect
from gateway_standin.wire.routes import Route, find, route

STYLE = Path(__file__).with_name("style.css").read_bytes()
PAGES = {"/", "/faults", "/webhooks"}

Work = Callable[..., Answer]


class Site:
    def __init__(self, standin: Standin) -> None:
        self._it = standin
        bank = standin.bank
        self._orders: dict[str, Callable[[Order], object]] = {
            "pay": bank.pay,
            "pay-again": bank.pay_again,
            "decline": bank.decline,
            "hang": bank.hang,
            "late-success": bank.succeed_late,
        }
        self._refunds: dict[str, Callable[[Refund], None]] = {"complete": bank.complete, "fail": bank.fail}
        self._routes: list[Route[Work]] = [
            route("home", "GET", "/", lambda _: home(standin)),
            route("faults", "GET", "/faults", lambda _: faults.faults(standin)),
            route("webhooks", "GET", "/webhooks", lambda _: hooks.webhooks(standin)),
            route("style", "GET", "/style.css", lambda _: Answer(200, STYLE, "text/css; charset=utf-8")),
            route("switches", "POST", "/switches", self._save_switches),
            route("settings", "POST", "/settings", self._save_settings),
            route("reset", "POST", "/reset", self._reset),
            route("order", "POST", "/orders/{number}/{action}", self._order),
            route("refund", "POST", "/refunds/{number}/{action}", self._refund),
            route("mandate", "GET", "/mandate/{number}", self._mandate_page),
            route("mandated", "POST", "/mandate/{number}/{action}", self._mandated),
            route("mandate_act", "POST", "/mandates/{number}/{action}", self._mandate_act),
            route("resend", "POST", "/webhooks/{number}/resend", self._resend),
            route("pay", "GET", "/pay/{number}", self._pay_page),
            route("paid", "POST", "/pay/{number}/{action}", self._paid),
            route("checkout", "POST", "/v1/checkout/embedded", lambda request: pay.open_checkout(standin, request)),
        ]

    def answer(self, request: Request) -> Answer:
        found = find(self._routes, request.method, request.path)
        if found is None:
            return _not_found()
        try:
            with self._it.books.lock:
                return found[0].work(request, **found[1])
        except (NotPossible, ValueError, KeyError) as error:
            return page("That is not possible", f"<p>{escape(str(error))}</p>", status=409)

    def _save_switches(self, request: Request) -> Answer:
        form = _form(request)
        back = form.pop("back", "/")
        faults.save_switches(self._it, form)
        return redirect(back if back in PAGES else "/")

    def _save_settings(self, request: Request) -> Answer:
        faults.save_settings(self._it, _form(request))
        return redirect("/faults")

    def _reset(self, _request: Request) -> Answer:
        """Empty the books; switches and settings stay as the person has set them."""
        self._it.books.clear()
        self._it.mandates.clear()
        self._it.courier.clear()
        return redirect("/")

    def _order(self, _request: Request, number: str, action: str) -> Answer:
        order = find_order(self._it.books, number)
        if order is None or action not in self._orders:
            return _not_found()
        self._orders[action](order)
        return redirect("/")

    def _refund(self, _request: Request, number: str, action: str) -> Answer:
        refund = find_refund(self._it.books, number)
        if refund is None or action not in self._refunds:
            return _not_found()
        self._refunds[action](refund)
        return redirect("/")

    def _mandate_page(self, _request: Request, number: str) -> Answer:
        found = self._it.mandates.find(number)
        return mandate.show(self._it, self._it.mandates.look(found)) if found else _not_found()

    def _mandated(self, _request: Request, number: str, action: str) -> Answer:
        found = self._it.mandates.find(number)
        if found is None or action not in {"give", "decline"}:
            return _not_found()
        return mandate.act(self._it, found, action)

    def _mandate_act(self, _request: Request, number: str, action: str) -> Answer:
        found = self._it.mandates.find(number)
        if found is None or action not in mandate.ACTIONS:
            return _not_found()
        getattr(self._it.mandates, action.replace("-", "_"))(found)
        return redirect("/")

    def _resend(self, _request: Request, number: str) -> Answer:
        webhook = hooks.find_webhook(self._it, number)
        if webhook is None:
            return _not_found()
        self._it.courier.resend(webhook)
        return redirect("/webhooks")

    def _pay_page(self, _request: Request, number: str) -> Answer:
        """Show the pay page of an order, found by the token in PhonePe's redirectUrl or by its id."""
        order = find_order(self._it.books, number)
        return pay.show(self._it.bank.look(order)) if order else _not_found()

    def _paid(self, request: Request, number: str, action: str) -> Answer:
        order = find_order(self._it.books, number)
        if order is None or action not in {"pay", "decline", "leave", "card"}:
            return _not_found()
        if action == "card":
            return pay.by_card(self._it, order, _form(request))
        return pay.act(self._it, order, action)


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _not_found() -> Answer:
    return page("There is no such page", '<p><a href="/">To the orders</a></p>', status=404)
