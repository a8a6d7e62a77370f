from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules

from parking.notifications.checks import check_templates


class NotificationsConfig(AppConfig):
    name = "parking.notifications"

    def ready(self) -> None:
        """Import every app's `renderers.py`, which registers its kinds and renderers."""
        autodiscover_modules("renderers")
        register(check_templates)
