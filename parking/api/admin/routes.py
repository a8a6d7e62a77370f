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
    slots,
    tax_profiles,
    users,
    zones,
)

router = Router()
PARTS = (
    dashboard, payments, revenue, sessions, zones, slots, debts, refunds, reconciliation, tax_profiles, users,
)  # fmt: skip
for part in PARTS:
    router.add_router("", part.router)
