"""The mandate of a pass as its holder's page shows it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from parking.checkout.pass_mandates import may_begin, next_price
from parking.passes.mandate_models import Mandate, MandateStatus
from parking.passes.mandates import CHARGES, mandate_of
from parking.passes.models import Subscription
from parking.passes.rules import Period
from parking.web.pass_words import period_words


@dataclass(frozen=True)
class ShownMandate:
    """What may be done about automatic charges; `mandate` is None where there are none."""

    mandate: Mandate | None
    may_begin: bool
    amount: Decimal
    period: str
    charges: int

    @property
    def charges_alone(self) -> bool:
        return self.mandate is not None and self.mandate.charges_alone

    @property
    def state(self) -> str:
        """Return ASKED, OFFERED, HELD, FAILING or ENDING; empty without a mandate."""
        if self.mandate is None:
            return ""
        is_failing = self.mandate.status == MandateStatus.HELD and not self.mandate.charges_alone
        return "FAILING" if is_failing else str(self.mandate.status)


def shown_mandate(held: Subscription, now: datetime) -> ShownMandate | None:
    """Return the mandate of a pass, or that one may be given; None where there is nothing to show."""
    mandate = mandate_of(held)
    possible = mandate is None and may_begin(held, now)
    if mandate is None and not possible:
        return None
    amount = mandate.amount if mandate else next_price(held)
    period = mandate.mandate_plan.period if mandate else held.plan.period
    return ShownMandate(mandate, possible, amount, period_words(period), CHARGES[Period(period)])
