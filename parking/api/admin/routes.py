"""The calls of a manager, put together."""

from ninja import Router

from parking.api.admin import (
    approvals,
    audit,
    dashboard,
    debts,
    payments,
    reconciliation,
    refunds,
    revenue,
    sessions,
    settings,
    slots,
    terminations,
    users,
    zones,
)

router = Router()
PARTS = (
    audit,
    dashboard,
    payments,
    revenue,
    sessions,
    settings,
    zones,
    slots,
    debts,
    refunds,
    approvals,
    reconciliation,
    users,
    terminations,
)

for part in PARTS:
    router.add_router("", part.router)
