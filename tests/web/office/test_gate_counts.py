"""What attendants let pass, on the office's page."""

import pytest

from parking.checkout import ticket_answers
from parking.checkout.ticket_answers import TicketAnswer
from parking.core import clock
from parking.core.ids import Ref
from tests.build import actor, book, enter, give_ticket, leave
from tests.web.markup import one_line
from tests.web.office.forms import browser_of

pytestmark = pytest.mark.django_db

COUNTS = "/office/gate-counts/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


def cells(answer):
    """Return the cells of the only row by the words above them."""
    html = one_line(answer.content.decode())
    body = html.split("<tbody", 1)[1].split("</tbody>", 1)[0]
    found = [cell.split('data-label="', 1)[1] for cell in body.split("<td") if 'data-label="' in cell]
    return {cell.split('"', 1)[0]: cell.split(">", 1)[1].split("</td>", 1)[0].strip() for cell in found}


def test_an_attendants_counts_stand_in_one_row(office, driver, staff, zone):
    now = clock.now()
    leave(staff, enter(staff, book(driver, zone)))
    for said in (TicketAnswer.GONE, TicketAnswer.ENTERED, TicketAnswer.GONE):
        session = give_ticket(staff, zone, now=now)
        ticket_answers.answer(actor=actor(staff), session=Ref(pk=session.pk), said=said, now=now)
    answer = office.get(COUNTS)
    assert staff.username in answer.content.decode()
    shown = cells(answer)
    # A ticket of which was said that its car is inside is an entry, too.
    assert (shown["Entries"], shown["Exits"], shown["Without a code"], shown["Owed"]) == ("2", "1", "0", "₹0")
    assert (shown["Tickets given"], shown["Let in later"], shown["Car never came"]) == ("3", "1", "2")


def test_days_without_anybody_and_days_that_are_none(office):
    assert "Nobody worked at a gate on these days." in office.get(COUNTS).content.decode()
    wrong = office.get(COUNTS, {"from": "0001-01-01"}).content.decode()
    assert "The filter is not right" in wrong
    assert "Nobody worked" not in wrong


def test_the_page_of_users_leads_there(office):
    assert f'href="{COUNTS}"' in office.get("/office/users/").content.decode()
