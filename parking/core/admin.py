"""The look-up site: everything can be read, nothing changed or deleted.

A site of our own, so that only what is registered here shows: packages register pages that change their tables.
"""

from typing import Any, ClassVar, NoReturn

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parking.core.errors import Forbidden
from parking.core.models import IdempotencyKey, SettingValue, SweepLease, WorkerHeartbeat


class LookUpSite(admin.AdminSite):
    """Lets in active users whose `is_staff` is true: those of the roles ADMIN and AUDITOR, at all sites."""

    site_title = site_header = "Smart Parking"
    index_title = "Look up"
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the caller may look; nobody whose password is still to be changed."""
        return super().has_permission(request) and not getattr(request.user, "password_must_change", False)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # noqa: ARG002 - as inherited
        """Redirect to the common sign-in page, which counts failures. Raises Forbidden for other roles."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise Forbidden("forbidden", "Your role does not allow this")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, *_: object, **__: object) -> NoReturn:
        """Refuse: here it would leave the user's tokens valid. The account page changes passwords."""
        raise Forbidden("forbidden", "Your role does not allow this")


look_up = LookUpSite()


class LookUpAdmin(admin.ModelAdmin[Any]):
    """The base of every page of this site. Data is changed through the services."""

    actions = None
    # A second count over the whole table for each search would be slow among a million stays.
    show_full_result_count = False
    ordering: ClassVar[Any] = ["-pk"]

    def get_fields(self, *_: object, **__: object) -> list[Any]:
        """Return every column, also those that no form would take."""
        columns = [field.name for field in self.opts.fields]
        return [name for name in columns if name not in (self.exclude or ())]

    def has_add_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        return False


@admin.register(IdempotencyKey, site=look_up)
class IdempotencyKeyAdmin(LookUpAdmin):
    list_display = ["created_at", "caller", "path", "key", "subject", "status"]
    list_filter = ["path", "status"]
    search_fields = ["=key", "=subject", "=caller"]
    # Answers hold personal data that belongs to the caller.
    exclude = ["answer"]


@admin.register(WorkerHeartbeat, site=look_up)
class WorkerHeartbeatAdmin(LookUpAdmin):
    list_display = ["worker_id", "started_at", "beat_at"]


@admin.register(SweepLease, site=look_up)
class SweepLeaseAdmin(LookUpAdmin):
    list_display = ["name", "owner", "expires_at"]


@admin.register(SettingValue, site=look_up)
class SettingValueAdmin(LookUpAdmin):
    list_display = ["name", "site_id", "value", "changed_by", "changed_at"]
    list_filter = ["name", "site_id"]
