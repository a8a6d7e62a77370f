"""The documents of a payment as files of a mail: one PDF of all of them."""

from datetime import datetime

from parking.checkout.documents import document_of_organisation, find_payment, issued_documents
from parking.core.actor import SYSTEM
from parking.core.site_settings import own_logo
from parking.invoices.models import TaxDocument
from parking.invoices.paper import A4
from parking.invoices.pdf import pdf_of
from parking.invoices.sheets import sheet_of
from parking.notifications.attachments import Attachment
from parking.passes.models import OrganisationInvoice


def attached_documents(payment_id: int, now: datetime) -> tuple[Attachment, ...]:
    """Return the documents of a payment, in the active language. Raises as `find_payment`, and what issuing raises."""
    payment, session = find_payment(payment_id=payment_id, actor=SYSTEM)
    return (file_of(issued_documents(payment, session, now=now)),)


def attached_invoice(invoice_id: int, now: datetime) -> tuple[Attachment, ...]:
    """Return the tax invoice of a month of an organisation, in the active language. Raises what issuing raises."""
    invoice = OrganisationInvoice.objects.get(pk=invoice_id)
    return (file_of(document_of_organisation(invoice, now=now)),)


def file_of(documents: tuple[TaxDocument, ...]) -> Attachment:
    """Return one PDF of these documents, named by the number of the first."""
    body = pdf_of(tuple(sheet_of(document) for document in documents), A4, own_logo())
    return Attachment(f"{documents[0].number.replace('/', '-')}.pdf", body, "application/pdf")
