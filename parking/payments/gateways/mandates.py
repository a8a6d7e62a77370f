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
    """What is charged, `amount` paise every `period` (a gateway's word). `number` is ours; sent twice, it is one."""

    number: str
    name: str
    period: str
    amount: int
    fresh: bool = False


@dataclass(frozen=True)
class MandateRequest:
    """Charge a plan `charges` times from `starts_at` on, if its payer agrees until `expires_at`."""

    number: str
    gateway_plan_id: str
    charges: int
    starts_at: datetime
    expires_at: datetime
    fresh: bool = False


@dataclass(frozen=True)
class MandateAnswer:
    """The state of a mandate. `word` is the gateway's own; `page` is where its payer agrees, if it is named."""

    gateway_id: str
    state: MandateState
    word: str
    page: str = ""
    charge_at: datetime | None = None


@dataclass(frozen=True)
class ChargeMade:
    """One charge of a mandate that was paid."""

    gateway_order_id: str
    payment_id: str
