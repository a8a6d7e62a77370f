"""The calls of a manager, put together."""

from ninja import Router

from parking.api.admin import (
    dashboard,
    debts,
    payments,
    reconciliation,
    refunds,
    revenue,
    sessions,
    settings,
    slots,
    users,
    zones,
)

router = Router()
for part in (dashboard, payments, revenue, sessions, settings, zones, slots, debts, refunds, reconciliation, users):
    router.add_router("", part.router)
