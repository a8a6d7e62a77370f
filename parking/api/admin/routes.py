"""The calls of a manager, put together."""

from ninja import Router

from parking.api.admin import (
    audit,
    dashboard,
    debts,
    gates,
    payments,
    reconciliation,
    refunds,
    revenue,
    sessions,
    settings,
    sites,
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
    sites,
    zones,
    slots,
    debts,
    gates,
    refunds,
    reconciliation,
    tax_profiles,
    users,
)

for part in PARTS:
    router.add_router("", part.router)
