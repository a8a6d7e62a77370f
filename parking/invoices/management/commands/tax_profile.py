"""`manage.py tax_profile`: set the name and GSTIN under which a site issues receipts and invoices from a day on."""

from argparse import ArgumentParser
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput
from parking.facilities.models import ParkingSite
from parking.invoices.profiles import NewProfile, add_profile


class Command(BaseCommand):
    help = "Adds the tax profile of a site; without a GSTIN the operator is not registered and issues plain receipts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("site", help="Name of the car park")
        parser.add_argument("--from", dest="holds_from", type=date.fromisoformat, default=None, help="Default: today")
        parser.add_argument("--legal-name", required=True)
        parser.add_argument("--prefix", dest="series_prefix", required=True, help="Three letters or digits, as KA1")
        parser.add_argument("--address", default="")
        parser.add_argument("--gstin", default="")
        parser.add_argument("--state-code", default="", help="GST code of the State; default: that of the GSTIN")
        parser.add_argument("--rate", type=Decimal, default=Decimal("18.00"), help="Percent; default: 18.00")
        parser.add_argument(
            "--prices-without-tax",
            dest="prices_include_tax",
            action="store_false",
            help="Tariffs are written without tax; drivers see and pay them with it",
        )
        parser.add_argument("--sac", default="996743")
        parser.add_argument("--legal-note", default="", help="Printed on every document; needed with a GSTIN at rate 0")

    def handle(self, *_: Any, site: str, **options: Any) -> None:
        place = ParkingSite.objects.filter(name=site).first()
        if place is None:
            raise CommandError(f"There is no car park named {site!r}")
        fields = {name: options[name] for name in NewProfile.__dataclass_fields__ if name in options}
        fields["holds_from"] = fields["holds_from"] or clock.today()
        try:
            profile = add_profile(actor=SYSTEM, site=place, wanted=NewProfile(**fields), now=clock.now())
        except InvalidInput as error:
            raise CommandError(f"Please check: {error.errors}") from error
        self.stdout.write(f"{place}: {profile}, numbers begin with {profile.series_prefix}")
