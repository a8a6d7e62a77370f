"""A verdict: the answer to a scan in one word that fills the screen."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.core.money import ZERO
from parking.edge.pages import page
from parking.stays.exempt_models import ExemptClass
from parking.stays.models import ParkingSession
from parking.web.gate.ways_on import WaysOn

LET_IN, LET_OUT, LOOK, STOP, WAIT = _("LET IN"), _("LET OUT"), _("LOOK"), _("STOP"), _("WAIT")


@dataclass(frozen=True)
class Verdict:
    """The answer that fills the screen.

    `tone` is yes, wait or no; `closes_after` seconds, None: until dismissed; `site` is the name of the car park
    to which a ticket of another one belongs; `ways` lead on from an amber or red answer.
    """

    tone: str
    word: str | Promise
    sentence: str
    session: ParkingSession | None = None
    code: str = ""
    debt: Decimal = ZERO
    change: Decimal | None = None
    # Paid at the counter before, and more than the bill came to: a second person hands it out.
    surplus: Decimal = ZERO
    payment_id: int | None = None
    can_compare: bool = False
    # The attendant may say that the plate seen is the booked one, with which the scan is sent again.
    can_confirm: bool = False
    closes_after: int | None = None
    site: str = ""
    ways: WaysOn | None = None
    # Of a pass of several vehicles: the attendant chooses the plate that is there.
    plates: tuple[str, ...] = ()
    # At the entry: other kinds that the car may be of, and classes that pay nothing.
    kinds: tuple[str, ...] = ()
    classes: tuple[ExemptClass, ...] = ()

    @property
    def shape(self) -> str:
        """Return the name of its shape: each is known without its colour."""
        return {"yes": "go", "no": "stop"}.get(self.tone, "wait" if self.word == WAIT else "look")


@dataclass(frozen=True)
class Scan:
    """What the parts send back: the code, the gate's number of the scan, the plate that was typed, the direction.

    `debts` are ids of the plate's debts that are to be paid with the exit. The gate itself is added by the script.
    """

    qr_code: str
    scan_id: str
    plate_seen: str | None = None
    gate_id: int | None = None
    direction: str = ""
    debts: tuple[int, ...] = ()


def shown(request: HttpRequest, verdict: Verdict, scan: Scan) -> HttpResponse:
    return page(
        request,
        "gate/parts/verdict.html",
        verdict=verdict,
        session=verdict.session,
        scan=scan,
        address=request.path,
    )
