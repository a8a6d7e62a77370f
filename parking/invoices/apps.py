from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "parking.invoices"
