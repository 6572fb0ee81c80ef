"""Claims as they are shown: the worklist, what is still to be claimed, and one claim whole with what it lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, func, select

from clinic_desktop.domain import claims as rules
from clinic_desktop.domain.claims import Finding
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.claim_rows import claim_row, facts_of, findings, open_amount, resubmitted_as
from clinic_desktop.services.merges import ids_of, kept_id, kept_of
from clinic_desktop.store.tables.billing import invoices
from clinic_desktop.store.tables.insurance import (
    claim_answers,
    claim_batches,
    claim_lines,
    claims,
    covers,
    insurers,
    invoice_shares,
    plans,
)
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff


@dataclass(frozen=True)
class ClaimRow:
    """One claim in the worklist; amounts in minor units."""

    id: str
    revision: int
    number: str
    patient_id: str
    mrn: str
    name: str
    insurer_id: str
    insurer: str
    claimed: int
    paid: int
    currency: str
    status: str
    made_at: str
    served_on: date | None
    batch: str
    batch_id: str


@dataclass(frozen=True)
class ToClaim:
    """An invoice on which an insurer owes something that was not claimed yet."""

    invoice_id: str
    number: str
    patient_id: str
    mrn: str
    name: str
    insurer: str
    amount: int
    currency: str
    issued_at: str


@dataclass(frozen=True)
class LineView:
    """One line of a claim."""

    id: str
    revision: int
    position: int
    code: str
    modifiers: str
    description: str
    served_on: date
    quantity: int
    amount: int
    currency: str
    pointers: str


@dataclass(frozen=True)
class AnswerView:
    """One answer of the insurer; `taken_back` says why it does not count any more."""

    id: str
    answer: str
    paid: int
    to_patient: int
    written_off: int
    payer_reference: str
    reason: str
    answered_on: date
    entered_by: str
    taken_back: str


@dataclass(frozen=True)
class PrimaryAnswer:
    """What the primary insurer answered to the claim from which one to the secondary came; amounts in minor units."""

    number: str
    insurer: str
    claimed: int
    paid: int
    reason: str
    payer_reference: str
    answered_on: date | None


@dataclass(frozen=True)
class Claim:
    """A claim whole, with what is missing of it; `open` is what no answer settled yet."""

    id: str
    revision: int
    number: str
    patient_id: str
    invoice_id: str
    invoice: str
    status: str
    insurer: str
    payer_code: str
    insurer_address: str
    plan: str
    policy_number: str
    group_number: str
    holder: str
    relation: str
    position: int
    diagnoses: tuple[str, ...]
    authorisation: str
    needs_authorisation: bool
    billed: int
    claimed: int
    paid: int
    open: int
    currency: str
    payer_reference: str
    reason: str
    made_at: str
    sent_at: str | None
    batch: str
    resubmission_of: str
    resubmitted_as: str
    file_by: date | None
    lines: tuple[LineView, ...]
    answers: tuple[AnswerView, ...]
    findings: tuple[Finding, ...]
    submission_method: str = ""
    primary: PrimaryAnswer | None = None
    moved: int = 0


@query
def claims_in(read: Read, statuses: Sequence[str]) -> tuple[ClaimRow, ...]:
    """The newest five hundred claims in these states."""
    served = select(func.min(claim_lines.c.served_on)).where(claim_lines.c.claim_id == claims.c.id).scalar_subquery()
    rows = read.conn.execute(
        select(
            claims, patients.c.mrn, patients.c.family_name, patients.c.given_names, served.label("served_on"),
            insurers.c.id.label("insurer_id"), insurers.c.name.label("insurer"),
            claim_batches.c.number.label("batch"),
        )
        .join_from(claims, patients, patients.c.id == kept_of(claims.c.patient_id))
        .join(covers, covers.c.id == claims.c.cover_id)
        .join(plans, plans.c.id == covers.c.plan_id)
        .join(insurers, insurers.c.id == plans.c.insurer_id)
        .outerjoin(claim_batches, claim_batches.c.id == claims.c.batch_id)
        .where(claims.c.status.in_(statuses))
        .order_by(claims.c.made_at.desc(), claims.c.id.desc())
        .limit(500)
    )  # fmt: skip
    return tuple(
        ClaimRow(
            row.id, row.revision, row.number, row.patient_id, row.mrn, _name(row), row.insurer_id, row.insurer,
            row.claimed, row.paid, row.currency, row.status, row.made_at,
            None if row.served_on is None else date.fromisoformat(row.served_on), row.batch or "", row.batch_id or "",
        )
        for row in rows
    )  # fmt: skip


@query
def to_claim(read: Read) -> tuple[ToClaim, ...]:
    """The newest five hundred invoices of which an insurer's share was not claimed yet."""
    asked = select(claims.c.id).where(
        claims.c.invoice_id == invoice_shares.c.invoice_id,
        claims.c.cover_id == invoice_shares.c.cover_id,
        claims.c.status != "cancelled",
    )
    rows = read.conn.execute(
        select(
            invoices.c.number, invoices.c.issued_at, invoice_shares, patients.c.mrn, patients.c.family_name,
            patients.c.given_names,
        )
        .join(invoices, invoices.c.id == invoice_shares.c.invoice_id)
        .join(patients, patients.c.id == kept_of(invoice_shares.c.patient_id))
        .where(invoices.c.status == "issued", invoice_shares.c.amount > 0, ~asked.exists())
        .order_by(invoices.c.issued_at.desc(), invoice_shares.c.position)
        .limit(500)
    )  # fmt: skip
    return tuple(
        ToClaim(
            row.invoice_id, row.number, row.patient_id, row.mrn, _name(row), row.insurer, row.amount, row.currency,
            row.issued_at,
        )
        for row in rows
    )  # fmt: skip


