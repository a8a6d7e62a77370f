"""What becomes of the offers of a session when it ends, in the transaction of its end."""

from datetime import datetime

from parking.offers import holding, points, validations
from parking.stays.models import ParkingSession
from parking.stays.services import offers_of
from parking.tariffs.rules import Charge


def finish(session: ParkingSession, charge: Charge, now: datetime) -> None:
    """Redeem what the bill of a completed session was closed with; what has no line on it is given back."""
    offers = offers_of(session)
    for held in offers.codes:
        holding.finish(session, held, charge, now)
    validations.settle(offers.shops, charge, now)
    points.finish(session, offers.points, charge, now)


def give_back(session: ParkingSession, now: datetime) -> None:
    """Give back what a session held that ended before the car came."""
    offers = offers_of(session)
    for held in offers.codes:
        holding.give_back(held)
    points.give_back(session, offers.points, now)
