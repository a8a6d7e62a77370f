"""Shops as managers keep them: their only writer, and their reads."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from parking.accounts.models import Role, User
from parking.audit import services as audit
from parking.core.actor import Actor, not_permitted
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.sites import Sites, at_sites
from parking.facilities.sites import site_by_id
from parking.offers.events import ShopChanged, ShopCreated
from parking.offers.models import Shop
from parking.offers.shop_rules import ShopTerms, refuse_wrong_terms

_TERMS = ("gstin", "gives", "value", "from_amount", "per_session", "per_day", "per_month")
_FIELDS = ("name", *_TERMS, "is_active")

# --- Reads ---------------------------------------------------------------------------------------------


def shops_of(sites: Sites) -> QuerySet[Shop]:
    """Return the shops at these sites by name, each with its site and people."""
    return (
        at_sites(Shop.objects.order_by("name", "pk"), sites, "site_id")
        .select_related("site")
        .prefetch_related("people")
    )


def shop_by_id(shop_id: int, actor: Actor) -> Shop:
    """Return a shop. Raises NotFound `shop_not_found`, also for one at another site."""
    shop = shops_of(actor.sites).filter(pk=shop_id).first()
    if shop is None:
        raise NotFound("shop_not_found", "There is no such shop")
    return shop


def shop_of_person(actor: Actor, shop_id: int | None = None) -> Shop:
    """Return the shop that a person works for, or a manager acts for; the first by name of several.

    Raises Forbidden `not_permitted`.
    """
    shops = Shop.objects.filter(is_active=True).select_related("site").order_by("name", "pk")
    if actor.role == Role.ADMIN and shop_id is not None:
        found = at_sites(shops, actor.sites, "site_id").filter(pk=shop_id).first()
    else:
        own = shops.filter(people=actor.user_id)
        found = (own if shop_id is None else own.filter(pk=shop_id)).first()
    if found is None:
        raise not_permitted()
    return found


def shops_acted_for(actor: Actor) -> QuerySet[Shop]:
    """Return the shops that a person works for, and for a manager those at the own sites.

    Raises Forbidden `not_permitted` for who acts for none.
    """
    if actor.role == Role.ADMIN:
        return at_sites(Shop.objects.all(), actor.sites, "site_id")
    shop_of_person(actor)
    return Shop.objects.filter(people=actor.user_id)


def works_for_shop(user_id: int) -> bool:
    """Return whether an account may validate for a shop."""
    return Shop.objects.filter(is_active=True, people=user_id).exists()


def terms_of_shop(shop: Shop) -> ShopTerms:
    return ShopTerms(**{name: getattr(shop, name) for name in _TERMS})


# --- Changes -------------------------------------------------------------------------------------------


def create_shop(*, actor: Actor, fields: Mapping[str, Any], now: datetime) -> Shop:
    """Make a shop at a site of the actor's; `people` are ids of accounts.

    Raises NotFound `site_not_found`; Refused `shop_name_taken`; InvalidInput.
    """
    with transaction.atomic():
        site = site_by_id(fields["site_id"], actor)
        shop = Shop(site=site, created_at=now)
        _write(shop, fields)
        audit.record(actor, ShopCreated(shop_id=shop.pk, site_id=site.pk, terms=_facts(shop)), now)
    return shop_by_id(shop.pk, actor)


def change_shop(*, actor: Actor, shop_id: int, fields: Mapping[str, Any], now: datetime) -> Shop:
    """Change a shop from now on; what was validated stays.

    Raises NotFound `shop_not_found`; Refused `shop_name_taken`; InvalidInput.
    """
    with transaction.atomic():
        shop_by_id(shop_id, actor)
        shop = Shop.objects.select_for_update(no_key=True).get(pk=shop_id)
        _write(shop, fields)
        audit.record(actor, ShopChanged(shop_id=shop.pk, site_id=shop.site_id, terms=_facts(shop)), now)
    return shop_by_id(shop_id, actor)


def _write(shop: Shop, fields: Mapping[str, Any]) -> None:
    for name in _FIELDS:
        if name in fields:
            setattr(shop, name, fields[name])
    refuse_wrong_terms(terms_of_shop(shop))
    people = None if fields.get("people") is None else _accounts(fields["people"])
    try:
        with transaction.atomic():
            shop.save()
    except IntegrityError as error:
        raise Refused("shop_name_taken", "There is a shop of this name at this site already") from error
    if people is not None:
        shop.people.set(people)


def _accounts(ids: Collection[int]) -> list[User]:
    found = list(User.objects.filter(pk__in=ids, role=Role.USER))
    if missing := sorted(set(ids) - {user.pk for user in found}):
        raise InvalidInput({"people": [f"There is no account {number} of a driver" for number in missing]})
    return found


def _facts(shop: Shop) -> dict[str, object]:
    """Return the fields as the record keeps them: amounts are text."""
    values = {name: getattr(shop, name) for name in _FIELDS}
    kept = {name: value if isinstance(value, bool | int | str | None) else str(value) for name, value in values.items()}
    return kept | {"people": sorted(shop.people.values_list("pk", flat=True))}
