"""What happens to orders, payments, refunds and debts. Amounts are rupees.

The subject of most is what the bill is for, a stay or a pass, by whose id the record is read.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self

from parking.audit.events import Event, StoredEvent


@dataclass(frozen=True, kw_only=True)
class _AboutOwner(Event):
    """Something that happened to the money of a stay (`session_id`) or of a pass (`pass_id`)."""

    subject_kind = "session"

    session_id: int | None = None
    pass_id: int | None = None

    @property
    def subject(self) -> tuple[str, int | None]:
        return ("session", self.session_id) if self.pass_id is None else ("pass", self.pass_id)

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts().items() if name != "pass_id"}

    @classmethod
    def read(cls, row: StoredEvent) -> Self:
        found = super().read(row)
        return found if row.subject_kind != "pass" else replace(found, session_id=None, pass_id=row.subject_id)


@dataclass(frozen=True, kw_only=True)
class _AboutBill(Event):
    subject_kind = "bill"

    bill_id: int


# --- Orders ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PaymentAsked(_AboutOwner):
    """An order was written by which a driver pays."""

    action = "payment.asked"

    order_id: str
    purpose: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PaymentAskedAhead(_AboutOwner):
    """The same, as written until drivers could pay for more than what is due ahead. Read only."""

    action = "payment.asked_ahead"

    order_id: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class _OrderAnswered(_AboutOwner):
    """A gateway says that an order was paid; `refunds` are the numbers of what goes back of it."""

    order_id: str
    purpose: str
    amount: Decimal
    refunds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PaymentCaptured(_OrderAnswered):
    """The money of an order became ours, and the stay went on."""

    action = "payment.captured"


@dataclass(frozen=True, kw_only=True)
class OrderToReview(_OrderAnswered):
    """What the gateway says of an order is not what was asked for: a person must look."""

    action = "order.to_review"


@dataclass(frozen=True, kw_only=True)
class OrderPaidTwice(_AboutOwner):
    """Money came for what was paid already: `reference` is the gateway's number of it, `first` of what had paid.

    `refund_id` is the number under which it goes back; `held` if that waits for a manager's word.
    """

    action = "order.paid_twice"

    order_id: str
    amount: Decimal
    reference: str
    first: str
    refund_id: str
    held: bool


@dataclass(frozen=True, kw_only=True)
class OrderFailed(_AboutOwner):
    """A gateway refused an order."""

    action = "order.failed"

    order_id: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class OrderMoved(_AboutBill):
    """A gateway has taken an order, or its waiting ended without a word: what pages show of it is another."""

    action = "order.moved"

    order_id: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ReviewClosed(_AboutOwner):
    """A person has looked at an order in review."""

    action = "order.review_closed"

    order_id: str
    amount: Decimal
    reason: str


# --- Refunds -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(_AboutOwner):
    """A person decided on a refund; `by_hand` if no gateway sends it."""

    action = "payment.refunded"

    refund_id: str
    amount: Decimal
    by_hand: bool


@dataclass(frozen=True, kw_only=True)
class RefundApproved(_AboutOwner):
    """A refund was handed back, on the word of another person than `asked_by` (a user id).

    `alone`: of the same person, or of the one who took the money, because there was one administrator only.
    """

    action = "refund.approved"

    refund_id: str
    amount: Decimal
    asked_by: int | None
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class RefundRefused(_AboutOwner):
    """A second person refused a refund of money of the counter: nothing goes back.

    `owed`: the bill was closed with it, so the driver is owed it all the same; it is not handed out now.
    """

    action = "refund.refused"

    refund_id: str
    amount: Decimal
    asked_by: int | None
    reason: str = ""
    owed: bool = False


@dataclass(frozen=True, kw_only=True)
class SecondPaymentSentBack(_AboutOwner):
    """A manager said that a second payment goes back, which waited for that."""

    action = "refund.released"

    refund_id: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class RefundRetried(_AboutOwner):
    """A refund in review is sent once more, under the next number."""

    action = "refund.retried"

    refund_id: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class RefundMoved(_AboutBill):
    """A refund has another status, on its gateway's word or because its next attempt has begun."""

    action = "refund.moved"

    refund_id: str
    status: str
    attempt: int


# --- Debts -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DebtWrittenOff(Event):
    """A debt was forgiven; `alone` by the one who ended the stay, because there was one administrator only."""

    action = "debt.written_off"
    subject_kind = "debt"

    debt_id: int
    amount: Decimal
    bill_id: int
    reason: str
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class EmergencyWaived(Event):
    """The debts of an emergency were forgiven in one step, beside a line for each; `alone` by who had begun it."""

    action = "emergency.waived"
    subject_kind = "emergency"

    emergency_id: int
    debts: int
    amount: Decimal
    reason: str
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class DebtCollected(Event):
    """A debt was paid, at the counter or online."""

    action = "debt.collected"
    subject_kind = "debt"

    debt_id: int
    amount: Decimal
    bill_id: int
    method: str


@dataclass(frozen=True, kw_only=True)
class DebtObjected(Event):
    """A driver objected to a debt. The words stand with the debt: they may name people."""

    action = "debt.objected"
    subject_kind = "debt"

    debt_id: int
    amount: Decimal
    bill_id: int


@dataclass(frozen=True, kw_only=True)
class DebtObjectionAnswered(Event):
    """An administrator answered an objection; one that is `upheld` is written off as well."""

    action = "debt.objection_answered"
    subject_kind = "debt"

    debt_id: int
    amount: Decimal
    bill_id: int
    upheld: bool
    answer: str


@dataclass(frozen=True, kw_only=True)
class DebtLapsed(Event):
    """A debt became too old to be asked for."""

    action = "debt.lapsed"
    subject_kind = "debt"

    debt_id: int
    amount: Decimal
    bill_id: int
