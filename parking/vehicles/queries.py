"""Search for vehicles by a part of the plate."""

from django.db.models import Q

from parking.vehicles.plates import readings, search_key


def plate_matches(text: str) -> Q:
    """Return the condition, on rows with a `vehicle`, that `text` is its plate or a part of it, in any spelling.

    A text without Latin letters and digits is part of no plate.
    """
    part = search_key(text)
    if not part:
        return Q(pk__in=[])
    # A whole plate is kept with its numbers padded: `DL-1-AB-12` is `DL01AB0012`. Who searches gets every plate that
    # the letters and digits may mean, wherever the separators are.
    return Q(vehicle__match_key__contains=part) | Q(vehicle__match_key__in=readings(part))
