"""Slots and people of a site from one XLSX file."""

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from parking.api.shapes.imports import ImportOut, multipart
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import path_id
from parking.facilities.importing.services import import_file
from parking.facilities.importing.workbook import MOST_BYTES

router = Router(tags=["Admin"], auth=admin_only)


@router.post(
    "/sites/{site_ref}/import/",
    response={200: Ok[ImportOut], **WRITE_PROBLEMS},
    openapi_extra=multipart(
        examples(response=enveloped(ImportOut.example, "Nothing was changed")),
        {"file": "site.xlsx", "dry_run": True},
    ),
    summary="Import slots and people",
)
def import_site(
    request: HttpRequest, site_ref: str, file: File[UploadedFile], dry_run: Form[bool] = False
) -> HttpResponse:
    """Take an XLSX file with the sheets `Slots` (zone, number, kind) and `People` (username, name, role, mail,
    permissions). All of it is carried out or, with a fault or with `dry_run`, nothing: `done` says which. The same
    file again changes nothing.
    """
    # One byte more shows that there is more than is taken.
    content = file.read(MOST_BYTES + 1)
    report = import_file(
        actor=actor_of(request), site_id=path_id(site_ref), content=content, dry_run=dry_run, now=clock.now()
    )
    return ok(ImportOut.of(report), "Imported" if report.is_done else "Nothing was changed")
