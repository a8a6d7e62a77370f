"""The calls of a manager, put together."""

from ninja import Router

from parking.api.admin import (
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
    tax_profiles,
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
    reconciliation,
    tax_profiles,
    users,
)

for part in PARTS:
    router.add_router("", part.router)
