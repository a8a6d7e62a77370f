"""The frame of pages that people of every role see: that of their daily work, with its navigation."""

from django.http import HttpRequest

from parking.accounts.models import Role, User

PLAIN = "web/base.html"
_FRAMES = {
    Role.ADMIN: "office/base.html",
    Role.AUDITOR: "office/base.html",
    Role.STAFF: "gate/base.html",
    Role.USER: "driver/base.html",
}


def frame_of(user: User) -> str:
    return _FRAMES[Role(user.role)]


def frame_for(request: HttpRequest) -> str:
    """Return the frame of who asks; without a person, the one without navigation."""
    user = getattr(request, "user", None)
    # Who must choose a password first can open nothing that the navigation leads to.
    return frame_of(user) if isinstance(user, User) and not user.password_must_change else PLAIN
