"""Claims in words: states, answers, what is missing, and the columns of the lists."""

from clinic_desktop.domain.claims import Finding
from clinic_desktop.domain.money import amount_text, money_text
from clinic_desktop.gui.widgets.civil import show_date, show_instant
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.claim_batches import Batch
from clinic_desktop.services.claim_views import AnswerView, Claim, ClaimRow, LineView, ToClaim
from clinic_desktop.services.insurance import Insurer, Plan

SHOWS = {
    "to_claim": N_("To claim"),
    "draft": N_("Drafts"),
    "ready": N_("Ready"),
    "sent": N_("Sent"),
    "answered": N_("Unpaid"),
    "closed": N_("Closed"),
    "batches": N_("Batches"),
    "insurers": N_("Insurers"),
}
EMPTY = {
    "draft": N_("No claim is being worked on. Make one under To claim."),
    "ready": N_("No claim is ready to be sent."),
    "sent": N_("No claim waits for an insurer's answer."),
    "answered": N_("No claim was rejected or paid in part."),
    "closed": N_("No claim is paid or cancelled yet."),
}
STATES = {
    "draft": (N_("Draft"), "neutral"),
    "ready": (N_("Ready"), "information"),
    "sent": (N_("Sent"), "information"),
    "accepted": (N_("Accepted"), "information"),
    "rejected": (N_("Rejected"), "critical"),
    "paid": (N_("Paid"), "good"),
    "partly_paid": (N_("Paid in part"), "warning"),
    "cancelled": (N_("Cancelled"), "neutral"),
}
ANSWERS = {"paid": N_("Paid"), "rejected": N_("Rejected"), "accepted": N_("Accepted")}


def side_words(shown: str) -> str:
    """What stands beside a list that has no form."""
    if shown in {"batches", "ready"}:
        return _("A batch goes to one insurer. Save its file and send it the way the insurer asks, then mark it sent.")
    return _("What was invoiced to a patient with a cover is claimed from here.") if shown == "to_claim" else ""


def finding_words(found: Finding) -> str:
    """One thing that is missing or odd, and what to do about it."""
    return f"{_(found.words).format(**dict(found.facts))} {_(found.remedy)}"


def answer_words(row: AnswerView, currency: str) -> str:
    """One answer in a line."""
    parts = [show_date(row.answered_on), _(STATES[row.answer][0]).lower()]
    for words, amount in (
        (_("paid {amount}"), row.paid),
        (_("to the patient {amount}"), row.to_patient),
        (_("written off {amount}"), row.written_off),
    ):
        if amount:
            parts.append(words.format(amount=money_text(amount, currency)))
    parts += [part for part in (row.payer_reference, row.reason, row.entered_by) if part]
    if row.taken_back:
        parts.append(_("TAKEN BACK: {reason}").format(reason=row.taken_back))
    return "  ·  ".join(parts)


def about(claim: Claim) -> str:
    """A claim in two lines: who pays by what, and how much."""
    money = [
        _("claimed {amount}").format(amount=money_text(claim.claimed, claim.currency)),
        _("of {amount}").format(amount=money_text(claim.billed, claim.currency)),
    ]
    if claim.open != claim.claimed:
        money.append(_("still open {amount}").format(amount=money_text(claim.open, claim.currency)))
    rest = [
        _("invoice {number}").format(number=claim.invoice),
        _("file by {day}").format(day=show_date(claim.file_by)) if claim.file_by else "",
        _("batch {number}").format(number=claim.batch) if claim.batch else "",
        _("again for {number}").format(number=claim.resubmission_of) if claim.resubmission_of else "",
        _("sent again as {number}").format(number=claim.resubmitted_as) if claim.resubmitted_as else "",
        claim.reason,
        *_primary(claim),
    ]
    first = "  ·  ".join([claim.insurer, claim.plan, claim.policy_number, *money])
    return "\n".join([first, "  ·  ".join(part for part in rest if part)])


def _primary(claim: Claim) -> list[str]:
    """What the first insurer answered, where this claim asks the second; what went to the second, where it did."""
    first = claim.primary
    if first is not None:
        words = _("{insurer} paid {paid} of {claimed} ({number}): {reason}")
        paid, claimed = money_text(first.paid, claim.currency), money_text(first.claimed, claim.currency)
        return [words.format(insurer=first.insurer, paid=paid, claimed=claimed, number=first.number,
                             reason=first.reason or "–")]  # fmt: skip
    if claim.moved:
        return [_("{amount} asked of the second insurer").format(amount=money_text(claim.moved, claim.currency))]
    return []


