"""Fields that the tables of money share."""

from decimal import Decimal
from typing import Any

from django.db import models


def amount_field(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=10, decimal_places=2, **options)
