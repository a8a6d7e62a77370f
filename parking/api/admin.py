"""What a manager does, apart from looking after accounts (`admin_users`)."""

from ninja import Router

from parking.api import (
    admin_dashboard,
    admin_debts,
    admin_payments,
    admin_reconciliation,
    admin_refunds,
    admin_revenue,
    admin_sessions,
    admin_slots,
    admin_zones,
)

router = Router()
for part in (
    admin_dashboard, admin_payments, admin_revenue, admin_sessions, admin_zones, admin_slots, admin_debts,
    admin_refunds, admin_reconciliation,
):  # fmt: skip
    router.add_router("", part.router)
