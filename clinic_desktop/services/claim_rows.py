"""What the acts on claims read together: the claim's row, its cover and insurer, and what is missing of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Row, func, select, true

from clinic_desktop.domain import claims as rules
from clinic_desktop.domain.claims import Earlier, Finding, Line, ToCheck
from clinic_desktop.domain.coding import is_procedure
from clinic_desktop.domain.insurance import Span
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act
from clinic_desktop.services.merges import ids_of, kept_of
from clinic_desktop.store.tables.billing import charges, invoices
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

IN_ACT = ("claim_row", "copy_lines", "facts_of", "findings", "fresh", "open_amount", "resubmitted_as")


@dataclass(frozen=True)
class ClaimFacts:
    """What stands around a claim: invoice, cover, plan, insurer and patient."""

    invoice: str
    invoice_void: bool
    owed: int
    insurer_id: str
    insurer: str
    payer_code: str
    insurer_address: str
    plan: str
    needs_authorisation: bool
    filing_days: int | None
    policy_number: str
    group_number: str
    holder: str
    relation: str
    position: int
    cover: Span
    verified: bool
    born_on: date | None
    deceased_on: date | None
    sex: str
    batch: str
    resubmission_of: str


def claim_row(connection: Connection, claim_id: str) -> Row[tuple[object, ...]]:
    """The row of a claim. Raises Refusal when there is none."""
    row = connection.execute(select(claims).where(claims.c.id == claim_id)).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such claim."), field="claim")
    return row


def open_amount(connection: Connection, row: Row[tuple[object, ...]]) -> int:
    """What no answer that stands has settled of a claim and was not moved to another insurer, in minor units."""
    columns = claim_answers.c.paid + claim_answers.c.to_patient + claim_answers.c.written_off
    total = connection.execute(
        select(func.coalesce(func.sum(columns), 0)).where(
            claim_answers.c.claim_id == row.id, claim_answers.c.taken_back.is_(None)
        )
    ).scalar_one()
    return int(row.claimed - total - (row.moved or 0))


def fresh(act: Act) -> dict[str, object]:
    """What a new claim begins with: its number, a draft, by whom and when."""
    return {"number": act.number("CL"), "status": "draft", "made_at": act.at, "made_by": act.session.staff_id}


def copy_lines(act: Act, claim_id: str, new: str) -> None:
    """Give a new claim the lines of another."""
    for line in act.conn.execute(select(claim_lines).where(claim_lines.c.claim_id == claim_id)).all():
        copied = {
            name: getattr(line, name)
            for name in (
                "patient_id", "charge_id", "position", "code", "modifiers", "description", "served_on", "quantity",
                "amount", "pointers",
            )
        }  # fmt: skip
        act.create(claim_lines, {**copied, "claim_id": new}, kind="claim_line.made")


def resubmitted_as(connection: Connection, claim_id: str) -> str:
    """The number of the claim that it was sent again as, or nothing."""
    found = connection.execute(
        select(claims.c.number).where(claims.c.resubmission_of == claim_id, claims.c.status != "cancelled").limit(1)
    ).scalar()
    return str(found or "")


def facts_of(connection: Connection, row: Row[tuple[object, ...]]) -> ClaimFacts:
    """What stands around a claim."""
    found = connection.execute(
        select(
            covers, plans.c.name.label("plan"), plans.c.needs_authorisation, plans.c.filing_days,
            plans.c.valid_from.label("plan_from"), plans.c.valid_until.label("plan_until"),
            insurers.c.id.label("insurer_id"), insurers.c.name.label("insurer"), insurers.c.payer_code,
            insurers.c.address, patients.c.born_on, patients.c.deceased_on, patients.c.sex,
        )
        .join(plans, plans.c.id == covers.c.plan_id)
        .join(insurers, insurers.c.id == plans.c.insurer_id)
        .join(patients, patients.c.id == kept_of(covers.c.patient_id))
        .where(covers.c.id == row.cover_id)
    ).one()  # fmt: skip
    invoice = connection.execute(select(invoices).where(invoices.c.id == row.invoice_id)).one()
    owed = connection.execute(
        select(invoice_shares.c.amount).where(
            invoice_shares.c.invoice_id == row.invoice_id, invoice_shares.c.cover_id == row.cover_id
        )
    ).scalar_one()
    batch = connection.execute(select(claim_batches.c.number).where(claim_batches.c.id == row.batch_id)).scalar()
    before = connection.execute(select(claims.c.number).where(claims.c.id == row.resubmission_of)).scalar()
    since = max(day for day in (found.valid_from, found.plan_from) if day is not None)
    until = min((day for day in (found.valid_until, found.ended_on, found.plan_until) if day is not None), default=None)
    return ClaimFacts(
        invoice.number, invoice.status != "issued", owed, found.insurer_id, found.insurer, found.payer_code or "",
        found.address or "", found.plan, bool(found.needs_authorisation), found.filing_days, found.policy_number,
        found.group_number or "", found.holder or "", found.relation, found.position,
        Span(date.fromisoformat(since), None if until is None else date.fromisoformat(until)),
        found.verified_on is not None, _day(found.born_on), _day(found.deceased_on), found.sex, batch or "",
        before or "",
    )  # fmt: skip


def findings(connection: Connection, row: Row[tuple[object, ...]], today: date) -> tuple[Finding, ...]:
    """What is missing or odd of a claim as it stands."""
    facts = facts_of(connection, row)
    lines = connection.execute(
        select(claim_lines, charges.c.price_code)
        .join(charges, charges.c.id == claim_lines.c.charge_id)
        .where(claim_lines.c.claim_id == row.id)
        .order_by(claim_lines.c.position)
    ).all()
    return rules.check(
        ToCheck(
            lines=tuple(
                Line(
                    line.position, line.code or "", line.description, date.fromisoformat(line.served_on),
                    line.quantity, line.amount, tuple(int(one) for one in (line.pointers or "").split()),
                    _is_own(line.code or "", line.price_code or ""),
                )
                for line in lines
            ),
            diagnoses=tuple((row.diagnoses or "").split()),
            policy_number=facts.policy_number,
            cover=facts.cover,
            verified=facts.verified,
            payer_code=facts.payer_code,
            needs_authorisation=facts.needs_authorisation,
            authorisation=row.authorisation or "",
            filing_days=facts.filing_days,
            born_on=facts.born_on,
            deceased_on=facts.deceased_on,
            sex=facts.sex,
            claimed=row.claimed,
            billed=row.billed,
            owed=facts.owed,
            invoice_void=facts.invoice_void,
            resubmission=row.resubmission_of is not None,
            payer_reference=row.payer_reference or "",
            earlier=_earlier(connection, row, facts.insurer_id, lines),
            today=today,
        )
    )  # fmt: skip


def _earlier(
    connection: Connection, row: Row[tuple[object, ...]], insurer_id: str, lines: Sequence[Row[tuple[object, ...]]]
) -> tuple[Earlier, ...]:
    """The same services on other claims to this insurer; what this claim is sent again for is no other claim."""
    chain, before = {row.id}, row.resubmission_of
    while before is not None:
        chain.add(before)
        before = connection.execute(select(claims.c.resubmission_of).where(claims.c.id == before)).scalar()
    others = connection.execute(
        select(claims.c.number, claim_lines.c.charge_id, claim_lines.c.code, claim_lines.c.served_on)
        .join(claims, claims.c.id == claim_lines.c.claim_id)
        .join(covers, covers.c.id == claims.c.cover_id)
        .join(plans, plans.c.id == covers.c.plan_id)
        .where(
            claims.c.patient_id.in_(ids_of(connection, row.patient_id)),
            plans.c.insurer_id == insurer_id,
            claims.c.status.in_(rules.LIVE),
            claims.c.id.not_in(chain),
            # What the primary left open is asked of the secondary besides its own part of the same invoice.
            ~((claims.c.invoice_id == row.invoice_id) & _moved_on(row)),
            # Both covers of a patient may be of one insurer: each is asked for its own share of the same services.
            ~((claims.c.invoice_id == row.invoice_id) & (claims.c.cover_id != row.cover_id)),
            claim_lines.c.served_on.in_({line.served_on for line in lines}),
        )
    ).all()
    own = {line.charge_id for line in lines}
    done = {(line.code, line.served_on) for line in lines if line.code}
    return tuple(
        Earlier(other.number, other.code or "", date.fromisoformat(other.served_on), other.charge_id,
                other.charge_id in own)
        for other in others
        if other.charge_id in own or (other.code, other.served_on) in done
    )  # fmt: skip


def _moved_on(row: Row[tuple[object, ...]]) -> ColumnElement[bool]:
    """The claims of an invoice that stand beside this one, because one of the two is of what the primary left open."""
    return true() if row.primary_claim_id is not None else claims.c.primary_claim_id.is_not(None)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _is_own(code: str, price_code: str) -> bool:
    """Whether a line is claimed under the clinic's own code: a price list may bear procedure codes too."""
    return bool(code) and code.casefold() == price_code.casefold() and not is_procedure(code.upper())
