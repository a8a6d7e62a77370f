"""`manage.py dumpdata`: Django's own, without what every migrated database makes for itself."""

from typing import Any

from django.core.management.commands import dumpdata

# Their ids depend on the order in which a database was migrated, so that they fit no other one.
MADE_BY_MIGRATE = ["contenttypes", "auth.permission"]


class Command(dumpdata.Command):
    def handle(self, *labels: str, **options: Any) -> None:
        options["exclude"] = [*options["exclude"], *MADE_BY_MIGRATE]
        super().handle(*labels, **options)
