"""Every address: the contract's calls and pages, and the look-up site."""

from django.urls import path

from parking.api.urls import api
from parking.core.admin import look_up

handler404 = "parking.api.errors.not_found"
handler500 = "parking.api.errors.server_error"

urlpatterns = [
    path("office/admin/", look_up.urls),
    path("", api.urls),
]
