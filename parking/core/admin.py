"""The look-up site: everything can be read, nothing changed or deleted.

A site of our own, so that only what is registered here shows: packages register pages that change their tables.
"""

from typing import Any, ClassVar, NoReturn

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from parking.core.errors import Forbidden, Refused
from parking.core.models import IdempotencyKey, Picture, SettingValue, SweepLease, WorkerHeartbeat
from parking.core.requests import forgotten


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

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return forgotten(super().logout(request, extra_context))

    def password_change(self, *_: object, **__: object) -> NoReturn:
        """Refuse: here it would leave the user's tokens valid. The account page changes passwords."""
        raise Forbidden("forbidden", "Your role does not allow this")


look_up = LookUpSite()

# What a list takes beside its filters: search, order, page, and Django's own mark of a wrong value.
_OF_LISTS = {"q", "o", "p", "e", "_facets"}
# How a filter may compare. Others would tell a column letter by letter, or cost what a regular expression costs.
_COMPARISONS = {"", "exact", "id__exact", "isnull", "gte", "lt"}
_LONGEST_VALUE = 100


class LookUpAdmin(admin.ModelAdmin[Any]):
    """The base of every page of this site. Data is changed through the services."""

    actions = None
    # A second count over the whole table for each search would be slow among a million stays.
    show_full_result_count = False
    ordering: ClassVar[Any] = ["-pk"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the list. Raises Refused `lookup_invalid` for what no filter of the page asks."""
        try:
            if all(self._may_ask(name, values) for name, values in request.GET.lists()):
                return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError):
            # A value that the column cannot be compared with.
            pass
        raise Refused("lookup_invalid", "This list cannot be asked so")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # noqa: ARG002 - as inherited
        return self._is_of_a_filter(lookup)

    def _may_ask(self, name: str, values: list[str]) -> bool:
        if any(len(value) > _LONGEST_VALUE for value in values):
            return False
        if name in _OF_LISTS:
            return True
        return self._is_of_a_filter(name) and not any("\x00" in value for value in values)

    def _is_of_a_filter(self, lookup: str) -> bool:
        fields = [name for name in self.list_filter if isinstance(name, str)]
        return any(
            lookup == name or (lookup.startswith(f"{name}__") and lookup.removeprefix(f"{name}__") in _COMPARISONS)
            for name in fields
        )

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


@admin.register(Picture, site=look_up)
class PictureAdmin(LookUpAdmin):
    list_display = ["digest", "created_at"]
    exclude = ["png"]
