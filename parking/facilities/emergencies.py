"""Emergencies: a site lets every car out at once. The only writer of them.

One person begins it with a reason and for so many minutes, a second one confirms it. That it runs is kept among the
values of the site, which every scan reads anyway; who acts on it asks its row once more.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.accounts.vouching import is_only_administrator
from parking.audit import services as audit
from parking.core import site_settings
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.site_settings import kept_emergencies
from parking.core.sites import at_sites
from parking.facilities.events import EmergencyAsked, EmergencyBegun, EmergencyEnded, EmergencyRefused
from parking.facilities.models import Emergency, EmergencyStatus, ParkingSite
from parking.facilities.settings import check_site, keep_emergency

MOST_MINUTES = 240
MOST_SHOWN = 20


# --- Whether one runs ----------------------------------------------------------------------------------


def is_any_running(now: datetime) -> bool:
    """Return whether an emergency may run at any site, without a statement."""
    return any(now < kept.ends_at for kept in kept_emergencies().values())


def running_at(site_id: int, now: datetime) -> int | None:
    """Return the id of the emergency that runs at a site, None for none; a statement only if one may run."""
    kept = kept_emergencies().get(site_id)
    if kept is None or now >= kept.ends_at:
        return None
    still = Emergency.objects.filter(pk=kept.id, ended_at=None, ends_at__gt=now)
    return still.values_list("pk", flat=True).first()


def running_emergency(actor: Actor, now: datetime) -> Emergency | None:
    """Return an emergency that runs at one of the actor's sites; a statement only if one may run."""
    if not is_any_running(now):
        return None
    return present_emergencies(actor, now).filter(begins_at__isnull=False).first()


def present_emergencies(actor: Actor, now: datetime) -> "QuerySet[Emergency]":
    """Return those at the actor's sites that wait or run, newest first."""
    rows = _rows(actor).filter(Q(ends_at=None) | Q(ends_at__gt=now), ended_at=None)
    return rows.filter(site__retired_at=None)


def emergencies_of(actor: Actor) -> "QuerySet[Emergency]":
    """Return all emergencies at the actor's sites, newest first."""
    return _rows(actor)


def _rows(actor: Actor) -> "QuerySet[Emergency]":
    rows = Emergency.objects.select_related("site", "begun_by", "confirmed_by").order_by("-pk")
    return at_sites(rows, actor.sites, "site_id")


def find_emergency(emergency_id: int, actor: Actor) -> Emergency:
    """Return an emergency. Raises NotFound `emergency_not_found`, also for one of another site."""
    emergency = _rows(actor).filter(pk=emergency_id).first()
    if emergency is None:
        raise NotFound("emergency_not_found", "There is no such emergency")
    return emergency


# --- Beginning and ending ------------------------------------------------------------------------------


def begin(*, actor: Actor, site_id: int, reason: str, minutes: int, now: datetime) -> Emergency | Approval:
    """Let every car of a site out for 1 to 240 minutes, as soon as a second person confirms it: answers what waits.

    The only administrator of the installation begins it alone. Raises Forbidden `not_permitted` without the permission
    `terminate`; NotFound `site_not_found`; Refused `emergency_running`, `emergency_waits`; InvalidInput.
    """
    actor.need("terminate")
    check_site(actor, site_id)
    if actor.user_id is None:
        raise ValueError("an emergency is begun by a person")
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidInput({"minutes": [f"Between 1 and {MOST_MINUTES}"]})
    with transaction.atomic():
        _lock_site(site_id)
        _refuse_second(site_id, now)
        emergency = Emergency.objects.create(
            site_id=site_id, reason=reason, minutes=minutes, begun_by_id=actor.user_id, asked_at=now
        )
        if actor.role == "ADMIN" and is_only_administrator(now=now):
            _run(emergency, actor, alone=True, now=now)
            begun: Emergency | Approval = emergency
        else:
            begun = _ask(emergency, actor, now)
    site_settings.stored.forget()
    return begun


