"""The HTTP side: what providers take, the page of everything sent, and controls for tests."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from cryptography.exceptions import InvalidTag

from gateway_standin.wire.messages import Answer, NoAnswer, Request, json_answer
from message_standin import pages
from message_standin.box import LATE_SECONDS, Box, Message
from message_standin.push import PushService


class App:
    """Routes a request by the beginning of its path."""

    def __init__(self, box: Box, push: PushService) -> None:
        self.box = box
        self.push = push
        self.address = ""

    def __call__(self, request: Request) -> Answer:
        routes: dict[str, Callable[[Request], Answer]] = {
            "/sms": self._sms,
            "/push/": self._push,
            "/whatsapp/": self._whatsapp,
            "/_control/": self._control,
        }
        for path, answer in routes.items():
            if request.path.startswith(path):
                try:
                    return answer(request)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    return json_answer({"error": f"cannot be read: {type(error).__name__} {error}"}, 400)
        return self._page(request)

    # --- Providers -------------------------------------------------------------------------------------

    def _sms(self, request: Request) -> Answer:
        sent = request.json()
        return self._taken("SMS", Message("SMS", str(sent["to"]), "", str(sent["text"]), str(sent["reference"])))

    def _whatsapp(self, request: Request) -> Answer:
        sent = request.json()
        template = sent["template"]
        texts = [part["text"] for group in template["components"] for part in group["parameters"]]
        reference = str(sent["biz_opaque_callback_data"])
        return self._taken(
            "WHATSAPP", Message("WHATSAPP", str(sent["to"]), template["name"], " · ".join(texts), reference)
        )

    def _push(self, request: Request) -> Answer:
        subscription = self.push.find(request.path.removeprefix("/push/"))
        if subscription is None:
            return json_answer({"error": "gone"}, 410)
        if not request.headers.get("authorization", "").startswith("vapid t="):
            return json_answer({"error": "nobody signed it"}, 401)
        try:
            sent = subscription.decrypted(request.body)
        except (ValueError, KeyError, IndexError, InvalidTag):
            return json_answer({"error": "cannot be read"}, 400)
        message = Message("PUSH", subscription.name, sent["title"], sent["body"], sent["tag"])
        return self._taken("PUSH", message, status=201)

    def _taken(self, channel: str, message: Message, *, status: int = 200) -> Answer:
        asked = self.box.next_answer(channel)
        if asked is not None and asked > 0:
            return json_answer({"error": "as asked for"}, asked)
        self.box.take(message)
        if asked == 0:
            raise NoAnswer(0)
        if asked == -1:
            raise NoAnswer(LATE_SECONDS)
        return json_answer({"reference": message.reference}, status)

    # --- For people and tests --------------------------------------------------------------------------

    def _page(self, request: Request) -> Answer:
        if request.path == "/":
            return pages.everything(self.box.shown())
        if request.path == "/style.css":
            return pages.style()
        if request.path.startswith("/mail/"):
            return pages.mail(self.box.arrived(), request.path.removeprefix("/mail/"))
        return json_answer({"error": "nothing here"}, 404)

    def _control(self, request: Request) -> Answer:
        origin = request.headers.get("origin")
        if origin is not None and origin != f"http://{request.headers.get('host')}":
            return json_answer({"error": "sent from the page of another site"}, 403)
        name = request.path.removeprefix("/_control/")
        return self._controlled(name, request.json() if request.method == "POST" and request.body else {})

    def _controlled(self, name: str, body: dict[str, Any]) -> Answer:
        if name == "messages":
            return json_answer({"arrived": [asdict(message) for message in self.box.arrived()]})
        if name == "answers":
            self.box.answer_with(str(body["channel"]), [_status(one) for one in body["statuses"]])
        elif name == "clear":
            self.box.clear()
        elif name == "subscribe":
            return json_answer(self.push.subscribe().shown(self.address))
        elif name == "end":
            self.push.end(str(body["name"]))
        elif name != "health":
            return json_answer({"error": "no such control"}, 404)
        return json_answer({"status": "ok"})


def _status(number: object) -> int:
    """Return a status as it is asked for: one of three digits, 0 or -1. Raises ValueError."""
    if not isinstance(number, int) or not (number in {0, -1} or 100 <= number <= 599):
        raise ValueError(f"no status: {number}")
    return number
