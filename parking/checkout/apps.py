from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CheckoutConfig(AppConfig):
    name = "parking.checkout"

    def ready(self) -> None:
        """Import every app's `lanes.py`, which adds lanes of sweeps to the worker."""
        autodiscover_modules("lanes")
