"""The promo code, the points, the shop and the busy times of the demonstration."""

from datetime import datetime, timedelta
from decimal import Decimal

from parking.core.actor import SYSTEM
from parking.core.site_settings import CARD_TERMINALS, POINTS
from parking.facilities.models import ParkingZone
from parking.facilities.settings import change_settings
from parking.offers.codes import create_code
from parking.offers.models import PromoCode, PromoKind, Shop
from parking.offers.shops import create_shop
from parking.offers.vouchers import issue
from parking.tariffs.models import ZoneDemand
from parking.tariffs.rules.changes import Gives
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.zone_demand import set_demand

CODE, TERMINAL = "WELCOME", "41002345"
SHOP = {"name": "Chroma", "gstin": "07AABCC1234D1ZD", "gives": Gives.MINUTES, "value": Decimal(60), "per_day": 200}
# An empty zone is cheaper, a full one dearer.
STEPS = (DemandStep(0, -10), DemandStep(60, 20), DemandStep(85, 50))


def create_demonstration_offers(*, now: datetime) -> None:
    """Switch points and cards on, make the promo code and a voucher, unless there is a code of its name."""
    if PromoCode.objects.filter(code=CODE).exists():
        return
    fields = {"code": CODE, "kind": PromoKind.PERCENT, "value": Decimal(20), "cap": Decimal(30)}
    values = {POINTS.name: 1, CARD_TERMINALS.name: TERMINAL}
    change_settings(actor=SYSTEM, site_id=None, values=values, now=now)
    until = now.date() + timedelta(days=180)
    issue(actor=SYSTEM, amount=Decimal(100), until=until, reason="Guest of the operator", now=now)
    # From long ago, so that past traffic has it too.
    create_code(actor=SYSTEM, fields=fields | {"valid_from": now.date() - timedelta(days=365)}, now=now)


def create_demonstration_shop(*, site_id: int, person_id: int, now: datetime) -> None:
    """Make the shop at a site, with one person, unless a site has one of its name."""
    if not Shop.objects.filter(name=SHOP["name"]).exists():
        create_shop(actor=SYSTEM, fields=SHOP | {"site_id": site_id, "people": [person_id]}, now=now)


def create_demonstration_demand(*, zone: ParkingZone, now: datetime) -> None:
    """Let the prices of a zone follow how full it is, unless somebody has decided about that."""
    if not ZoneDemand.objects.exists():
        set_demand(actor=SYSTEM, zone_id=zone.pk, steps=STEPS, now=now)
