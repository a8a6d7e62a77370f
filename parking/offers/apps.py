from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "parking.offers"
