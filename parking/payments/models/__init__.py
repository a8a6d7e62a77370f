"""Bills, and the money that was asked for, taken and given back.

Amounts are rupees. Payments know a bill, never what it is for: a stay and, later, a pass each point to one.
"""

from parking.payments.models.bills import (
    Bill,
    BillKind,
)
from parking.payments.models.debts import (
    Debt,
    DebtQuerySet,
    DebtStatus,
)
from parking.payments.models.orders import (
    OPEN_ORDER,
    SETTLED_ORDER,
    GatewayEvent,
    OrderPurpose,
    OrderStatus,
    PaymentOrder,
)
from parking.payments.models.payments import (
    ALWAYS_SHOWN,
    CLAIMS,
    DRIVERS_METHODS,
    Payment,
    PaymentMethod,
)
from parking.payments.models.refunds import (
    Refund,
    RefundQuerySet,
    RefundStatus,
)

__all__ = [
    "ALWAYS_SHOWN",
    "CLAIMS",
    "DRIVERS_METHODS",
    "OPEN_ORDER",
    "SETTLED_ORDER",
    "Bill",
    "BillKind",
    "Debt",
    "DebtQuerySet",
    "DebtStatus",
    "GatewayEvent",
    "OrderPurpose",
    "OrderStatus",
    "Payment",
    "PaymentMethod",
    "PaymentOrder",
    "Refund",
    "RefundQuerySet",
    "RefundStatus",
]
