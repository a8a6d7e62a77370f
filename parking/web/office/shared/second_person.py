"""What the office's pages say of a change that waits for a second person."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from parking.accounts.models import Approval


def say_done(request: HttpRequest, result: object, words: str = "") -> None:
    """Say that a change was saved, or that it waits."""
    if isinstance(result, Approval):
        messages.warning(request, _("This waits for a second manager, on the page Approvals."))
    else:
        messages.success(request, words or _("Saved."))
