"""The whole program: one set of books, one bank, two gateways, a courier."""

from collections.abc import Callable

from gateway_standin.bank import Bank, Happening
from gateway_standin.books import Books, Brand, Order, Payment, Refund
from gateway_standin.clock import Clock
from gateway_standin.courier import Courier
from gateway_standin.gateway import Desk
from gateway_standin.mandates import Mandate, Mandates
from gateway_standin.options import Options
from gateway_standin.phonepe import hooks as phonepe_hooks
from gateway_standin.phonepe.api import PhonePe
from gateway_standin.razorpay import hooks as razorpay_hooks
from gateway_standin.razorpay.api import Razorpay
from gateway_standin.schedule import Schedule
from gateway_standin.settings import HookMode, Settings
from gateway_standin.switches import Switches


class Standin:
    """The state of one running program."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock()
        self.books = Books()
        self.settings = settings_at_start(options)
        self.switches = Switches(self.books.lock, _switches_at_start(options))
        self.schedule = Schedule(options.senders)
        self.courier = Courier(self.schedule, self.switches, self._current)
        self.bank = Bank(
            books=self.books,
            switches=self.switches,
            settings=self._current,
            schedule=self.schedule,
            clock=self.clock,
            announce=self._announce,
        )
        self.mandates = Mandates(books=self.books, bank=self.bank, clock=self.clock, tell=self._tell_of_mandate)
        desk = Desk(options, self.clock, self.books, self.bank, self.switches, self._current)
        self.phonepe, self.razorpay = PhonePe(desk), Razorpay(desk, self.mandates)

    def reset(self) -> None:
        """Return to the state after a start: empty books, no tokens, no faults, the settings of the start."""
        with self.books.lock:
            self.courier.clear()
            self.books.clear()
            self.mandates.clear()
            self.switches.reset()
            self.clock.reset()
            self.phonepe.tokens.revoke_all()
            self.phonepe.heard.clear()
            self.razorpay.heard.clear()
            self.settings = settings_at_start(self.options)

    def _current(self) -> Settings:
        return self.settings

    def _announce(self, happening: Happening, subject: Order | Refund) -> None:
        order = subject.payment.order if isinstance(subject, Refund) else subject
        tell: Callable[[Happening, Order | Refund, Order], None]
        tell = self._tell_phonepe if order.brand is Brand.PHONEPE else self._tell_razorpay
        tell(happening, subject, order)

    def _tell_phonepe(self, happening: Happening, subject: Order | Refund, order: Order) -> None:
        event = phonepe_hooks.event_of(happening, order)
        if event:
            mode = HookMode(self.settings.phonepe_webhook_mode)
            headers, body = phonepe_hooks.message(event, subject, mode, self.options)
            self.courier.take(Brand.PHONEPE, event, _numbers(subject, order), headers, body)

    def _tell_razorpay(self, happening: Happening, subject: Order | Refund, order: Order) -> None:
        for event in razorpay_hooks.events_of(happening):
            headers, body = razorpay_hooks.message(event, subject, self.options, self.clock.now())
            self.courier.take(Brand.RAZORPAY, event, _numbers(subject, order), headers, body)

    def _tell_of_mandate(self, event: str, mandate: Mandate, payment: Payment | None) -> None:
        headers, body = razorpay_hooks.mandate_message(event, mandate, payment, self.options, self.clock.now())
        self.courier.take(Brand.RAZORPAY, event, [mandate.id], headers, body)


def settings_at_start(options: Options) -> Settings:
    return Settings(
        phonepe_webhook_url=options.phonepe_webhook_url,
        razorpay_webhook_url=options.razorpay_webhook_url,
        phonepe_webhook_mode=options.phonepe_webhook_mode,
    )


def _switches_at_start(options: Options) -> frozenset[tuple[Brand, str]]:
    chosen = {Brand.PHONEPE: options.phonepe_pays_at_once, Brand.RAZORPAY: options.razorpay_pays_at_once}
    return frozenset((brand, "pays_at_once") for brand, on in chosen.items() if on)


def _numbers(subject: Order | Refund, order: Order) -> list[str]:
    """Return all ids of the subject, for those who look for its webhooks."""
    own = [subject.id, subject.reference] if isinstance(subject, Refund) else []
    return [*own, order.id, order.reference]
