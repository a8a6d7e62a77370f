"""All addresses: the API and the older pages, the present pages, and the look-up site."""

from django.urls import include, path

from parking.core.admin import look_up
from parking.web.account.views import home
from smart_parking.api import api

handler403 = "parking.web.refusals.permission_denied"
handler404 = "parking.web.refusals.not_found"
handler500 = "parking.web.refusals.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("office/admin/", look_up.urls),
    path("", api.urls),
    path("", include("parking.web.urls")),
]
