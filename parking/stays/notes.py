"""Notes and problems of stays, shown at each scan until somebody ticks them off: their only writer, and their reads."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor, not_permitted
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref
from parking.core.sites import Sites, at_sites
from parking.core.statements import save_fields
from parking.stays import access
from parking.stays.events import NoteTickedOff, NoteWritten
from parking.stays.models import NoteKind, ParkingSession, SessionNote

# More than anybody reads at a gate.
MOST_OPEN = 20


def write_note(*, actor: Actor, session: Ref, text: str, kind: NoteKind = NoteKind.NOTE, now: datetime) -> SessionNote:
    """Write a note on a stay, or flag it as a problem of this kind.

    Raises NotFound `session_not_found`; Refused `too_many_notes`.
    """
    if actor.user_id is None:
        raise ValueError("a note is written by a person")
    with transaction.atomic():
        stay = access.lock(session, actor, at_work=True)
        if stay.open_notes >= MOST_OPEN:
            raise Refused("too_many_notes", "Tick off some notes of this session first", session_id=stay.pk)
        note = SessionNote.objects.create(
            session=stay, kind=kind, text=text, written_by_id=actor.user_id, written_at=now
        )
        stay.open_notes += 1
        save_fields(stay, "open_notes")
        audit.record(actor, NoteWritten(session_id=stay.pk, note_id=note.pk, kind=kind.value), now)
    return note


def tick_off(*, actor: Actor, session: Ref, note_id: int, now: datetime) -> SessionNote:
    """Tick a note or problem off; one that is ticked off stays so.

    What the holder of a receipt says is ticked off by an administrator. Raises NotFound `session_not_found`,
    `note_not_found`; Forbidden `not_permitted`.
    """
    with transaction.atomic():
        stay = access.lock(session, actor, at_work=True)
        note = stay.notes.select_related("written_by").filter(pk=note_id).first()
        if note is None:
            raise NotFound("note_not_found", "Note not found")
        if note.written_by_id is None and actor.role != "ADMIN":
            # It may be about the money of this very attendant.
            raise not_permitted()
        if note.done_at is None:
            note.done_at, note.done_by_id = now, actor.user_id
            save_fields(note, "done_at", "done_by_id")
            stay.open_notes -= 1
            save_fields(stay, "open_notes")
            audit.record(actor, NoteTickedOff(session_id=stay.pk, note_id=note.pk, kind=note.kind), now)
    return note


def note_of_driver(session: ParkingSession) -> SessionNote | None:
    """Return what the holder of the receipt says against it."""
    return SessionNote.objects.filter(session=session, written_by=None).first()


def write_for_driver(*, session: ParkingSession, text: str, now: datetime) -> SessionNote:
    """Write a problem in the name of whoever holds the receipt of a stay, which must be locked."""
    note = SessionNote.objects.create(session=session, kind=NoteKind.PAYMENT, text=text[:200], written_at=now)
    session.open_notes += 1
    save_fields(session, "open_notes")
    return note


def open_notes_of(session: ParkingSession) -> list[SessionNote]:
    """Return what the next scan of a stay has to show, oldest first; no statement where there is nothing."""
    if not session.open_notes:
        return []
    rows = SessionNote.objects.filter(session=session, done_at=None).select_related("written_by")
    return list(rows.order_by("pk"))


def notes_of(session: ParkingSession) -> QuerySet[SessionNote]:
    """Return all notes of a stay, newest first."""
    return SessionNote.objects.filter(session=session).select_related("written_by").order_by("-pk")


def open_problems(*, sites: Sites) -> QuerySet[SessionNote]:
    """Return the problems at these sites that are not ticked off, oldest first."""
    rows = SessionNote.objects.filter(done_at=None).exclude(kind=NoteKind.NOTE)
    rows = rows.select_related("session__vehicle", "session__zone__site", "session__slot", "written_by")
    return at_sites(rows, sites, "session__zone__site_id").order_by("written_at", "pk")
