"""Faults that can be switched on: always, or for a number of times."""

from dataclasses import dataclass, field
from threading import RLock

from gateway_standin.books import Brand

ALWAYS = -1
BOTH = frozenset(Brand)
RAZORPAY = frozenset({Brand.RAZORPAY})


@dataclass(frozen=True)
class Switch:
    """`text` completes the sentence "While this is on, ..."."""

    name: str
    group: str
    text: str
    brands: frozenset[Brand] = BOTH
    at_start: int = 0


SWITCHES = (
    Switch("pays_at_once", "Paying", "an order is paid as soon as it is made"),
    Switch("amount_mismatch", "Paying", "what is paid differs from the order by one rupee"),
    Switch("late_success", "Paying", "a declined payment succeeds a little later"),
    Switch("manual_capture", "Paying", "a payment is authorised, and waits to be captured", RAZORPAY),
    Switch("customer_fee", "Paying", "the customer pays the fee on top of the order's amount"),
    Switch("double_payment", "Paying", "an order that is paid is paid a second time at once"),
    Switch("refund_waits", "Refunds", "a refund stays pending until somebody decides"),
    Switch("refund_fails", "Refunds", "a refund is pending first, then fails"),
    Switch("refund_no_balance", "Refunds", "a refund is refused because the merchant's balance is too low"),
    Switch("slow_refund", "Refunds", "a refund takes a while, and its key is in use meanwhile", RAZORPAY),
    Switch("webhook_duplicate", "Webhooks", "a webhook is sent twice"),
    Switch("webhook_reorder", "Webhooks", "a webhook is sent after the one that follows it"),
    Switch("webhook_drop", "Webhooks", "a webhook is not sent"),
    Switch("webhook_delay", "Webhooks", "a webhook is sent late"),
    Switch("webhook_bad_signature", "Webhooks", "a webhook carries a wrong signature"),
    Switch("answer_401", "Answers", "a call is answered 401; PhonePe's tokens are revoked"),
    Switch("answer_429", "Answers", "a call is answered 429, and nothing is done"),
    Switch("answer_html_502", "Answers", "a call is answered 502 with a page of HTML, and nothing is done"),
    Switch("lost_answer", "Answers", "a call is carried out, but its answer never arrives"),
    Switch("unknown_enums", "Answers", "answers name kinds of payment that nobody has heard of"),
    Switch("unknown_states", "Answers", "answers name states that nobody has heard of"),
    Switch("extra_fields", "Answers", "answers hold more fields than documented"),
    Switch("empty_notes_list", "Answers", "empty notes are [] as they really are, else {}", RAZORPAY, ALWAYS),
)
BY_NAME = {switch.name: switch for switch in SWITCHES}


@dataclass
class Position:
    """`times` counts down to 0, which is off. `only`: of a call or an event, the one with this name."""

    times: int = 0
    only: str = ""


@dataclass
class Switches:
    """`at_start` are those that are always on after a start and a reset."""

    lock: RLock
    at_start: frozenset[tuple[Brand, str]] = frozenset()
    _positions: dict[tuple[Brand, str], Position] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        with self.lock:
            for switch in SWITCHES:
                for brand in switch.brands:
                    on = (brand, switch.name) in self.at_start
                    self._positions[brand, switch.name] = Position(ALWAYS if on else switch.at_start)

    def take(self, brand: Brand, name: str, subject: str = "") -> bool:
        """Return whether the fault applies to `subject` now; counts down if it does."""
        with self.lock:
            position = self._positions.get((brand, name))
            if position is None or not position.times or position.only not in {"", subject}:
                return False
            if position.times > 0:
                position.times -= 1
            return True

    def set(self, brand: Brand, name: str, times: int, only: str = "") -> None:
        """Set a switch. Raises ValueError if there is no such switch."""
        with self.lock:
            if (brand, name) not in self._positions:
                raise ValueError(f"{brand} has no switch {name}")
            self._positions[brand, name] = Position(max(times, ALWAYS), only)

    def position(self, brand: Brand, name: str) -> Position:
        with self.lock:
            return self._positions[brand, name]

    def is_narrowed(self, brand: Brand, name: str, subject: str) -> bool:
        """Return whether the switch is set for `subject` by name."""
        return self.position(brand, name).only == subject
