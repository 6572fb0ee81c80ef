"""Every document that can be printed by its name: whose act it is, and how its number is found.

Who prints is in the access log before the first value is read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from clinic_desktop.clock import from_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.reports import (
    claim_papers,
    consent_papers,
    document_papers,
    growth_papers,
    immunization_papers,
    label_papers,
    laboratory_papers,
    medicine_papers,
    printed,
    statement_papers,
    visit_papers,
)
from clinic_desktop.services import (
    cash,
    chart,
    claim_batches,
    claim_views,
    consents,
    document_reading,
    invoices,
    lab_orders,
    pharmacy,
    prescribing,
)
from clinic_desktop.services.access import note_report_opened
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.chart import Visit
from clinic_desktop.services.permissions import require
from clinic_desktop.services.work_orders import LabelOf

EVERY = 1_000_000

One = TypeVar("One")

__all__ = [
    "DOCUMENTS",
    "Document",
    "claim_papers",
    "document_papers",
    "growth_papers",
    "label_papers",
    "make",
    "medicine_papers",
    "opened",
    "printed",
    "statement_papers",
]


@dataclass(frozen=True)
class Document:
    """One kind of document: what `number` means, the act that its reader must be allowed, and how it is made."""

    title: str
    number: str
    act: str
    make: Callable[[Desk, str, str | None], Sequence[bytes]]
    about_patient: bool = True


def make(desk: Desk, name: str, patient_id: str, number: str | None) -> tuple[bytes, ...]:
    """The document's PDFs (several where each pack has its label), the newest where no number is given.

    Raises Refusal where the role may not read it, or no such number is the patient's.
    """
    return opened(desk, name, patient_id, lambda: tuple(DOCUMENTS[name].make(desk, patient_id, number)))


def opened(desk: Desk, name: str, patient_id: str, work: Callable[[], One]) -> One:
    """Make a paper after noting who opens it. Raises Refusal where the role may not read it."""
    document = DOCUMENTS[name]
    # Asked before the opening is noted: a refused try is no opening.
    desk.session.require_open(desk.now)
    require(desk.session.role, document.act)
    if document.about_patient:
        note_report_opened(desk, patient_id, name)
    return work()


def _chosen(found: Sequence[One], number_of: Callable[[One], str], number: str | None) -> One:
    """The one with the number, or the newest: the lists come newest first."""
    if number is None:
        if found:
            return found[0]
        raise Refusal(N_("Nothing of this kind is there to print yet."))
    wanted = number.strip().upper()
    for one in found:
        if number_of(one).upper() == wanted:
            return one
    raise Refusal(N_("“{number}” is not among them."), field="number", number=number)


def _prescription(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    found = prescribing.last_prescriptions(desk, patient_id, EVERY)
    if number is None:
        found = tuple(one for one in found if one.status != "cancelled")
    chosen = _chosen(found, lambda one: one.number, number)
    return (medicine_papers.prescription(desk, chosen.prescription_id),)


def _labels(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    found = prescribing.last_prescriptions(desk, patient_id, EVERY)
    if number is None:
        found = tuple(one for one in found if any(line.dispensed for line in one.lines))
    order = pharmacy.work_order(desk, patient_id, _chosen(found, lambda one: one.number, number).prescription_id)
    packs = [
        LabelOf(
            pack.line_id,
            pack.title,
            pack.quantity,
            pack.unit,
            pack.lot,
            pack.expires_on,
            from_text(pack.dispensed_at).astimezone().date(),
        )
        for line in order.lines
        for pack in line.handed_out
        if pack.status == "dispensed"
    ]
    if not packs:
        raise Refusal(N_("Nothing of this prescription was handed out."), field="number")
    return [medicine_papers.label(desk, order.prescription.prescription_id, pack) for pack in packs]


def _laboratory_report(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    found = lab_orders.orders_of(desk, patient_id)
    if number is None:
        found = tuple(one for one in found if one.status in {"released", "partly_released"})
    return (laboratory_papers.laboratory_report(desk, patient_id, _chosen(found, lambda one: one.number, number).id),)


def _visit_summary(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    page = chart.open_chart(desk, patient_id).timeline
    visits: list[Visit] = list(page.visits)
    while page.following is not None and number is not None:
        page = chart.timeline(desk, patient_id, page.following)
        visits += page.visits
    chosen = _chosen(visits, lambda one: visit_papers.visit_number(one.id), number)
    return (visit_papers.visit_summary(desk, patient_id, chosen.id),)


def _growth_chart(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    return (growth_papers.growth_chart(desk, patient_id, number or "weight"),)


def _immunization_card(desk: Desk, patient_id: str, _number: str | None) -> Sequence[bytes]:
    return (immunization_papers.card(desk, patient_id),)


def _invoice(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    found = invoices.invoices_of(desk, patient_id)
    return (printed.invoice(desk, _chosen(found, lambda one: one.number, number).id),)


def _receipt(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    rows = [row for one in invoices.invoices_of(desk, patient_id) for row in invoices.invoice(desk, one.id).payments]
    rows.sort(key=lambda row: row.paid_at, reverse=True)
    return (printed.receipt(desk, _chosen(rows, lambda one: one.number, number).id),)


def _statement(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    return (statement_papers.statement(desk, patient_id, number),)


def _written(kind: str) -> Callable[[Desk, str, str | None], Sequence[bytes]]:
    def made(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
        listed = document_reading.documents_of(desk, patient_id).documents
        found = [each for each in listed if each.kind == kind and each.is_written_here]
        if number is None:
            found = [each for each in found if each.is_signed and each.status == "current"]
        chosen = _chosen(found, lambda one: document_papers.document_number(one.id), number)
        return (document_papers.letter(desk, patient_id, chosen.id),)

    return made


def _day_end(desk: Desk, _patient_id: str, number: str | None) -> Sequence[bytes]:
    # A shift has no number of its own: it is named by when it was opened.
    found = [shift for shift in cash.recent_shifts(desk) if shift.closed_at]
    return (printed.day_end(desk, _chosen(found, lambda one: one.opened_at, number).id),)


def _consent_form(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    found = consents.consents_of(desk, patient_id).consents
    chosen = _chosen(found, consent_papers.consent_number, number)
    return (consent_papers.consent_form(desk, patient_id, chosen.id),)


def _health_summary(desk: Desk, patient_id: str, _number: str | None) -> Sequence[bytes]:
    return (consent_papers.health_summary(desk, patient_id),)


def _claim(desk: Desk, patient_id: str, number: str | None) -> Sequence[bytes]:
    found = claim_views.claims_of(desk, patient_id)
    return (claim_papers.claim(desk, _chosen(found, lambda one: one[1], number)[0]),)


def _claim_batch(desk: Desk, _patient_id: str, number: str | None) -> Sequence[bytes]:
    found = claim_batches.batches(desk)
    return (claim_papers.batch(desk, _chosen(found, lambda one: one.number, number).id),)


def _patient_card(desk: Desk, patient_id: str, _number: str | None) -> Sequence[bytes]:
    return (label_papers.patient_card(desk, patient_id).pdf(),)


def _wristband(desk: Desk, patient_id: str, _number: str | None) -> Sequence[bytes]:
    return (label_papers.wristband(desk, patient_id).pdf(),)


def _label_sheet(desk: Desk, patient_id: str, _number: str | None) -> Sequence[bytes]:
    return (label_papers.label_sheet(desk, patient_id).pdf(),)


DOCUMENTS: dict[str, Document] = {
    "prescription": Document(
        N_("Prescription"), N_("the prescription's"), "prescribing.last_prescriptions", _prescription
    ),
    "medicine-label": Document(
        N_("Labels of what was handed out"), N_("the prescription's"), "pharmacy.work_order", _labels
    ),
    "laboratory-report": Document(
        N_("Laboratory report"), N_("the laboratory order's"), "results.order_results", _laboratory_report
    ),
    "visit-summary": Document(
        N_("Visit summary"), N_("the last eight characters of the visit's id"), "encounters.visit_summary_facts",
        _visit_summary,
    ),
    "consent-form": Document(
        N_("Consent form"), N_("the last eight characters of the consent's id"), "consents.consents_of", _consent_form
    ),
    "health-summary": Document(
        N_("Health summary"), N_("none: there is one for each patient"), "sharing.health_summary_facts",
        _health_summary,
    ),
    "growth-chart": Document(
        N_("Growth chart"), N_("the measure: weight, height, bmi, head or by_length"), "growth.growth", _growth_chart
    ),
    "immunization-card": Document(
        N_("Immunization card"), N_("none: there is one card"), "immunization_chart.immunization_card",
        _immunization_card,
    ),
    "invoice": Document(N_("Invoice"), N_("the invoice's"), "invoices.invoices_of", _invoice),
    "receipt": Document(N_("Receipt"), N_("the payment's"), "cash.receipt", _receipt),
    "statement": Document(
        N_("Statement of account"), N_("the period: 2026, 2026-09 or 2026-09-01..2026-09-14; all where none is given"),
        "statements.statement", _statement,
    ),
    **{
        name: Document(title, N_("the last eight characters of the document's id"), "documents.write_document", made)
        for name, title, made in (
            ("referral-letter", N_("Referral letter"), _written("referral_letter")),
            ("sick-note", N_("Sick note"), _written("sick_note")),
            ("certificate", N_("Medical certificate"), _written("certificate")),
            ("note", N_("Note"), _written("note")),
        )
    },
    **{
        name: Document(title, N_("none: there is one for each patient"), "patients.patient_banner", made)
        for name, title, made in (
            ("patient-card", N_("Patient card"), _patient_card),
            ("wristband", N_("Wristband"), _wristband),
            ("label-sheet", N_("Sheet of labels"), _label_sheet),
        )
    },
    "claim": Document(N_("Insurance claim"), N_("the claim's"), "claim_views.claims_of", _claim),
    "claim-batch": Document(
        N_("Batch of claims"), N_("the batch's"), "claim_batches.batches", _claim_batch, about_patient=False
    ),
    "day-end": Document(
        N_("Cashier's day-end"), N_("the instant at which the shift was opened"), "cash.recent_shifts", _day_end,
        about_patient=False,
    ),
}  # fmt: skip
