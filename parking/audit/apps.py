from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    name = "parking.audit"

    def ready(self) -> None:
        """Import the events of every app, so that each stored line can be read."""
        autodiscover_modules("events")
