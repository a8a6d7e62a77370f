"""The HTTP API: every address in one OpenAPI description."""

from functools import cached_property
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from parking import __version__
from parking.api import (
    auth,
    debts,
    driver,
    invoice_details,
    mail_events,
    notifications,
    offers,
    pass_mandates,
    passes,
    payments,
    phones,
    prices,
    public,
    receipts,
    reservations,
    shop,
    staff,
    staff_desk,
    staff_emergency,
    staff_exempting,
    staff_gate,
    staff_lost,
    staff_notes,
    staff_paper,
    staff_passes,
    staff_refunds,
    vehicles,
    waiting_list,
)
from parking.api.admin import routes as admin
from parking.edge import errors
from parking.edge.describe import describe_problems
from parking.edge.parsing import StrictParser
from parking.edge.refusal_examples import add_examples
from parking.legacy import calls as legacy


class Contract(NinjaAPI):
    """The API, with operation ids that do not follow the modules: clients are generated from them."""

    @cached_property
    def _description(self) -> OpenAPISchema:
        description = super().get_openapi_schema()
        describe_problems(description)
        add_examples(description)
        return description

    def get_openapi_schema(self, **_prefixes: Any) -> OpenAPISchema:
        """Return the description; it takes seconds to make and is the same at every address."""
        return self._description

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return super().get_openapi_operation_id(operation).replace("parking_legacy_calls_", "parking_api_legacy_")


api = Contract(
    title="Smart Parking",
    version=__version__,
    description="Car parks: booking, gates, bills and reports. Money is rupees, times are UTC.",
    docs_url="/api/docs",
    openapi_url="/api/openapi.json",
    parser=StrictParser(),
    urls_namespace="api",
)
errors.install(api)
api.add_router("/api/auth", auth.router)
api.add_router("/api/me", notifications.router)
api.add_router("/api/mail", mail_events.router)
api.add_router("/api/public", public.router)
api.add_router("/api/public", prices.router)
api.add_router("/api/public", passes.public)
api.add_router("/api/user", driver.router)
api.add_router("/api/user", reservations.router)
api.add_router("/api/user", waiting_list.router)
api.add_router("/api/staff", staff.router)
api.add_router("/api/staff", staff_refunds.router)
api.add_router("/api/staff", staff_exempting.router)
api.add_router("/api/staff", staff_desk.router)
api.add_router("/api/staff", staff_gate.router)
api.add_router("/api/staff", staff_emergency.router)
api.add_router("/api/staff", staff_notes.router)
api.add_router("/api/staff", staff_lost.router)
api.add_router("/api/staff", staff_paper.router)
api.add_router("/api/user", offers.router)
api.add_router("/api/shop", shop.router)
api.add_router("/api/user", debts.own)
api.add_router("/api/user", vehicles.router)
api.add_router("/api/user", passes.of_driver)
api.add_router("/api/user", pass_mandates.router)
api.add_router("/api/staff", staff_passes.router)
api.add_router("/api/staff", debts.counter)
api.add_router("/api/staff", phones.router)
api.add_router("/api/user", invoice_details.of_driver)
api.add_router("/api/staff", invoice_details.of_staff)
api.add_router("/api/admin", admin.router)
api.add_router("/api/payment", payments.router)
api.add_router("/api/payment", receipts.router)
api.add_router("", legacy.router)
