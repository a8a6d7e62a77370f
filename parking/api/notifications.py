"""What the caller was told, by which channels they want to be told, and the browsers that show push messages."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Router
from pydantic import Field

from parking.api.paging import PageQuery, page_of
from parking.api.shapes.notifications import NoticeOut, PreferencesOut, PushSubscriptionOut
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, signed_in
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples
from parking.edge.parsing import In, Printable, Text64, path_ref
from parking.notifications.preferring import choose
from parking.notifications.queries import notices_of, quiet_hours_of
from parking.notifications.reading import mark_read
from parking.notifications.rules import Quiet
from parking.notifications.subscribing import end_subscription, subscribe, unsubscribe

router = Router(tags=["Notifications"], auth=signed_in)

Hour = Annotated[int, Field(ge=0, le=23)]
Endpoint = Annotated[str, Field(min_length=1, max_length=1000), Printable]


class NoticePage(Page[NoticeOut]):
    """One page, and how many notices are unread in all."""

    unread: int


_ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/gAAAA"
_PAGE = {"results": [NoticeOut.example], "count": 1, "page": 1, "page_size": 20, "pages": 1, "unread": 1}


@router.get(
    "/notifications/",
    response={200: Ok[NoticePage], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(_PAGE)),
    summary="Own notifications",
)
def own_notices(request: HttpRequest, paging: PageQuery) -> HttpResponse:
    """What the caller was told, newest first, in the language of the account."""
    person = caller(request)
    rows = notices_of(person.pk)
    found, unread = page_of(rows, paging), rows.filter(read_at=None).count()
    with translation.override(person.reads):
        return ok(found.showing([NoticeOut.of(notice) for notice in found.rows], unread=unread))


class ReadIn(In):
    ids: Annotated[
        list[Annotated[int, Field(ge=1, le=MAX_ID)]] | None, Field(max_length=100, description="Left out: all")
    ] = None


class ReadOut(In):
    read: int


@router.post(
    "/notifications/read/",
    response={200: Ok[ReadOut], **WRITE_PROBLEMS},
    openapi_extra=examples(request={"ids": [12]}, response=enveloped({"read": 1}, "Marked as read")),
    summary="Mark notifications as read",
)
def read_notices(request: HttpRequest, payload: ReadIn) -> HttpResponse:
    """Mark some as read, or all. Answers how many were unread; those of others are passed over."""
    read = mark_read(person_id=caller(request).pk, ids=payload.ids, now=clock.now())
    return ok({"read": read}, "Marked as read")


@router.get(
    "/preferences/",
    response={200: Ok[PreferencesOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(PreferencesOut.example)),
    summary="How the caller is told",
)
def own_preferences(request: HttpRequest) -> HttpResponse:
    """By which channels the caller is told what, and when nothing makes a sound."""
    return ok(PreferencesOut.of(caller(request)))


class PreferencesIn(In):
    kinds: Annotated[dict[Text64, dict[Text64, bool]], Field(max_length=100)] = {}
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None


@router.patch(
    "/preferences/",
    response={200: Ok[PreferencesOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"kinds": {"booked": {"SMS": True}}, "quiet_from": 23, "quiet_until": 6},
        response=enveloped(PreferencesOut.example, "Saved"),
    ),
    summary="Choose how to be told",
)
def change_preferences(request: HttpRequest, payload: PreferencesIn) -> HttpResponse:
    """Change what is given; the rest stays. News about the safety of the account cannot be ended."""
    person = caller(request)
    before = quiet_hours_of([person.pk]).get(person.pk, Quiet())
    begin = before.begin if payload.quiet_from is None else payload.quiet_from
    end = before.end if payload.quiet_until is None else payload.quiet_until
    choose(actor=actor_of(request), choices=payload.kinds, quiet=Quiet(begin, end), now=clock.now())
    return ok(PreferencesOut.of(person), "Saved")


class KeysIn(In):
    p256dh: Annotated[str, Field(min_length=1, max_length=100), Printable]
    auth: Annotated[str, Field(min_length=1, max_length=40), Printable]


class SubscribeIn(In):
    endpoint: Endpoint
    keys: KeysIn


@router.post(
    "/push-subscriptions/",
    response={201: Ok[PushSubscriptionOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={
            "endpoint": _ENDPOINT,
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        },
        response=enveloped(PushSubscriptionOut.example, "Subscribed"),
        status=201,
    ),
    summary="Subscribe a browser",
)
def subscribe_browser(request: HttpRequest, payload: SubscribeIn) -> HttpResponse:
    """Show push messages in a browser: what its `PushSubscription` gives as JSON. Ten for each person at most."""
    made = subscribe(
        actor=actor_of(request),
        endpoint=payload.endpoint,
        p256dh=payload.keys.p256dh,
        auth=payload.keys.auth,
        now=clock.now(),
    )
    return ok(PushSubscriptionOut.of(made), "Subscribed", status=201)


class UnsubscribeIn(In):
    endpoint: Endpoint


@router.delete(
    "/push-subscriptions/",
    response={200: Ok[None], **WRITE_PROBLEMS},
    openapi_extra=examples(request={"endpoint": _ENDPOINT}, response=enveloped(None, "Unsubscribed")),
    summary="Unsubscribe a browser",
)
def unsubscribe_browser(request: HttpRequest, payload: UnsubscribeIn) -> HttpResponse:
    """Show no more push messages in a browser."""
    unsubscribe(actor=actor_of(request), endpoint=payload.endpoint, now=clock.now())
    return ok(None, "Unsubscribed")


@router.delete(
    "/push-subscriptions/{subscription_ref}/",
    response={200: Ok[None], **WRITE_PROBLEMS},
    openapi_extra=examples(response=enveloped(None, "Unsubscribed")),
    summary="End a subscription",
)
def end_browser(request: HttpRequest, subscription_ref: str) -> HttpResponse:
    """Show no more push messages in the browser of a subscription, by the `id` that subscribing answered."""
    end_subscription(actor=actor_of(request), subscription=path_ref(subscription_ref), now=clock.now())
    return ok(None, "Unsubscribed")
