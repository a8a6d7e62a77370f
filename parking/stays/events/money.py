"""Bills of stays, and how they end. Amounts are rupees."""

from dataclasses import dataclass
from decimal import Decimal

from parking.audit.events import TERMINATED
from parking.stays.events.base import SessionEvent


@dataclass(frozen=True, kw_only=True)
class SessionQuoted(SessionEvent):
    """The bill was shown and frozen for a time."""

    action = "session.quoted"

    total: Decimal


@dataclass(frozen=True, kw_only=True)
class _SessionWaits(SessionEvent):
    """The end of a stay waits for the payment of an order."""

    order_id: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionExitWaits(_SessionWaits):
    action = "session.exit_waits"


@dataclass(frozen=True, kw_only=True)
class SessionEntryWaits(_SessionWaits):
    action = "session.entry_waits"


@dataclass(frozen=True, kw_only=True)
class SessionTerminationWaits(_SessionWaits):
    action = "session.termination_waits"


@dataclass(frozen=True, kw_only=True)
class SessionPaidAtEntry(SessionEvent):
    """Money was taken at the counter of the entry, under a tariff that collects there."""

    action = "session.paid_at_entry"

    method: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionPaidAhead(SessionEvent):
    """What a stay costs so far was paid at a desk, before going to the car; it covers until a time."""

    action = "session.paid_ahead"

    method: str
    amount: Decimal
    until: str


@dataclass(frozen=True, kw_only=True)
class _SessionCompleted(SessionEvent):
    """A stay ended whose car was inside. `charged` was collected by that, `debt` is left; `order_id` if one paid."""

    method: str
    total: Decimal
    charged: Decimal
    debt: Decimal
    order_id: str | None


@dataclass(frozen=True, kw_only=True)
class SessionExited(_SessionCompleted):
    action = "session.exited"


@dataclass(frozen=True, kw_only=True)
class SessionTerminated(_SessionCompleted):
    action = TERMINATED


@dataclass(frozen=True, kw_only=True)
class SessionPaysLater(SessionEvent):
    """A car left before all was paid: `owed` is a debt of its plate now (rupees)."""

    action = "session.pays_later"

    owed: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionLeftInEmergency(SessionEvent):
    """A car was let out because an emergency ran: `owed` is a debt of its plate now (rupees)."""

    action = "session.left_in_emergency"

    emergency_id: int
    owed: Decimal
