"""Give each site a code of letters, from its name."""

import string
from typing import Any

from django.db import migrations


def code_of(name: str, taken: set[str]) -> str:
    """Return a code that is not taken: initials of a name of several words, otherwise its first letters."""
    words = ["".join(letter for letter in word.upper() if letter in string.ascii_uppercase) for word in name.split()]
    words = [word for word in words if word]
    initials = "".join(word[0] for word in words)[:6]
    stem = initials if len(initials) > 1 else ("".join(words) + "XXX")[:3]
    letters = string.ascii_uppercase
    endings = ["", *letters, *(first + second for first in letters for second in letters)]
    codes = (stem[: 6 - len(ending)] + ending for ending in endings)
    free: str = next(code for code in codes if code not in taken)
    return free


def fill(apps: Any, _schema_editor: Any) -> None:
    """Write codes where there are none; sites that existed are open."""
    sites = apps.get_model("facilities", "ParkingSite").objects
    taken: set[str] = set(sites.exclude(code=None).values_list("code", flat=True))
    for site in sites.filter(code=None).order_by("pk"):
        site.code = code_of(site.name, taken)
        taken.add(site.code)
        site.save(update_fields=["code"])
    sites.update(state="OPEN")


class Migration(migrations.Migration):
    dependencies = [("facilities", "0002_sites_and_gates")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
