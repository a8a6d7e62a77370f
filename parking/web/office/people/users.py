"""Accounts: who may do what, and who may sign in."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from parking.accounts.models import Role, User
from parking.accounts.passwords import hash_new_password
from parking.accounts.queries import find_users, user_within
from parking.core import clock
from parking.core.actor import Permissions
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities import people
from parking.reports.changes import changes_of_account
from parking.web.access import for_managers, for_office, user_of
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.office.people.user_form import (
    NewUserForm,
    PasswordForm,
    UserForm,
    UserSearch,
    values_of,
    values_of_permissions,
)
from parking.web.office.shared.chips import Chip, chips_of
from parking.web.office.shared.history import change_lines
from parking.web.office.shared.saved_views import saved_views
from parking.web.templatetags.parking import word

SECTION = "users"
ROWS = 25


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show all accounts, with search, filter and pages."""
    search = UserSearch(request.GET)
    rows = Paginator(find_users(sites=actor_of(request).sites, **search.wanted()), ROWS).get_page(
        request.GET.get("page")
    )
    kept = {name: value for name, value in request.GET.items() if name in search.fields and value}
    return page(
        request,
        "office/users.html",
        section=SECTION,
        saved=saved_views(request, "users"),
        chips=_chips(request),
        search=search,
        rows=rows,
        kept=urlencode(kept),
        narrowed=kept,
    )


def _chips(request: HttpRequest) -> list[Chip]:
    roles = [role.value for role in (Role.USER, Role.STAFF, Role.ADMIN)]
    if actor_of(request).sites is not None:
        roles.remove(Role.USER.value)  # drivers work at no site
    wanted = [(str(word(role)), {"role": role}, None) for role in roles]
    return chips_of(request, [*wanted, (_("Suspended"), {"active": "no"}, None)])


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Make an account of any role."""
    sites = actor_of(request).sites
    usual = {"role": Role.USER if sites is None else Role.STAFF, "language": "en", "is_active": True}
    form = NewUserForm(request.POST or None, initial=usual | values_of_permissions(Permissions()), sites=sites)
    if form.is_valid():
        with form.refusals(request):
            user = _create(request, form)
            messages.success(request, _("The account %(name)s was created.") % {"name": user.username})
            return redirect("office_user", user.pk)
    return page(request, "office/user.html", section=SECTION, form=form)


def _create(request: HttpRequest, form: NewUserForm) -> User:
    username, fields = form.cleaned_data["username"], form.fields_of_account()
    return people.create_user(
        actor=actor_of(request),
        username=username,
        password=hash_new_password(form.cleaned_data["password"], user=User(username=username, **fields)),
        fields=fields,
        now=clock.now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change an account; a change of role or state is asked about first."""
    sites = actor_of(request).sites
    user = user_within(user_id, sites=sites)
    form = UserForm(request.POST or None, initial=values_of(user), sites=sites)
    if form.is_valid() and not is_going_back(request):
        effects = form.effects(user, is_self=user == request.user)
        if effects and not is_confirmed(request):
            return ask(
                request,
                title=_("Change %(name)s?") % {"name": user.username},
                form=form,
                yes=_("Yes, change it"),
                effects=effects,
                alterations=form.alterations(),
                grave=form.altered().get("is_active") is False,
                section=SECTION,
            )
        with form.refusals(request):
            _save(request, user, form)
            return redirect("office_user", user.pk)
    return page(
        request,
        "office/user.html",
        section=SECTION,
        account=user,
        form=form,
        facts=form.facts(),
        is_self=user.pk == user_of(request).pk,
        changes=change_lines(changes_of_account(user)),
    )


def _save(request: HttpRequest, user: User, form: UserForm) -> None:
    changes = form.changes()
    if not changes:
        messages.info(request, _("Nothing was changed."))
        return
    people.update_user(actor=actor_of(request), user_id=user.pk, changes=changes, password=None, now=clock.now())
    messages.success(request, _("Saved."))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Set a new password for somebody who lost it; the page itself says what that means."""
    user = user_within(user_id, sites=actor_of(request).sites)
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            people.update_user(
                actor=actor_of(request),
                user_id=user.pk,
                changes={},
                password=form.cleaned_data["password"],
                now=clock.now(),
            )
            messages.success(request, _("%(name)s has a new password.") % {"name": user.username})
            return redirect("office_user", user.pk)
    return page(request, "office/password.html", section=SECTION, account=user, form=form)
