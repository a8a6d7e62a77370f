"""The mandate of a pass in words: as its holder's page shows it, and as the office does."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.checkout.pass_mandates import may_begin, next_price
from parking.passes.mandate_models import Mandate, MandateConsent, MandateStatus
from parking.passes.mandates import CHARGES, mandate_of, mandates_of
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
        return state_of(self.mandate) if self.mandate is not None else ""


def state_of(mandate: Mandate) -> str:
    """Return how a mandate stands: its status, or FAILING while a charge of it fails."""
    is_failing = mandate.status == MandateStatus.HELD and not mandate.charges_alone
    return "FAILING" if is_failing else str(mandate.status)


def shown_mandate(held: Subscription, now: datetime) -> ShownMandate | None:
    """Return the mandate of a pass, or that one may be given; None where there is nothing to show."""
    mandate = mandate_of(held)
    possible = mandate is None and may_begin(held, now)
    if mandate is None and not possible:
        return None
    amount = mandate.amount if mandate else next_price(held)
    period = mandate.mandate_plan.period if mandate else held.plan.period
    return ShownMandate(mandate, possible, amount, period_words(period), CHARGES[Period(period)])


# --- In the office ---------------------------------------------------------------------------------------

# Razorpay's own words are among them.
_ENDED: dict[str, Promise] = {
    "holder": _("Stopped by its holder"),
    "not_renewed": _("The pass is not renewed or is over"),
    "paid_otherwise": _("The holder paid another way"),
    "price_changed": _("The plan has another price"),
    "dates_moved": _("The dates of the pass moved"),
    "refused": _("Razorpay refused it"),
    "expired": _("The holder did not agree in time"),
    "cancelled": _("Cancelled at the bank"),
    "paused": _("Paused at the bank"),
    "halted": _("The bank did not pay, several times"),
    "completed": _("All charges are made"),
}


@dataclass(frozen=True)
class OfficeMandate:
    """A mandate with its state, why it is over, and what its consent took."""

    mandate: Mandate

    @property
    def state(self) -> str:
        """Return the code of its state in words."""
        return f"MANDATE_{state_of(self.mandate)}"

    @property
    def why(self) -> str:
        """Return why it is over or is being stopped; empty for a word that nobody knows."""
        return str(_ENDED.get(self.mandate.end_reason, ""))

    @property
    def consent(self) -> MandateConsent | None:
        return next(iter(self.mandate.consents.all()), None)


def office_mandates(held: Subscription) -> list[OfficeMandate]:
    """Return all mandates that a pass ever had, the newest first."""
    return [OfficeMandate(mandate) for mandate in mandates_of(held)]
