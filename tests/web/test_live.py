"""Parts of pages that look after news: what is asked again and again costs nothing while nothing has changed."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from parking.core.fresh import ForAMoment, forget_all
from parking.web.live import drawn_once, live


class Part:
    """A live part whose state the test sets, and how often it was rendered."""

    def __init__(self):
        self.state = "one"
        self.rendered = 0
        self.view = live(state=lambda number: f"{number} {self.state}")(self._render)

    def _render(self, _request, number):
        self.rendered += 1
        return HttpResponse(f"{number} is {self.state}")

    def ask(self, tag="", number=5, path="/part/"):
        request = RequestFactory().get(path, headers={"If-None-Match": tag} if tag else {})
        return self.view(request, number)


@pytest.fixture
def part():
    return Part()


def test_the_first_look_gets_the_part_and_its_tag(part):
    answer = part.ask()
    assert (answer.status_code, answer.content) == (200, b"5 is one")
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_unchanged_is_not_rendered_again(part):
    tag = part.ask().headers["ETag"]
    answer = part.ask(tag)
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert part.rendered == 1


def test_a_change_is_sent(part):
    tag = part.ask().headers["ETag"]
    part.state = "two"
    answer = part.ask(tag)
    assert (answer.status_code, answer.content) == (200, b"5 is two")
    assert answer.headers["ETag"] != tag


def test_tags_of_other_parts_and_languages_differ(part):
    with translation.override("hi"):
        hindi = part.ask().headers["ETag"]
    tags = {part.ask().headers["ETag"], part.ask(path="/other/").headers["ETag"], part.ask(number=6).headers["ETag"]}
    assert len({*tags, hindi}) == 4


def test_a_tag_cannot_be_made_without_the_secret(part, settings):
    before = part.ask().headers["ETag"]
    settings.SECRET_KEY = "another-secret-of-more-than-thirty-two-letters"
    assert part.ask().headers["ETag"] != before


def test_a_refusal_carries_no_tag():
    part = live(state=lambda: "one")(lambda _request: HttpResponse(status=302))
    assert "ETag" not in part(RequestFactory().get("/part/")).headers


# --- Drawn once for many -----------------------------------------------------------------------------


class SharedPart:
    """A live part whose state the test sets, drawn once for all who wear the same colour."""

    def __init__(self):
        self.state = "one"
        self.drawn = 0
        self.view = drawn_once(state=lambda: self.state, seen_by=lambda request: request.headers["Colour"])(self._draw)

    def _draw(self, request):
        self.drawn += 1
        return HttpResponse(f"{request.headers['Colour']} sees {self.state}")

    def ask(self, colour="red", path="/part/"):
        answer = self.view(RequestFactory().get(path, headers={"Colour": colour}))
        assert isinstance(answer, HttpResponse)
        return answer.content.decode()


@pytest.fixture
def shared():
    forget_all()
    yield SharedPart()
    forget_all()


def test_what_is_seen_alike_is_drawn_once(shared):
    assert [shared.ask(), shared.ask(), shared.drawn] == ["red sees one", "red sees one", 1]


def test_others_see_their_own(shared):
    assert [shared.ask(), shared.ask("blue"), shared.drawn] == ["red sees one", "blue sees one", 2]


def test_addresses_and_languages_are_drawn_for_themselves(shared):
    shared.ask()
    shared.ask(path="/other/")
    with translation.override("hi"):
        shared.ask()
    assert shared.drawn == 3


def test_a_new_state_is_drawn_at_once(shared):
    shared.ask()
    shared.state = "two"
    assert shared.ask() == "red sees two"


def test_after_a_second_a_part_is_drawn_again(shared, monkeypatch):
    begun = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: begun)
    shared.ask()
    monkeypatch.setattr(time, "monotonic", lambda: begun + 0.99)
    shared.ask()
    assert shared.drawn == 1
    monkeypatch.setattr(time, "monotonic", lambda: begun + 1)
    shared.ask()
    assert shared.drawn == 2


def test_threads_that_ask_at_once_wait_for_one_drawing():
    moment: ForAMoment[int] = ForAMoment()
    begun, numbers = threading.Barrier(4), itertools.count(1)

    def make():
        time.sleep(0.05)
        return next(numbers)

    def ask(_):
        begun.wait(5)
        return moment.value("part", make)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == [1, 1, 1, 1]


def test_a_drawing_that_fails_is_tried_again():
    moment: ForAMoment[int] = ForAMoment()
    with pytest.raises(ZeroDivisionError):
        moment.value("part", lambda: 1 // 0)
    assert moment.value("part", lambda: 5) == 5


def test_no_more_is_kept_than_agreed():
    moment: ForAMoment[int] = ForAMoment(most=2)
    numbers = itertools.count(1)
    assert [moment.value(key, lambda: next(numbers)) for key in ("a", "b", "a", "c", "a")] == [1, 2, 1, 3, 4]
