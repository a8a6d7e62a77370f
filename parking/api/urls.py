"""The whole contract as one API: every address in one description."""

from ninja import NinjaAPI

from parking import __version__
from parking.api import (
    admin,
    admin_users,
    auth,
    driver,
    errors,
    legacy,
    payments,
    public,
    receipts,
    staff,
)
from parking.api.parsing import StrictParser

api = NinjaAPI(
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
api.add_router("/api/public", public.router)
api.add_router("/api/user", driver.router)
api.add_router("/api/staff", staff.router)
api.add_router("/api/admin", admin.router)
api.add_router("/api/admin", admin_users.router)
api.add_router("/api/payment", payments.router)
api.add_router("/api/payment", receipts.router)
api.add_router("", legacy.router)
