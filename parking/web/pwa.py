"""The installable application: its manifest, and the service worker that keeps pages for use without network."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from parking.core.brand import NAME
from parking.core.site_settings import BRAND_COLOUR, BRAND_NAME
from parking.edge.pages import page
from parking.web.branding import version

# What a ticket and the gate page are made of.
NEEDED = [
    "vendor/fonts/inter.woff2",
    "vendor/icons.svg",
    "vendor/idiomorph.js",
    "web/fonts.css",
    "web/tokens.css",
    "web/base.css",
    "web/shell.css",
    "web/forms.css",
    "web/parts.css",
    "web/tables.css",
    "web/components.css",
    "web/feedback.css",
    "web/theme.js",
    "web/app.js",
    "web/csrf.js",
    "web/live.js",
    "web/icon.svg",
    "driver/driver.css",
    "driver/ticket.css",
    "driver/pay.css",
    "driver/ticket.js",
    "driver/offline.js",
    "gate/place.css",
    "gate/gate.css",
    "gate/quote.css",
    "gate/pages.css",
    "gate/debts.css",
    "gate/deck.css",
    "gate/panels.css",
    "gate/verdict.css",
    "gate/cash.css",
    "gate/entry.css",
    "gate/gate.js",
    "gate/photo.js",
    "gate/amounts.js",
    "gate/answer.js",
    "gate/awake.js",
    "gate/burst.js",
    "gate/camera.js",
    "gate/cash.js",
    "gate/kept.js",
    "gate/keys.js",
    "gate/lens.js",
    "gate/now.js",
    "gate/escpos.js",
    "gate/paper.js",
    "gate/place.js",
    "gate/printer.js",
    "gate/printing.js",
    "gate/reader.js",
    "gate/recent.js",
    "gate/scanned.js",
    "gate/sender.js",
    "gate/sound.js",
    "gate/viewfinder.js",
    "gate/wedge.js",
]


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Return the application's name, icons and colours."""
    content: dict[str, Any] = {
        "name": BRAND_NAME.at(None),
        "short_name": BRAND_NAME.at(None) if BRAND_NAME.at(None) != NAME else "Parking",
        "description": gettext("Book a slot, show the code, drive in and out."),
        "lang": get_language(),
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f7f9",
        "theme_color": BRAND_COLOUR.at(None),
        "icons": [
            _icon("192", "192x192", "any"),
            _icon("512", "512x512", "any"),
            _icon("maskable", "512x512", "maskable"),
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    address = f"{reverse('brand_icon', args=[name])}?v={version()}"
    return {"src": address, "sizes": sizes, "type": "image/png", "purpose": purpose}


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker's script, from the root, because it may only serve pages below its own address."""
    addresses = {"offline": reverse("offline"), "needed": " ".join(static(name) for name in NEEDED)}
    response = render(request, "web/sw.js", addresses, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that replaces one which the service worker does not keep; the same for everybody."""
    return page(request, "web/offline.html")
