"""What state machines of a small car park have in common: a world that is undone, and what holds after every step."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from parking.api.shapes.bills import BillOut
from parking.api.shapes.bookings import BookingOut
from parking.audit.news import newest_lines
from parking.checkout import leaving
from parking.core.errors import DomainError, Unavailable
from parking.payments.gateways import registry
from parking.payments.gateways.base import GatewayState
from parking.stays.models import ParkingSession
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, books, shown

OPENING = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
AWAY = "AWAY"
OUTCOMES = st.sampled_from(
    [GatewayState.COMPLETED, GatewayState.COMPLETED, GatewayState.PENDING, GatewayState.FAILED, AWAY]
)
# Which stay a rule acts on: mostly one in the state that the rule is about, now and then any other.
WHICH = st.integers(0, 11)


@contextmanager
def undone() -> Iterator[None]:
    """Undo in the end what is done meanwhile. As in django.test.TestCase, durable transactions are let through."""
    example: Any = transaction.atomic()
    setattr(example, "_from_testcase", True)  # noqa: B010 - a private name of Django
    with example:
        yield
        transaction.set_rollback(True)


class Machine(RuleBasedStateMachine):
    """A car park with a gateway and a clock. `EXPECTED` are the refusals that its rules may meet.

    Those of `CHANGES_FIRST` come after a change that was committed on purpose, such as a hold that ended.
    """

    EXPECTED: ClassVar[Collection[str]]
    CHANGES_FIRST: ClassVar[Collection[str]]

    def __init__(self) -> None:
        super().__init__()
        self._example = undone()
        self._example.__enter__()
        self.now = OPENING
        self.gateway = FakeGateway()
        self._gateways = dict(registry._GATEWAYS)
        registry._GATEWAYS[self.gateway.code] = lambda: self.gateway
        # Money of the counter that was taken before the end does not go back by itself, whatever lowers the bill then.
        self.paid_at_desk: set[int] = set()
        self.make_world()
        self.seen = (shown(), newest_lines())
        self.agreed: object = None

    def make_world(self) -> None:
        """Make the people and zones of the example."""
        raise NotImplementedError

    def teardown(self) -> None:
        registry._GATEWAYS.clear()
        registry._GATEWAYS.update(self._gateways)
        self._example.__exit__(None, None, None)

    # --- Helpers -----------------------------------------------------------------------------------------

    @contextmanager
    def _allowed_to_refuse(self) -> Iterator[None]:
        """A refusal must be one that we know, and must leave every row as it was."""
        before = books()
        refusal: DomainError | None = None
        try:
            yield
        except DomainError as error:
            refusal = error
        finally:
            was_reachable = self.gateway.reachable
            self._gateway_will(GatewayState.COMPLETED)
        if refusal is not None:
            assert refusal.code in self.EXPECTED, refusal.code
            assert refusal.code in self.CHANGES_FIRST or books() == before, f"{refusal.code} changed something"
            assert not (isinstance(refusal, Unavailable) and was_reachable)

    def _get(self, pk: int) -> ParkingSession:
        return ParkingSession.objects.whole().get(pk=pk)

    def _pick(self, which: int, *statuses: str) -> ParkingSession:
        """The newest stay in one of these states; now and then, or if there is none, any stay."""
        everything = list(ParkingSession.objects.whole().order_by("-pk"))
        suitable = [session for session in everything if session.status in statuses]
        chosen = suitable if suitable and which < 10 else everything
        return chosen[which % len(chosen)]

    def _gateway_will(self, outcome: str) -> None:
        self.gateway.reachable = outcome != AWAY
        if outcome != AWAY:
            self.gateway.outcome = GatewayState(outcome)

    # --- After each step ---------------------------------------------------------------------------------

    @invariant()
    def the_books_agree(self) -> None:
        # A refused step leaves every row as it was: they agree as before.
        present = (books(), newest_lines())
        if present != self.agreed:
            assert_books_agree()
        self.agreed = present

    @invariant()
    def what_pages_show_changes_with_the_record_alone(self) -> None:
        rows, lines = self.seen
        self.seen = (shown(), newest_lines())
        assert self.seen[0] == rows or self.seen[1] != lines, "no live page would notice"

    @invariant()
    def what_is_shown_adds_up(self) -> None:
        for session in ParkingSession.objects.whole().order_by("-pk")[:3]:
            bill = BillOut.of(leaving.finished_exit(session), self.now)
            booking = BookingOut.of(session, None, self.now)
            assert sum(line.amount for line in bill.lines) == bill.total_amount == booking.total_amount
            assert bill.amount_due == booking.amount_due
            assert bill.already_paid + bill.amount_charged == booking.amount_paid
            if not session.is_open:
                paid = booking.amount_paid + bill.amount_due
                assert paid == bill.total_amount or (session.pk in self.paid_at_desk and paid > bill.total_amount)
