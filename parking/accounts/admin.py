"""Show accounts on the look-up site."""

from axes.models import AccessAttempt
from django.contrib import admin

from parking.accounts.models import Approval, CallWindow, FailedName, KnownAddress, Repetition, SavedView, SignIn, User
from parking.core.admin import LookUpAdmin, look_up


@admin.register(User, site=look_up)
class UserAdmin(LookUpAdmin):
    list_display = ["username", "role", "is_active", "email", "phone", "last_login", "date_joined"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "email", "phone", "first_name", "last_name"]
    exclude = ["password", "token_epoch"]


@admin.register(Approval, site=look_up)
class ApprovalAdmin(LookUpAdmin):
    list_display = ["asked_at", "kind", "subject_id", "asked_by", "decision", "decided_by", "decided_at"]
    list_filter = ["kind", "decision"]


@admin.register(CallWindow, site=look_up)
class CallWindowAdmin(LookUpAdmin):
    list_display = ["minute", "scope", "address", "calls"]
    list_filter = ["scope"]
    search_fields = ["=address"]


@admin.register(SignIn, site=look_up)
class SignInAdmin(LookUpAdmin):
    list_display = ["user", "started_at", "expires_at", "ended_at"]
    list_select_related = ["user"]


@admin.register(FailedName, site=look_up)
class FailedNameAdmin(LookUpAdmin):
    list_display = ["username", "failures", "last_at", "paused_until"]
    search_fields = ["=username"]


@admin.register(KnownAddress, site=look_up)
class KnownAddressAdmin(LookUpAdmin):
    list_display = ["user", "address", "last_at"]
    list_select_related = ["user"]


@admin.register(Repetition, site=look_up)
class RepetitionAdmin(LookUpAdmin):
    list_display = ["minute", "action", "actor_id", "times"]
    list_filter = ["action"]


@admin.register(AccessAttempt, site=look_up)
class FailedLoginsAdmin(LookUpAdmin):
    """Show who is locked out, and how often which username and address failed."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    search_fields = ["username", "=ip_address"]
    # What else was typed into the form is nobody's business.
    exclude = ["get_data", "post_data"]


@admin.register(SavedView, site=look_up)
class SavedViewAdmin(LookUpAdmin):
    list_display = ["person", "list_name", "saved_at"]
    list_filter = ["list_name"]
    list_select_related = ["person"]
    # What somebody calls a view and looks for in it is theirs alone, as on record.
    exclude = ["name", "query"]
