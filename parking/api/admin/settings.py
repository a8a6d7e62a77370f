"""What managers set: for the installation, and for single sites."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.imports import multipart
from parking.api.shapes.settings import SettingOut, SettingsChangeOut
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.core.pictures import MOST_BYTES
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, paged
from parking.edge.parsing import In, Text64
from parking.facilities.setting_values import changes_of_settings, current_values
from parking.facilities.settings import change_settings, check_site, set_logo

router = Router(tags=["Admin"], auth=admin_only)

SiteId = Annotated[int, Field(ge=1, le=MAX_ID)]


class SettingsQuery(In):
    model_config = In.model_config | {"strict": False}

    site_id: SiteId | None = Field(None, description="Without it, the values of the installation")


class SettingsHistoryQuery(Paging):
    site_id: SiteId | None = Field(None, description="Without it, changes of the installation's values")


class SettingsIn(In):
    site_id: SiteId | None = None
    values: Annotated[dict[Text64, Any], Field(min_length=1, max_length=100)]


def _shown(site_id: int | None) -> list[SettingOut]:
    return [SettingOut.of(current) for current in current_values(site_id)]


@router.get(
    "/settings/",
    response={200: Ok[list[SettingOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped([SettingOut.example])),
    summary="Settings",
)
def list_settings(request: HttpRequest, filters: Annotated[SettingsQuery, Query()]) -> HttpResponse:
    """Every setting with the value that counts, its default, and whose value it is."""
    check_site(actor_of(request), filters.site_id)
    return ok(_shown(filters.site_id))


@router.patch(
    "/settings/",
    response={200: Ok[list[SettingOut]], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"site_id": 1, "values": {"hold_minutes": 15, "quote_minutes": None}},
        response=enveloped([SettingOut.example], "Settings saved"),
    ),
    summary="Change settings",
)
def patch_settings(request: HttpRequest, payload: SettingsIn) -> HttpResponse:
    """Set all of the values or none; null returns to the default. In force within a second."""
    change_settings(actor=actor_of(request), site_id=payload.site_id, values=payload.values, now=clock.now())
    return ok(_shown(payload.site_id), "Settings saved")


@router.post(
    "/settings/logo/",
    response={200: Ok[list[SettingOut]], **WRITE_PROBLEMS},
    openapi_extra=multipart(examples(response=enveloped([SettingOut.example], "Settings saved")), {"file": "logo.png"}),
    summary="Upload the logo",
)
def upload_logo(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Make a PNG, JPEG or WebP picture of at most 1 MB the logo on pages, documents and icons.

    The setting `brand_logo` then has its digest; null there takes the logo away.
    """
    set_logo(actor=actor_of(request), content=file.read(MOST_BYTES + 1), now=clock.now())
    return ok(_shown(None), "Settings saved")


@router.get(
    "/settings/history/",
    response={200: Ok[Page[SettingsChangeOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(SettingsChangeOut.example)),
    summary="Who changed settings",
)
def history(request: HttpRequest, filters: Annotated[SettingsHistoryQuery, Query()]) -> HttpResponse:
    """Changes of settings, newest first."""
    check_site(actor_of(request), filters.site_id)
    found = page_of(changes_of_settings(filters.site_id), filters)
    return ok(found.showing(SettingsChangeOut.rows(found.rows)))
