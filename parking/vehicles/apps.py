from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "parking.vehicles"
