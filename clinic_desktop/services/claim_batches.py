"""Batches: ready claims of one insurer sent together, as a file that a person can send and a list to print."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, Row, select

from clinic_desktop.domain.money import minor_digits
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.claim_rows import claim_row, facts_of
from clinic_desktop.services.claims import require_complete
from clinic_desktop.services.merges import kept_id
from clinic_desktop.store.tables.insurance import claim_batches, claim_lines, claims, insurers
from clinic_desktop.store.tables.patients import patients

COLUMNS = (
    "batch", "claim", "resubmission_of", "payer_reference", "payer_code", "insurer", "plan", "policy_number",
    "group_number", "holder", "relation", "order", "mrn", "family_name", "given_names", "born_on", "sex", "invoice",
    "diagnoses", "authorisation", "line", "service_date", "code", "modifiers", "pointers", "description", "quantity",
    "line_amount", "billed", "claimed", "currency",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Batch:
    """One batch; amounts in minor units."""

    id: str
    revision: int
    number: str
    insurer: str
    claims: int
    claimed: int
    currency: str
    made_at: str
    sent_at: str | None


@dataclass(frozen=True)
class BatchClaim:
    """One claim of a batch, for the printed list."""

    number: str
    mrn: str
    name: str
    policy_number: str
    claimed: int


@dataclass(frozen=True)
class BatchFile:
    """What is sent: the file's name and text; `patients` are those in it."""

    batch: Batch
    name: str
    text: str
    claims: tuple[BatchClaim, ...]
    patients: tuple[str, ...]


@command
def make_batch(act: Act, claim_ids: Sequence[str]) -> str:
    """Put ready claims of one insurer into a batch; each is checked again. Raises Refusal. Returns its id."""
    rows = [claim_row(act.conn, one) for one in dict.fromkeys(claim_ids)]
    if not rows:
        raise Refusal(N_("Choose claims that are ready."), field="claims")
    for row in rows:
        if row.status != "ready" or row.batch_id is not None:
            raise Refusal(N_("{number} is not ready, or in a batch already."), field="claims", number=row.number)
        require_complete(act, row)
    payers = {facts_of(act.conn, row).insurer_id for row in rows}
    currencies = {row.currency for row in rows}
    if len(payers) != 1 or len(currencies) != 1:
        raise Refusal(N_("A batch goes to one insurer, in one currency."), field="claims")
    values = {
        "number": act.number("CB"),
        "insurer_id": payers.pop(),
        "claims": len(rows),
        "claimed": sum(row.claimed for row in rows),
        "currency": currencies.pop(),
        "made_at": act.at,
        "made_by": act.session.staff_id,
    }
    batch_id = act.create(claim_batches, values, kind="claim_batch.made")
    for row in rows:
        act.change(claims, row.id, {"batch_id": batch_id}, kind="claim.batched")
    return batch_id


@command
def mark_sent(act: Act, batch_id: str, *, expect: int) -> int:
    """Note that a batch went out: its claims wait for the insurer's answer. Raises Refusal."""
    batch = _batch(act.conn, batch_id)
    if batch.sent_at is not None:
        raise Refusal(N_("This batch was sent already."), field="batch")
    rows = act.conn.execute(select(claims).where(claims.c.batch_id == batch_id, claims.c.status == "ready")).all()
    if not rows:
        raise Refusal(N_("There is no claim in this batch any more."), field="batch")
    for row in rows:
        require_complete(act, row)
        act.change(claims, row.id, {"status": "sent", "sent_at": act.at}, kind="claim.sent")
    sent = {"sent_at": act.at, "sent_by": act.session.staff_id}
    return act.change(claim_batches, batch_id, sent, kind="claim_batch.sent", expect=expect)


@query
def batches(read: Read) -> tuple[Batch, ...]:
    """The newest hundred batches, those not sent yet first."""
    rows = read.conn.execute(
        select(claim_batches, insurers.c.name)
        .join(insurers, insurers.c.id == claim_batches.c.insurer_id)
        .where(claim_batches.c.claims > 0)
        .order_by(claim_batches.c.sent_at.is_not(None), claim_batches.c.made_at.desc())
        .limit(100)
    )
    return tuple(_shown(row) for row in rows)


