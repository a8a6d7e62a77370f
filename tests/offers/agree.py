"""What sessions hold of offers, and what was counted, entered and paid for them, say the same."""

from collections import Counter, defaultdict
from decimal import Decimal

from parking.offers.models import PointEntry, PromoCode, PromoCount, PromoUse, Validation
from parking.stays.models import ParkingSession

NOTHING = Decimal("0.00")


def assert_offers_agree(sessions: list[ParkingSession]) -> None:
    """Assert that codes, points and validations agree with the sessions that have them."""
    _assert_codes_agree(sessions)
    _assert_ledger_adds_up()
    entries, validations = list(PointEntry.objects.all()), list(Validation.objects.filter(undone_at=None))
    taken: Counter[int | None] = Counter()
    for entry in entries:
        if entry.kind in {"HELD", "RETURNED"}:
            taken[entry.session_id] -= entry.points
    by_session: dict[int, list[Validation]] = defaultdict(list)
    for one in validations:
        by_session[one.session_id].append(one)
    for session in sessions:
        held = taken[session.pk]
        assert held == _points_of(session), f"{session} holds or spent {_points_of(session)} points, not {held}"
        _assert_shops_agree(session, by_session[session.pk])


def _amount(session: ParkingSession, kind: str) -> Decimal:
    return -sum((Decimal(line["amount"]) for line in session.bill.lines if line.get("kind") == kind), NOTHING)


def _assert_codes_agree(sessions: list[ParkingSession]) -> None:
    uses = list(PromoUse.objects.select_related("code"))
    used: dict[tuple[int, bool], Decimal] = defaultdict(Decimal)
    for use in uses:
        used[use.session_id, use.code.is_voucher] += use.amount
    for session in sessions:
        for kind, is_voucher in (("PROMO", False), ("VOUCHER", True)):
            given = _amount(session, kind) if session.status == "COMPLETED" else NOTHING
            assert used[session.pk, is_voucher] == given
    held = [
        session.offers[place]["id"]
        for session in sessions
        for place in ("promo", "voucher")
        if session.is_open and place in session.offers
    ]
    taken = dict(PromoCount.objects.filter(key="all").values_list("code_id", "taken"))
    for code in PromoCode.objects.all():
        redeemed = sum(use.code_id == code.pk for use in uses)
        assert taken.get(code.pk, 0) == held.count(code.pk) + redeemed, f"{code}: {taken}, {held}, {redeemed}"
        assert code.uses is None or taken.get(code.pk, 0) <= code.uses


def _assert_ledger_adds_up() -> None:
    balances: dict[int, tuple[int, int]] = {}
    for entry in PointEntry.objects.order_by("driver_id", "number"):
        number, balance = balances.get(entry.driver_id, (0, 0))
        balances[entry.driver_id] = (number + 1, balance + entry.points)
        assert (entry.number, entry.balance) == balances[entry.driver_id]


def _points_of(session: ParkingSession) -> int:
    if session.is_open:
        return int(session.offers.get("points", 0))
    return int(_amount(session, "POINTS") * 10)


def _assert_shops_agree(session: ParkingSession, validations: list[Validation]) -> None:
    if session.is_open:
        assert [row["id"] for row in session.offers.get("shops", [])] == [one.pk for one in validations]
        assert all(one.amount is None for one in validations)
    else:
        assert sum((one.amount or NOTHING for one in validations), NOTHING) == _amount(session, "SHOP")
