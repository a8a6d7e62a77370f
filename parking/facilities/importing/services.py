"""Slots and people of a car park from one XLSX file: all of it, or nothing."""

from datetime import datetime

from django.db import transaction

from parking.core.actor import Actor
from parking.facilities.importing.faults import Report
from parking.facilities.importing.people import import_people
from parking.facilities.importing.slots import import_slots
from parking.facilities.importing.workbook import PEOPLE, SLOTS, read_workbook
from parking.facilities.sites import site_by_id


def import_file(*, actor: Actor, site_id: int, content: bytes, dry_run: bool, now: datetime) -> Report:
    """Carry a file out in one transaction, by the services that the pages use; a fault, or `dry_run`, takes all back.

    So a dry run says exactly what would happen. Raises NotFound `site_not_found`; Refused `import_unreadable`,
    `import_too_large`, `import_without_sheets`.
    """
    site_by_id(site_id, actor)
    book = read_workbook(content)
    report = Report(faults=[fault for sheet in book.values() for fault in sheet.faults])
    with transaction.atomic():
        if SLOTS in book:
            import_slots(book[SLOTS].rows, report, site_id=site_id, actor=actor, now=now)
        if PEOPLE in book:
            import_people(book[PEOPLE].rows, report, site_id=site_id, actor=actor, now=now)
        report.is_done = not (dry_run or report.faults)
        if not report.is_done:
            transaction.set_rollback(True)
    return report.in_order()
