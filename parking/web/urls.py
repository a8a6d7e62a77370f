"""The pages' addresses."""

from django.urls import URLPattern, URLResolver, include, path

from parking.web import board, branding, design, poster, pwa, receipt_check
from parking.web.account import views as account

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", account.sign_in, name="sign_in"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("language/", account.language, name="language"),
    path("app.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.service_worker, name="service_worker"),
    path("brand.css", branding.style_sheet, name="brand_style"),
    path("brand/logo.png", branding.logo, name="brand_logo"),
    path("icons/<str:name>.png", branding.icon, name="brand_icon"),
    path("design/", design.design, name="design"),
    path("board/<int:site_id>/", board.board, name="board"),
    path("p/<int:site_id>/", poster.pay, name="poster"),
    path("p/<int:site_id>/print/", poster.printed, name="poster_print"),
    path("r/<str:code>", receipt_check.check, name="receipt_check"),
    path("offline/", pwa.offline, name="offline"),
    path("", include("parking.web.account.urls")),
    path("", include("parking.web.driver.urls")),
    path("gate/", include("parking.web.gate.urls")),
    path("office/", include("parking.web.office.urls")),
]
