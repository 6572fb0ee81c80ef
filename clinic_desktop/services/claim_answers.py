"""What insurers answer to claims: money in the ledger, or a reason; and how an answer is taken back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, func, select

from clinic_desktop.domain import claims as rules
from clinic_desktop.domain.billing import Posting, reversed_postings
from clinic_desktop.domain.counting import says_something
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.billing import outstanding, post
from clinic_desktop.services.claim_rows import claim_row, open_amount, resubmitted_as
from clinic_desktop.store.tables.insurance import claim_answers, claims


@dataclass(frozen=True)
class NewAnswer:
    """An answer as it is entered: ``accepted``, ``rejected`` or ``paid``; amounts in minor units.

    What the insurer does not pay is moved to the patient, written off, or stays open on the claim.
    """

    answer: str
    answered_on: date
    paid: int = 0
    to_patient: int = 0
    written_off: int = 0
    payer_reference: str = ""
    reason: str = ""


@command
def enter_answer(act: Act, claim_id: str, new: NewAnswer, *, expect: int) -> int:
    """Enter what the insurer answered; money goes into the ledger in the same act. Raises Refusal naming the field."""
    row = claim_row(act.conn, claim_id)
    rules.require_move("answer", row.status)
    again = resubmitted_as(act.conn, claim_id)
    if again:
        raise Refusal(N_("It was sent again as {number}: the answer belongs there."), field="answer", number=again)
    before = row.claimed - open_amount(act.conn, row)
    status = rules.settled(
        new.answer, claimed=row.claimed, before=before, paid=new.paid, to_patient=new.to_patient,
        written_off=new.written_off,
    )  # fmt: skip
    reason = _reason(new)
    if row.sent_at is not None and new.answered_on.isoformat() < row.sent_at[:10]:
        raise Refusal(N_("The answer is dated before the claim was sent."), field="answered_on")
    if new.answered_on > act.now.astimezone().date():
        raise Refusal(N_("The answer is dated in the future."), field="answered_on")
    reference = clean(new.payer_reference, "payer_reference", most=60) or None
    act.create(
        claim_answers,
        {
            "claim_id": claim_id,
            "patient_id": row.patient_id,
            "answer": status,
            "paid": new.paid,
            "to_patient": new.to_patient,
            "written_off": new.written_off,
            "payer_reference": reference,
            "reason": reason,
            "answered_on": new.answered_on.isoformat(),
            "entered_at": act.at,
            "entered_by": act.session.staff_id,
            "before": row.status,
        },
        kind="claim.answered",
        reason=reason,
    )
    _post(act, row, "insurer_answer", rules.answer_postings(new.paid, new.to_patient, new.written_off))
    changes = {
        "status": status,
        "paid": row.paid + new.paid,
        "reason": reason,
        "payer_reference": reference or row.payer_reference,
    }
    return act.change(claims, claim_id, changes, kind=f"claim.{status}", reason=reason, expect=expect)


@command
def take_back_answer(act: Act, answer_id: str, *, reason: str, expect: int) -> int:
    """Take back the newest answer that stands, entered wrongly: its money is reversed. `expect` is the claim's."""
    if not says_something(reason):
        raise Refusal(N_("Say why."), field="reason")
    said = clean(reason, "reason", most=500)
    answer = act.conn.execute(select(claim_answers).where(claim_answers.c.id == answer_id)).one_or_none()
    if answer is None or answer.taken_back is not None:
        raise Refusal(N_("This answer was taken back already."), field="answer")
    row = claim_row(act.conn, answer.claim_id)
    newest = act.conn.execute(
        select(func.max(claim_answers.c.rowid_)).where(
            claim_answers.c.claim_id == row.id, claim_answers.c.taken_back.is_(None)
        )
    ).scalar_one()
    if newest != answer.rowid_:
        raise Refusal(N_("Take back the newest answer first."), field="answer")
    if resubmitted_as(act.conn, row.id):
        raise Refusal(N_("It was sent again because of this answer. Cancel that claim first."), field="answer")
    if row.moved:
        raise Refusal(
            N_("What was left open went to the secondary insurer. Cancel that claim first."), field="answer"
        )  # fmt: skip
    if answer.to_patient > outstanding(act.conn, row.invoice_id):
        raise Refusal(
            N_("The patient has paid of what was moved to them. Give that back first."), field="answer"
        )  # fmt: skip
    act.change(claim_answers, answer_id, {"taken_back": said}, kind="claim.answer_taken_back", reason=said)
    moved = rules.answer_postings(answer.paid, answer.to_patient, answer.written_off)
    _post(act, row, "insurer_answer_reversed", reversed_postings(moved))
    changes = {"status": answer.before, "paid": row.paid - answer.paid, "reason": None}
    return act.change(claims, row.id, changes, kind="claim.answer_reversed", reason=said, expect=expect)


def _post(act: Act, row: Row[tuple[object, ...]], kind: str, postings: tuple[Posting, ...]) -> None:
    if postings:
        post(
            act, kind, postings, currency=str(row.currency), patient_id=str(row.patient_id),
            invoice_id=str(row.invoice_id),
        )  # fmt: skip


def _reason(new: NewAnswer) -> str | None:
    """Why; a refusal, and what is moved or written off, have one."""
    if (new.answer == "rejected" or new.to_patient or new.written_off) and not says_something(new.reason):
        raise Refusal(N_("Say why, in the insurer's words."), field="reason")
    return clean(new.reason, "reason", most=500) or None
