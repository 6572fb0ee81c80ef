"""Claims: made from an invoice, completed, checked with no network, made ready and made again. Part of insurance."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import claims as rules
from clinic_desktop.domain.counting import says_something
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.claim_moves import move_back
from clinic_desktop.services.claim_rows import claim_row, copy_lines, findings, fresh, open_amount, resubmitted_as
from clinic_desktop.services.covers import shares_of
from clinic_desktop.store.tables.billing import charges, invoice_lines, invoices
from clinic_desktop.store.tables.chart import problems
from clinic_desktop.store.tables.insurance import claim_batches, claim_lines, claims

IN_ACT = ("require_complete",)

SUBMISSION_METHODS = ("electronic", "portal", "paper")


@dataclass(frozen=True)
class LineEdit:
    """What may be changed of a line."""

    line_id: str
    code: str
    modifiers: str = ""
    pointers: str = ""


@command
def make_claims(act: Act, invoice_id: str) -> tuple[str, ...]:
    """Make a claim for each insurer that owes something on an invoice and was not asked yet. Raises Refusal."""
    row = act.conn.execute(select(invoices).where(invoices.c.id == invoice_id)).one_or_none()
    if row is None or row.status != "issued":
        raise Refusal(N_("This invoice is void or not there: nothing can be claimed."), field="invoice")
    shared = [one for one in shares_of(act.conn, invoice_id) if one.amount]
    if not shared:
        raise Refusal(N_("No cover of the patient owes anything on this invoice."), field="invoice")
    asked = select(claims.c.cover_id).where(claims.c.invoice_id == invoice_id, claims.c.status != "cancelled")
    done = set(act.conn.execute(asked).scalars())
    made = tuple(_make(act, row, one.cover_id, one.amount) for one in shared if one.cover_id not in done)
    if not made:
        raise Refusal(N_("It was claimed already."), field="invoice")
    return made


@command
def change_claim(
    act: Act,
    claim_id: str,
    *,
    diagnoses: str,
    authorisation: str,
    payer_reference: str = "",
    lines: Sequence[LineEdit] = (),
    submission_method: str | None = None,
    expect: int,
) -> int:
    """Complete a claim that was not sent. Raises Refusal naming the field.

    Where `submission_method` is None the way it is sent stays as it is.
    """
    row = claim_row(act.conn, claim_id)
    rules.require_move("ready", row.status)
    found = rules.codes(diagnoses)
    for edit in lines:
        _change_line(act, claim_id, edit, len(found))
    changes = {
        "diagnoses": " ".join(found) or None,
        "authorisation": clean(authorisation, "authorisation", most=60) or None,
        "payer_reference": clean(payer_reference, "payer_reference", most=60) or None,
    }
    if submission_method is not None:
        if submission_method and submission_method not in SUBMISSION_METHODS:
            raise Refusal(N_("Choose how the claim is sent."), field="submission_method")
        changes["submission_method"] = submission_method or None
    return act.change(claims, claim_id, changes, kind="claim.changed", expect=expect, touched=bool(lines))


@command
def make_ready(act: Act, claim_id: str, *, expect: int) -> int:
    """Say that a claim may be sent. Raises Refusal with the first thing that an insurer would send it back for."""
    row = claim_row(act.conn, claim_id)
    rules.require_move("ready", row.status)
    require_complete(act, row)
    return act.change(claims, claim_id, {"status": "ready"}, kind="claim.made_ready", expect=expect)


@command
def back_to_draft(act: Act, claim_id: str, *, expect: int) -> int:
    """Take a ready claim back to work on it; it leaves the batch that was not sent. Raises Refusal."""
    row = claim_row(act.conn, claim_id)
    rules.require_move("draft", row.status)
    _leave_batch(act, row)
    changes = {"status": "draft", "batch_id": None}
    return act.change(claims, claim_id, changes, kind="claim.back_to_draft", expect=expect)


@command
def cancel_claim(act: Act, claim_id: str, *, reason: str, expect: int) -> int:
    """Cancel a claim with the reason; its invoice can be claimed again. Raises Refusal."""
    row = claim_row(act.conn, claim_id)
    rules.require_move("cancel", row.status)
    said = _reason(reason)
    if row.status == "ready":
        _leave_batch(act, row)
    move_back(act, row)
    changes = {"status": "cancelled", "reason": said} | ({"batch_id": None} if row.status == "ready" else {})
    return act.change(claims, claim_id, changes, kind="claim.cancelled", reason=said, expect=expect)


@command
def resubmit_claim(act: Act, claim_id: str, *, expect: int) -> str:
    """Make a new claim of what is still open on one that was rejected or paid in part; returns its id."""
    row = claim_row(act.conn, claim_id)
    rules.require_move("resubmit", row.status)
    if row.revision != expect:
        raise Refusal(N_("Somebody changed this meanwhile. Look at it again; what you typed is kept."))
    again = resubmitted_as(act.conn, claim_id)
    if again:
        raise Refusal(N_("It was sent again already, as {number}."), field="claim", number=again)
    rest = open_amount(act.conn, row)
    if not rest:
        raise Refusal(N_("Nothing is open on this claim any more."), field="claim")
    kept = {
        name: getattr(row, name)
        for name in (
            "patient_id", "invoice_id", "cover_id", "diagnoses", "authorisation", "billed", "currency",
            "payer_reference", "submission_method", "primary_claim_id",
        )
    }  # fmt: skip
    new = act.create(claims, {**kept, **fresh(act), "claimed": rest, "resubmission_of": claim_id}, kind="claim.made")
    copy_lines(act, claim_id, new)
    return new


def require_complete(act: Act, row: Row[tuple[object, ...]]) -> None:
    """Refuse a claim that an insurer would send back, naming the first reason."""
    found = findings(act.conn, row, act.now.astimezone().date())
    if rules.stops(found):
        first = found[0]
        raise Refusal(
            N_("{number}: {what} {remedy}"), field=first.field, number=row.number,
            what=first.words.format(**dict(first.facts)), remedy=first.remedy,
        )  # fmt: skip


def _make(act: Act, invoice: Row[tuple[object, ...]], cover_id: str, amount: int) -> str:
    lines = act.conn.execute(
        select(invoice_lines, charges.c.price_code, charges.c.charged_at, charges.c.encounter_id, charges.c.diagnoses)
        .join(charges, charges.c.id == invoice_lines.c.charge_id)
        .where(invoice_lines.c.invoice_id == invoice.id)
        .order_by(invoice_lines.c.position)
    ).all()
    coded = [code for line in lines for code in (line.diagnoses or "").split()]
    seen = _diagnoses(act.conn, {line.encounter_id for line in lines if line.encounter_id})
    found = tuple(dict.fromkeys((*coded, *seen)))[: rules.MOST_DIAGNOSES]
    claim_id = act.create(
        claims,
        {
            **fresh(act),
            "patient_id": invoice.patient_id,
            "invoice_id": invoice.id,
            "cover_id": cover_id,
            "diagnoses": " ".join(found) or None,
            "billed": invoice.total,
            "claimed": amount,
            "currency": invoice.currency,
        },
        kind="claim.made",
    )
    for place, line in enumerate(lines, start=1):
        values = {
            "claim_id": claim_id, "patient_id": invoice.patient_id, "charge_id": line.charge_id, "position": place,
            "code": line.procedure_code or line.price_code, "modifiers": line.modifiers,
            "description": line.description, "quantity": line.quantity,
            "served_on": from_text(line.charged_at).astimezone().date().isoformat(), "amount": line.amount,
            "pointers": "1" if found else None,
        }  # fmt: skip
        act.create(claim_lines, values, kind="claim_line.made")
    return claim_id


def _diagnoses(connection: Connection, visits: set[str]) -> tuple[str, ...]:
    """The codes of what was diagnosed on these visits and stands, the oldest first."""
    rows = connection.execute(
        select(problems.c.code)
        .where(
            problems.c.encounter_id.in_(visits),
            problems.c.code.is_not(None),
            problems.c.status != "entered_in_error",
            problems.c.certainty != "refuted",
        )
        .order_by(problems.c.noted_at, problems.c.id)
    ).scalars()
    return tuple(dict.fromkeys(code.upper() for code in rows if code))[: rules.MOST_DIAGNOSES]


def _change_line(act: Act, claim_id: str, edit: LineEdit, diagnoses: int) -> None:
    row = act.conn.execute(select(claim_lines).where(claim_lines.c.id == edit.line_id)).one_or_none()
    if row is None or row.claim_id != claim_id:
        raise Refusal(N_("This line is not on the claim."), field="code")
    values = {
        "code": clean(edit.code, "code", most=60).upper() or None,
        "modifiers": clean(edit.modifiers, "modifiers", most=20).upper() or None,
        "pointers": " ".join(str(one) for one in rules.pointers(edit.pointers, diagnoses)) or None,
    }
    act.change(claim_lines, row.id, values, kind="claim_line.changed")


def _leave_batch(act: Act, row: Row[tuple[object, ...]]) -> None:
    if row.batch_id is None:
        return
    batch = act.conn.execute(select(claim_batches).where(claim_batches.c.id == row.batch_id)).one()
    less = {"claims": batch.claims - 1, "claimed": batch.claimed - row.claimed}
    act.change(claim_batches, batch.id, less, kind="claim_batch.changed")


def _reason(text: str) -> str:
    if not says_something(text):
        raise Refusal(N_("Say why."), field="reason")
    return clean(text, "reason", most=500)