@query(access="bill", once=True, of=lambda found: (found.patient_id,))
def claim(read: Read, claim_id: str) -> Claim:
    """A claim whole, checked as it stands now. Raises Refusal when there is none."""
    row = claim_row(read.conn, claim_id)
    today = read.now.astimezone().date()
    facts = facts_of(read.conn, row)
    lines = _lines(read.conn, claim_id, row.currency)
    return Claim(
        row.id, row.revision, row.number, kept_id(read.conn, row.patient_id), row.invoice_id, facts.invoice,
        row.status, facts.insurer,
        facts.payer_code, facts.insurer_address, facts.plan, facts.policy_number, facts.group_number, facts.holder,
        facts.relation, facts.position, tuple((row.diagnoses or "").split()), row.authorisation or "",
        facts.needs_authorisation, row.billed, row.claimed, row.paid, open_amount(read.conn, row), row.currency,
        row.payer_reference or "", row.reason or "", row.made_at, row.sent_at, facts.batch, facts.resubmission_of,
        resubmitted_as(read.conn, claim_id),
        rules.last_day((line.served_on for line in lines), facts.filing_days), lines, _answers(read.conn, claim_id),
        findings(read.conn, row, today) if row.status in rules.OPEN else (), row.submission_method or "",
        _primary(read.conn, row.primary_claim_id), row.moved or 0,
    )  # fmt: skip


def _primary(connection: Connection, claim_id: str | None) -> PrimaryAnswer | None:
    if claim_id is None:
        return None
    row = claim_row(connection, claim_id)
    facts = facts_of(connection, row)
    standing = [one for one in _answers(connection, claim_id) if not one.taken_back]
    return PrimaryAnswer(
        row.number, facts.insurer, row.claimed, row.paid, row.reason or "", row.payer_reference or "",
        standing[-1].answered_on if standing else None,
    )  # fmt: skip


@query(access="bill", once=True)
def claims_of(read: Read, patient_id: str) -> tuple[tuple[str, str], ...]:
    """The claims of a patient as (id, number), newest first."""
    rows = read.conn.execute(
        select(claims.c.id, claims.c.number)
        .where(claims.c.patient_id.in_(ids_of(read.conn, patient_id)))
        .order_by(claims.c.made_at.desc(), claims.c.id.desc())
    )
    return tuple((row.id, row.number) for row in rows)


def _lines(connection: Connection, claim_id: str, currency: str) -> tuple[LineView, ...]:
    rows = connection.execute(
        select(claim_lines).where(claim_lines.c.claim_id == claim_id).order_by(claim_lines.c.position)
    )
    return tuple(
        LineView(
            row.id, row.revision, row.position, row.code or "", row.modifiers or "", row.description,
            date.fromisoformat(row.served_on), row.quantity, row.amount, currency, row.pointers or "",
        )
        for row in rows
    )  # fmt: skip


def _answers(connection: Connection, claim_id: str) -> tuple[AnswerView, ...]:
    rows = connection.execute(
        select(claim_answers, staff.c.display_name)
        .join(staff, staff.c.id == claim_answers.c.entered_by)
        .where(claim_answers.c.claim_id == claim_id)
        .order_by(claim_answers.c.entered_at, claim_answers.c.id)
    )
    return tuple(
        AnswerView(
            row.id, row.answer, row.paid, row.to_patient, row.written_off, row.payer_reference or "",
            row.reason or "", date.fromisoformat(row.answered_on), row.display_name, row.taken_back or "",
        )
        for row in rows
    )  # fmt: skip


def _name(row: Row[tuple[object, ...]]) -> str:
    return f"{row.family_name.upper()}, {row.given_names}" if row.given_names else row.family_name.upper()