def approve(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Confirm an emergency as the second person: it runs from now on.

    Raises Forbidden `not_permitted`, `second_person_not_independent`; Refused `own_change`, `decided_already`.
    """
    actor.need("terminate")
    with transaction.atomic():
        emergency = _lock(approval.subject_id)
        if emergency.begun_by_id == actor.user_id and actor.role != "ADMIN":
            raise Refused("own_change", "Somebody else must confirm what you asked for")
        approvals.decide(approval, Decision.APPROVE, actor=actor, now=now)
        _run(emergency, actor, alone=emergency.begun_by_id == actor.user_id, now=now)
    site_settings.stored.forget()


def refuse(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Refuse an emergency, or take it back, before it began. Raises Refused `decided_already`."""
    with transaction.atomic():
        emergency = _lock(approval.subject_id)
        approvals.decide(approval, Decision.REFUSE, actor=actor, now=now)
        emergency.ended_at = now
        emergency.save(update_fields=["ended_at"])
        audit.record(actor, EmergencyRefused(emergency_id=emergency.pk, site_id=emergency.site_id), now)


def end(*, actor: Actor, emergency_id: int, now: datetime) -> Emergency:
    """End an emergency before its time, or take back one that waits; one that is over stays as it is.

    Raises Forbidden `not_permitted`; NotFound `emergency_not_found`.
    """
    actor.need("terminate")
    find_emergency(emergency_id, actor)
    with transaction.atomic():
        emergency = _lock(emergency_id)
        status = emergency.status_at(now)
        if status == EmergencyStatus.WAITS:
            approval = approvals.approval_of(kind=ApprovalKind.EMERGENCY, subject_id=emergency_id)
            if approval is not None:
                refuse(actor=actor, approval=approval, now=now)
        elif status == EmergencyStatus.RUNS:
            emergency.ended_at = now
            emergency.save(update_fields=["ended_at"])
            keep_emergency(site_id=emergency.site_id, emergency_id=emergency.pk, ends_at=None, now=now)
            audit.record(actor, EmergencyEnded(emergency_id=emergency.pk, site_id=emergency.site_id), now)
    site_settings.stored.forget()
    return find_emergency(emergency_id, actor)


def _lock_site(site_id: int) -> None:
    list(ParkingSite.objects.select_for_update(no_key=True).filter(pk=site_id).values_list("pk"))


def _lock(emergency_id: int) -> Emergency:
    """Lock the site of an emergency, and return it as it is then."""
    _lock_site(Emergency.objects.values_list("site_id", flat=True).get(pk=emergency_id))
    return Emergency.objects.get(pk=emergency_id)


def _refuse_second(site_id: int, now: datetime) -> None:
    present = Emergency.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), site_id=site_id, ended_at=None).first()
    if present is None:
        return
    if present.status_at(now) == EmergencyStatus.WAITS:
        raise Refused("emergency_waits", "An emergency waits for a second person here", emergency_id=present.pk)
    raise Refused("emergency_running", "An emergency runs here already", emergency_id=present.pk)


def _ask(emergency: Emergency, actor: Actor, now: datetime) -> Approval:
    approval = approvals.ask(
        kind=ApprovalKind.EMERGENCY,
        subject_id=emergency.pk,
        site_id=emergency.site_id,
        asked_by_id=actor.user_id,
        facts={"emergency_id": emergency.pk, "minutes": emergency.minutes, "reason": emergency.reason},
        now=now,
    )
    asked = EmergencyAsked(
        emergency_id=emergency.pk,
        site_id=emergency.site_id,
        minutes=emergency.minutes,
        reason=emergency.reason,
        approval_id=approval.pk,
    )
    audit.record(actor, asked, now)
    return approval


def _run(emergency: Emergency, actor: Actor, *, alone: bool, now: datetime) -> None:
    emergency.confirmed_by_id = actor.user_id
    emergency.begins_at, emergency.ends_at = now, now + timedelta(minutes=emergency.minutes)
    emergency.save(update_fields=["confirmed_by", "begins_at", "ends_at"])
    keep_emergency(site_id=emergency.site_id, emergency_id=emergency.pk, ends_at=emergency.ends_at, now=now)
    begun = EmergencyBegun(
        emergency_id=emergency.pk,
        site_id=emergency.site_id,
        minutes=emergency.minutes,
        reason=emergency.reason,
        ends_at=emergency.ends_at.isoformat(),
        begun_by=emergency.begun_by_id,
        alone=alone,
    )
    audit.record(actor, begun, now)
