"""The site for looking things up: everything can be read, nothing changed or deleted.

A site of our own, so that only what is registered here shows: packages register pages that change their tables.
"""

from typing import Any, ClassVar, NoReturn

from django.contrib import admin
from django.core.exceptions import PermissionDenied

from parking.core.models import IdempotencyKey


class LookUpSite(admin.AdminSite):
    """Lets in active users whose `is_staff` says so: those of the role ADMIN."""

    site_title = site_header = "Smart Parking"
    index_title = "Look up"
    site_url = None

    def password_change(self, *_: object, **__: object) -> NoReturn:
        """Refused: here it would leave the user's tokens alive. The API changes passwords."""
        raise PermissionDenied


look_up = LookUpSite()


class LookUpAdmin(admin.ModelAdmin[Any]):
    """The base of every page of this site. What may be changed is changed through the services."""

    actions = None
    # A second count over the whole table for each search would be slow among a million stays.
    show_full_result_count = False
    ordering: ClassVar[Any] = ["-pk"]

    def get_fields(self, *_: object, **__: object) -> list[Any]:
        """Every column, also those that no form would take."""
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