def invoice_columns() -> list[Column[ToClaim]]:
    """What is still to be claimed."""
    return [
        Column("number", _("Invoice"), lambda row: row.number, width=150),
        Column("patient", _("Patient"), lambda row: row.name, width=190, stretch=True, strong=True),
        Column("mrn", _("MRN"), lambda row: row.mrn, width=150, subtle=True),
        Column("insurer", _("Insurer"), lambda row: row.insurer, width=150),
        Column("amount", _("Owes"), lambda row: money_text(row.amount, row.currency), width=120, number=True,
               sort=lambda row: row.amount),
        Column("issued", _("Issued"), lambda row: show_instant(row.issued_at), width=146,
               sort=lambda row: row.issued_at),
    ]  # fmt: skip


def claim_columns() -> list[Column[ClaimRow]]:
    """The worklist."""
    return [
        Column("state", _("State"), lambda row: _(STATES[row.status][0]), width=112, look=_state),
        Column("number", _("Claim"), lambda row: row.number, width=140),
        Column("patient", _("Patient"), lambda row: row.name, width=160, stretch=True, strong=True),
        Column("insurer", _("Insurer"), lambda row: row.insurer, width=140),
        Column("claimed", _("Claimed"), lambda row: money_text(row.claimed, row.currency), width=112, number=True,
               sort=lambda row: row.claimed),
        Column("batch", _("Batch"), lambda row: row.batch, width=130, subtle=True),
    ]  # fmt: skip


def line_columns() -> list[Column[LineView]]:
    """The lines of a claim."""
    return [
        Column("place", "", lambda row: str(row.position), width=32, number=True, subtle=True),
        Column("code", _("Code"), _code, width=160, strong=True),
        Column("what", _("Service"), lambda row: row.description, width=180, stretch=True),
        Column("on", _("On"), lambda row: show_date(row.served_on), width=110),
        Column("for", _("For diagnosis"), lambda row: row.pointers, width=110),
        Column("amount", _("Amount"), lambda row: amount_text(row.amount, row.currency), width=90, number=True),
    ]


def batch_columns() -> list[Column[Batch]]:
    """The batches."""
    return [
        Column("number", _("Batch"), lambda row: row.number, width=150, strong=True),
        Column("insurer", _("Insurer"), lambda row: row.insurer, width=200, stretch=True),
        Column("claims", _("Claims"), lambda row: str(row.claims), width=80, number=True),
        Column("claimed", _("Claimed"), lambda row: money_text(row.claimed, row.currency), width=130, number=True),
        Column("made", _("Made"), lambda row: show_instant(row.made_at), width=146),
        Column("sent", _("Sent"), lambda row: show_instant(row.sent_at) if row.sent_at else _("not yet"), width=146,
               meaning=lambda row: "" if row.sent_at else "warning"),
    ]  # fmt: skip


def insurer_columns() -> list[Column[Insurer]]:
    """The insurers."""
    return [
        Column("name", _("Insurer"), lambda row: row.name, width=200, stretch=True, strong=True),
        Column("code", _("Payer code"), lambda row: row.payer_code, width=120),
        Column("form", _("Policy numbers"), lambda row: row.policy_format, width=170, subtle=True),
        Column("phone", _("Telephone"), lambda row: row.phone, width=140),
        Column("plans", _("Plans"), lambda row: str(row.plans), width=70, number=True),
        Column("active", _("In use"), lambda row: _("yes") if row.active else _("no"), width=70),
    ]


def plan_columns() -> list[Column[Plan]]:
    """The plans of an insurer."""
    return [
        Column("name", _("Plan"), lambda row: row.name, width=180, stretch=True, strong=True),
        Column("share", _("Share"), lambda row: f"{row.share} %", width=70, number=True),
        Column("copay", _("Copay"), lambda row: money_text(row.copay, row.currency), width=110, number=True),
        Column("ceiling", _("A year"), lambda row: "" if row.ceiling is None else money_text(row.ceiling, row.currency),
               width=120, number=True),
        Column("authorisation", _("Authorisation"), lambda row: _("needed") if row.needs_authorisation else "",
               width=110),
        Column("filing", _("File within"), _filing, width=100),
        Column("active", _("In use"), lambda row: _("yes") if row.active else _("no"), width=70),
    ]  # fmt: skip


def _state(row: ClaimRow) -> Look:
    words, meaning = STATES[row.status]
    return Look(_(words), meaning)


def _filing(row: Plan) -> str:
    return _("{n} days").format(n=row.filing_days) if row.filing_days else ""


def _code(row: LineView) -> str:
    return " ".join(part for part in (row.code, row.modifiers) if part) or _("none")
