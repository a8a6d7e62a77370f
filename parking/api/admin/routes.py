"""The calls of a manager, put together."""

from ninja import Router

from parking.api.admin import (
    approvals,
    dashboard,
    debts,
    payments,
    reconciliation,
    refunds,
    revenue,
    sessions,
    slots,
    terminations,
    users,
    zones,
)

router = Router()
for part in (
    dashboard,
    payments,
    revenue,
    sessions,
    zones,
    slots,
    debts,
    refunds,
    approvals,
    reconciliation,
    users,
    terminations,
):
    router.add_router("", part.router)
