"""What an emergency leaves behind: cars that left without paying, and what their plates owe."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q, Sum

from parking.accounts.vouching import is_dependent, is_only_administrator, not_independent
from parking.audit import services as audit
from parking.checkout.collecting import Collection, refuse_unknown_method, total_owed
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.facilities.emergencies import find_emergency, is_any_running, running_at
from parking.facilities.models import Emergency
from parking.payments import debts, orders
from parking.payments.debts import BILL_FIRST
from parking.payments.events import DebtWrittenOff, EmergencyWaived
from parking.payments.models import Debt, DebtStatus
from parking.stays.events import SessionLeftInEmergency
from parking.stays.marks import Mark, add_mark
from parking.stays.models import ParkingSession

# --- Letting out ---------------------------------------------------------------------------------------


def refuse_unknown_unless_emergency(collection: Collection, now: datetime, *, site_id: int | None = None) -> None:
    """Raise Refused `payment_method_invalid` as usual; where an emergency runs, the way to pay does not matter.

    Without `site_id`, before the stay is known, an emergency at any site lets every way to pay go on.
    """
    runs = is_any_running(now) if site_id is None else running_at(site_id, now) is not None
    if not runs:
        refuse_unknown_method(collection)


def note_left(*, session: ParkingSession, emergency_id: int, debt: Debt | None, actor: Actor, now: datetime) -> None:
    """Mark a stay that ended in an emergency, and what its plate owes. Session and bill must be locked."""
    add_mark(session, Mark.EMERGENCY)
    if debt is not None:
        debts.mark_emergency(debt=debt, emergency_id=emergency_id)
    owed = debt.amount if debt else ZERO
    left = SessionLeftInEmergency(session_id=session.pk, emergency_id=emergency_id, owed=owed)
    audit.record(actor, left, now)


# --- Afterwards ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owing:
    """What the cars of an emergency owe: open debts and their sum, and all that it left behind (rupees)."""

    open_debts: int = 0
    owed: Decimal = ZERO
    all_debts: int = 0


def owing_of(emergencies: list[Emergency]) -> dict[int, Owing]:
    """Return what is owed of emergencies, by their ids."""
    still = Q(status=DebtStatus.OPEN)
    rows = Debt.objects.filter(emergency__in=emergencies).order_by().values("emergency_id")
    rows = rows.annotate(waiting=Count("pk", filter=still), owed=Sum("amount", filter=still), every=Count("pk"))
    found = {row["emergency_id"]: Owing(row["waiting"], row["owed"] or ZERO, row["every"]) for row in rows}
    return {emergency.pk: found.get(emergency.pk, Owing()) for emergency in emergencies}


def waive(*, actor: Actor, emergency_id: int, reason: str, now: datetime) -> tuple[int, Decimal]:
    """Forgive all open debts of an emergency at once; answers how many, and their sum (rupees).

    Nobody does so who began it, but for the only administrator. Raises NotFound `emergency_not_found`; Refused
    `own_emergency`; Forbidden `second_person_not_independent`.
    """
    if actor.user_id is None:
        raise ValueError("debts are waived by a person")
    emergency = find_emergency(emergency_id, actor)
    alone = decides_alone(emergency, actor, now)
    with transaction.atomic():
        rows = Debt.objects.filter(emergency_id=emergency_id, status=DebtStatus.OPEN).select_related("bill")
        owed = list(rows.order_by("bill_id").select_for_update(of=BILL_FIRST, no_key=True))
        for debt in owed:
            orders.give_up(bill=debt.bill, now=now)
            debts.write_off(debt=debt, admin_id=actor.user_id, now=now)
            forgiven = DebtWrittenOff(
                debt_id=debt.pk, amount=debt.amount, bill_id=debt.bill_id, reason=reason, alone=alone
            )
            audit.record(actor, forgiven, now)
        sum_of_all = total_owed(owed)
        waived = EmergencyWaived(
            emergency_id=emergency_id, debts=len(owed), amount=sum_of_all, reason=reason, alone=alone
        )
        audit.record(actor, waived, now)
    return len(owed), sum_of_all


def decides_alone(emergency: Emergency, actor: Actor, now: datetime) -> bool:
    """Return whether the actor is no independent person for the debts of an emergency, and may decide all the same.

    Raises Refused `own_emergency`; Forbidden `second_person_not_independent`.
    """
    is_own = actor.user_id == emergency.begun_by_id
    if not is_own and not is_dependent(first_id=emergency.begun_by_id, second=actor, now=now):
        return False
    if is_only_administrator(now=now):
        return True
    if is_own:
        raise Refused("own_emergency", "Another administrator must waive what an emergency that you began owes")
    raise not_independent()
