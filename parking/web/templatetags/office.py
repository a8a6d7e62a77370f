"""Template tags of the office's pages."""

from typing import Any

from django import template
from django.template.context import RequestContext

from parking.edge.callers import actor_of
from parking.web.access import user_of
from parking.web.office.shared.density import density_of
from parking.web.office.shared.navigation import groups

register = template.Library()


@register.inclusion_tag("web/components/side_navigation.html", takes_context=True)
def office_navigation(context: RequestContext) -> dict[str, Any]:
    """Draw the side navigation; the page's `section` is the current one, its `switch` the site that links keep."""
    request = context["request"]
    switch = context.get("switch")
    return {
        "groups": groups(
            user_of(request),
            actor=actor_of(request),
            section=str(context.get("section", "")),
            query=switch.query if switch else "",
        )
    }


@register.simple_tag(takes_context=True)
def chosen_density(context: RequestContext) -> str:
    """Return how close rows stand for this person, for the attribute that style sheets read."""
    return density_of(context["request"])


@register.inclusion_tag("web/components/density.html", takes_context=True)
def density(context: RequestContext) -> dict[str, Any]:
    """Draw the switch of the rows' height, at the head of a list."""
    request = context["request"]
    return {"chosen": density_of(request), "next": request.get_full_path()}
