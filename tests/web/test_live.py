"""Parts of pages that look after news: what is asked again and again costs nothing while nothing has changed."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from parking.web.live import live


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
