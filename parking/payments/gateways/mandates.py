"""What a gateway is asked about mandates, and what it answers. Amounts are integer paise."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MandateState(StrEnum):
    """What a mandate is to us. UNKNOWN is a word that we do not know: it changes nothing, and is asked after again.

    WAITING for its payer, HELD, FAILING (a charge failed and is tried again), STOPPED (charges no more and is to be
    cancelled), OVER.
    """

    UNKNOWN = "UNKNOWN"
    WAITING = "WAITING"
    HELD = "HELD"
    FAILING = "FAILING"
    STOPPED = "STOPPED"
    OVER = "OVER"


@dataclass(frozen=True)
class PlanRequest:
    """What is charged, `amount` paise every `period`. `number` is ours; sent twice, it is one.

    It was not sent before `asked_at`, so what is older is not looked at.
    """

    number: str
    name: str
    period: str
    amount: int
    asked_at: datetime
    fresh: bool = False


@dataclass(frozen=True)
class MandateRequest:
    """Charge a plan `charges` times from `starts_at` on, if its payer agrees until `expires_at`.

    It was not sent before `asked_at`, so what is older is not looked at.
    """

    number: str
    gateway_plan_id: str
    charges: int
    starts_at: datetime
    expires_at: datetime
    asked_at: datetime
    fresh: bool = False


@dataclass(frozen=True)
class MandateAnswer:
    """The state of a mandate. `word` is the gateway's own; `page` is where its payer agrees, if it is named.

    `payer` is the gateway's number of who gave it, empty before.
    """

    gateway_id: str
    state: MandateState
    word: str
    page: str = ""
    charge_at: datetime | None = None
    payer: str = ""


@dataclass(frozen=True)
class ChargeMade:
    """One charge of a mandate that was paid; `amount` is what its invoice, made at `made_at`, asked for."""

    gateway_order_id: str
    payment_id: str
    amount: int
    made_at: datetime


@dataclass(frozen=True)
class ConsentPaid:
    """The small amount that a consent took. The gateway gives it back by itself: `refund_id`, at `refunded_at`."""

    payment_id: str
    amount: int
    paid_at: datetime
    refund_id: str = ""
    refunded_at: datetime | None = None
