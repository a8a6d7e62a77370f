"""Template filters of the gate's own words."""

from collections.abc import Sequence

from django import template
from django.template.context import RequestContext
from django.utils.translation import gettext

from parking.stays.models import ParkingSession, SessionNote
from parking.stays.notes import open_notes_of
from parking.web.gate.duties import Offered, offered_at
from parking.web.gate_words import EMERGENCY_STATES, LEFT_BEHIND_WAYS, MARKS, NOTE_KINDS, TOKEN_STATES

register = template.Library()


@register.filter
def note_kind(note: SessionNote) -> str:
    """Return the word for a note or for the kind of a problem."""
    return str(NOTE_KINDS[note.kind])


@register.filter
def emergency_state(status: str) -> str:
    """Return the words for how an emergency stands."""
    return str(EMERGENCY_STATES[status])


@register.filter
def left_behind_way(way: str) -> str:
    """Return the word for a step against a vehicle that was left behind."""
    return str(LEFT_BEHIND_WAYS[way])


@register.filter
def token_state(state: str) -> str:
    """Return the word for how a token stands."""
    return str(TOKEN_STATES[state])


@register.filter
def note_author(note: SessionNote) -> str:
    """Return who wrote a note."""
    return note.written_by.username if note.written_by else gettext("Holder of the receipt")


@register.filter
def marks_in_words(session: ParkingSession) -> Sequence[str]:
    """Return the words for the marks of a session."""
    return [str(MARKS.get(mark, mark)) for mark in session.marks]


@register.filter
def open_notes(session: ParkingSession) -> Sequence[SessionNote]:
    """Return the notes and problems that a scan of this session has to show."""
    return open_notes_of(session)


@register.simple_tag(takes_context=True)
def offered(context: RequestContext) -> Offered:
    """Return what the pages of this gate offer."""
    return offered_at(context["request"])
