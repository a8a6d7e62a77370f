"""The promo code and the points of the demonstration."""

from datetime import datetime, timedelta
from decimal import Decimal

from parking.core.actor import SYSTEM
from parking.core.site_settings import POINTS
from parking.facilities.settings import change_settings
from parking.offers.codes import create_code
from parking.offers.models import PromoCode, PromoKind

CODE = "WELCOME"


def create_demonstration_offers(*, now: datetime) -> None:
    """Switch points on and make the promo code, unless there is one of its name."""
    if PromoCode.objects.filter(code=CODE).exists():
        return
    fields = {"code": CODE, "kind": PromoKind.PERCENT, "value": Decimal(20), "cap": Decimal(30)}
    change_settings(actor=SYSTEM, site_id=None, values={POINTS.name: 1}, now=now)
    # From long ago, so that past traffic has it too.
    create_code(actor=SYSTEM, fields=fields | {"valid_from": now.date() - timedelta(days=365)}, now=now)
