"""The calls of a manager, put together."""

from ninja import Router

from parking.api.admin import (
    approvals,
    audit,
    dashboard,
    debts,
    emergencies,
    exempt_classes,
    gate_counts,
    gates,
    imports,
    organisations,
    passes,
    payments,
    promo_codes,
    rate_cards,
    reconciliation,
    refunds,
    replays,
    revenue,
    sessions,
    settings,
    shops,
    sites,
    slots,
    tariffs,
    tax_profiles,
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
    sites,
    imports,
    zones,
    tariffs,
    rate_cards,
    replays,
    promo_codes,
    shops,
    passes,
    organisations,
    slots,
    debts,
    emergencies,
    exempt_classes,
    gate_counts,
    gates,
    refunds,
    approvals,
    reconciliation,
    tax_profiles,
    users,
    terminations,
)

for part in PARTS:
    router.add_router("", part.router)
