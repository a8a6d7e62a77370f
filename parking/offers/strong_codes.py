"""Promo codes of 80 percent and more: they wait for a second person."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.offers import codes
from parking.offers.events import PromoCodeAsked, PromoCodeRefused
from parking.offers.models import PromoCode

_READ: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("value", "cap", "least_bill"), Decimal),
    **dict.fromkeys(("valid_from", "valid_to"), date.fromisoformat),
}


def propose_code(*, actor: Actor, fields: Mapping[str, Any], now: datetime) -> PromoCode | Approval:
    """Make a code; one of 80 percent and more is out of use until a second person approves. Raises as `create_code`."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                return codes.create_code(actor=actor, fields=fields, now=now)
        except Refused as refused:
            _raise_others(refused)
        code = codes.create_code(actor=actor, fields={**fields, "is_active": False}, now=now)
        return _ask(actor, code, {"is_active": True}, now)


def propose_change(*, actor: Actor, code_id: int, fields: Mapping[str, Any], now: datetime) -> PromoCode | Approval:
    """Change a code; what leaves it in use with 80 percent and more waits for a second person.

    Raises as `change_code`, and Refused `waits_already`.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                return codes.change_code(actor=actor, code_id=code_id, fields=fields, now=now)
        except Refused as refused:
            _raise_others(refused)
        return _ask(actor, codes.code_by_id(code_id, actor), fields, now)


def _raise_others(refused: Refused) -> None:
    if refused.code != "second_person_needed":
        raise refused


def _ask(actor: Actor, code: PromoCode, fields: Mapping[str, Any], now: datetime) -> Approval:
    sites = {zone.site_id for zone in code.zones.all()}
    wanted = {name: str(value) if isinstance(value, Decimal | date) else value for name, value in fields.items()}
    approval = approvals.ask(
        kind=ApprovalKind.PROMO_CODE,
        subject_id=code.pk,
        site_id=sites.pop() if len(sites) == 1 else None,
        asked_by_id=actor.user_id,
        facts={"promo_code_id": code.pk, "fields": wanted},
        now=now,
    )
    audit.record(actor, PromoCodeAsked(promo_code_id=code.pk, approval_id=approval.pk, wanted=wanted), now)
    return approval


def approve(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Change a code as it was asked for.

    Raises Refused `decided_already`, `own_change`; Forbidden `second_person_not_independent`; as `change_code`.
    """
    with transaction.atomic():
        facts = approvals.decide(approval, Decision.APPROVE, actor=actor, now=now).facts
        fields = {
            name: _READ[name](value) if name in _READ and value else value for name, value in facts["fields"].items()
        }
        codes.change_code(actor=actor, code_id=approval.subject_id, fields=fields, now=now, is_approved=True)


def refuse(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Leave a code as it is. Whoever asked may take it back so. Raises Refused `decided_already`."""
    with transaction.atomic():
        decided = approvals.decide(approval, Decision.REFUSE, actor=actor, now=now)
        refused = PromoCodeRefused(
            promo_code_id=approval.subject_id, approval_id=approval.pk, asked_by=decided.asked_by_id
        )
        audit.record(actor, refused, now)
