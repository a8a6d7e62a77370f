"""Vouchers, as managers issue them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.accounts.models import Approval
from parking.api.paging import Paging, page_of
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.vouchers import ChangedVoucherIn, NewVoucherIn, VoucherOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_id
from parking.offers import vouchers

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/vouchers/",
    response={200: Ok[Page[VoucherOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(VoucherOut.example)),
    summary="Vouchers",
)
def list_vouchers(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Return the vouchers, the newest first; also those that drivers got whose reservation could not be kept."""
    found = page_of(vouchers.vouchers_of(actor_of(request).sites), paging)
    return ok(found.showing([VoucherOut.of(code) for code in found.rows]))


@router.post(
    "/vouchers/",
    response={201: Ok[VoucherOut], 202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"amount": 100, "until": "2026-12-31", "reason": "Guest of the operator", "site_id": 1},
            response=enveloped(VoucherOut.example, "Voucher issued"),
            status=201,
        )
    ),
    summary="Issue a voucher",
)
@requests.idempotent_in_one_transaction
def issue_voucher(request: HttpRequest, payload: NewVoucherIn) -> HttpResponse:
    """Issue a code that lowers one bill by so many rupees, once, up to a day.

    It is out of use until a second person approves it (202), unless there is one administrator alone.
    """
    issued = vouchers.issue(
        actor=actor_of(request),
        amount=payload.amount,
        until=payload.until,
        reason=payload.reason,
        site_id=payload.site_id,
        now=clock.now(),
    )
    if isinstance(issued, Approval):
        return asked(issued)
    return ok(VoucherOut.of(issued), "Voucher issued", status=201)


@router.patch(
    "/vouchers/{voucher_id}/",
    response={200: Ok[VoucherOut], 202: Ok[AskedOut], **problems()},
    openapi_extra=examples(
        request={"is_active": False}, response=enveloped(VoucherOut.example | {"is_active": False}, "Voucher changed")
    ),
    summary="Withdraw a voucher",
)
def change_voucher(request: HttpRequest, voucher_id: str, payload: ChangedVoucherIn) -> HttpResponse:
    """Withdraw a voucher, or let it count again, which waits for a second person (202)."""
    changed = vouchers.switch(
        actor=actor_of(request), voucher_id=path_id(voucher_id), is_active=payload.is_active, now=clock.now()
    )
    if isinstance(changed, Approval):
        return asked(changed)
    return ok(VoucherOut.of(changed), "Voucher changed")
