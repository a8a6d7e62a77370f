from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "parking.edge"