@query(access="bill", of=lambda found: found.patients)
def batch_file(read: Read, batch_id: str, kind: str) -> BatchFile:
    """A batch as ``csv`` (one line for each service) or ``json``, in UTF-8. Raises Refusal."""
    if kind not in {"csv", "json"}:
        raise Refusal(N_("A batch is written as CSV or JSON."), field="kind")
    found = read.conn.execute(
        select(claim_batches, insurers.c.name)
        .join(insurers, insurers.c.id == claim_batches.c.insurer_id)
        .where(claim_batches.c.id == batch_id)
    ).one_or_none()
    if found is None:
        raise Refusal(N_("There is no such batch."), field="batch")
    rows = read.conn.execute(select(claims).where(claims.c.batch_id == batch_id).order_by(claims.c.number)).all()
    lines, listed = [], []
    for row in rows:
        one, who = _lines(read.conn, found.number, row)
        lines += one
        listed.append(who)
    text = _csv(lines) if kind == "csv" else json.dumps(lines, ensure_ascii=False, indent=2) + "\n"
    seen = tuple(dict.fromkeys(kept_id(read.conn, row.patient_id) for row in rows))
    return BatchFile(_shown(found), f"{found.number}.{kind}", text, tuple(listed), seen)


def _lines(connection: Connection, batch: str, row: Row[tuple[object, ...]]) -> tuple[list[dict[str, str]], BatchClaim]:
    facts = facts_of(connection, row)
    who = connection.execute(select(patients).where(patients.c.id == kept_id(connection, row.patient_id))).one()
    head = {
        "batch": batch, "claim": row.number, "resubmission_of": facts.resubmission_of,
        "payer_reference": row.payer_reference or "", "payer_code": facts.payer_code, "insurer": facts.insurer,
        "plan": facts.plan, "policy_number": facts.policy_number, "group_number": facts.group_number,
        "holder": facts.holder, "relation": facts.relation, "order": str(facts.position), "mrn": who.mrn,
        "family_name": who.family_name, "given_names": who.given_names, "born_on": who.born_on or "", "sex": who.sex,
        "invoice": facts.invoice, "diagnoses": row.diagnoses or "", "authorisation": row.authorisation or "",
    }  # fmt: skip
    sums = {
        "billed": _decimal(row.billed, row.currency),
        "claimed": _decimal(row.claimed, row.currency),
        "currency": row.currency,
    }
    found = connection.execute(
        select(claim_lines).where(claim_lines.c.claim_id == row.id).order_by(claim_lines.c.position)
    )
    lines = [
        head
        | {
            "line": str(line.position), "service_date": line.served_on, "code": line.code or "",
            "modifiers": line.modifiers or "", "pointers": line.pointers or "", "description": line.description,
            "quantity": str(line.quantity), "line_amount": _decimal(line.amount, row.currency),
        }
        | sums
        for line in found
    ]  # fmt: skip
    name = f"{who.family_name.upper()}, {who.given_names}"
    return lines, BatchClaim(row.number, who.mrn, name, facts.policy_number, row.claimed)


def _csv(lines: Sequence[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    # A cell that a spreadsheet would run as a formula is marked as text.
    writer.writerows(
        {key: f"'{cell}" if cell.startswith(FORMULA) else cell for key, cell in line.items()} for line in lines
    )
    return out.getvalue()


def _decimal(amount: int, currency: str) -> str:
    digits = minor_digits(currency)
    return f"{Decimal(amount).scaleb(-digits):.{digits}f}"


def _shown(row: Row[tuple[object, ...]]) -> Batch:
    return Batch(
        row.id, row.revision, row.number, row.name, row.claims, row.claimed, row.currency, row.made_at, row.sent_at
    )  # fmt: skip


def _batch(connection: Connection, batch_id: str) -> Row[tuple[object, ...]]:
    row = connection.execute(select(claim_batches).where(claim_batches.c.id == batch_id)).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such batch."), field="batch")
    return row
