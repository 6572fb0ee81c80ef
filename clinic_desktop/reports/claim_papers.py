"""From a claim to its form, and from a batch to its printed list."""

from clinic_desktop.domain.money import money_text
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports import claim as paper
from clinic_desktop.reports.printed import head_of, here, identity_of, printed_by
from clinic_desktop.services import claim_batches, claim_views
from clinic_desktop.services.acts import Desk

RELATIONS = {
    "self": N_("the holder"),
    "spouse": N_("spouse of the holder"),
    "child": N_("child of the holder"),
    "parent": N_("parent of the holder"),
    "other": N_("otherwise related to the holder"),
}
STATES = {
    "draft": N_("draft"),
    "ready": N_("ready to be sent"),
    "sent": N_("sent"),
    "accepted": N_("accepted"),
    "rejected": N_("rejected"),
    "paid": N_("paid"),
    "partly_paid": N_("paid in part"),
    "cancelled": N_("cancelled"),
}


def claim(desk: Desk, claim_id: str) -> bytes:
    """A claim as PDF."""
    facts = claim_views.claim(desk, claim_id)
    return paper.claim(
        paper.ClaimPaper(
            clinic=head_of(desk),
            patient=identity_of(desk, facts.patient_id),
            printed=printed_by(desk),
            number=facts.number,
            state=_(STATES[facts.status]),
            void=facts.status == "cancelled",
            insurer=facts.insurer,
            payer_code=facts.payer_code,
            insurer_address=facts.insurer_address,
            plan=facts.plan,
            order=_("first") if facts.position == 1 else _("second, after another insurer"),
            policy_number=facts.policy_number,
            group_number=facts.group_number,
            holder=facts.holder,
            relation=_(RELATIONS[facts.relation]),
            invoice=facts.invoice,
            diagnoses=facts.diagnoses,
            authorisation=facts.authorisation,
            resubmission_of=facts.resubmission_of,
            payer_reference=facts.payer_reference,
            file_by=facts.file_by,
            sent_at=here(facts.sent_at) if facts.sent_at else None,
            currency=facts.currency,
            lines=tuple(
                paper.ClaimPaperLine(
                    line.served_on, line.code, line.modifiers, line.pointers, line.description, line.quantity,
                    line.amount,
                )
                for line in facts.lines
            ),
            billed=facts.billed,
            claimed=facts.claimed,
            missing=tuple(
                f"{_(one.words).format(**dict(one.facts))} {_(one.remedy)}" for one in facts.findings if one.stops
            ),
            primary=_primary(facts),
        )
    )  # fmt: skip


def _primary(facts: claim_views.Claim) -> str:
    first = facts.primary
    if first is None:
        return ""
    words = _("{insurer}, {number}: paid {paid} of {claimed}. {reason}")
    return words.format(
        insurer=first.insurer, number=first.payer_reference or first.number, reason=first.reason,
        paid=money_text(first.paid, facts.currency), claimed=money_text(first.claimed, facts.currency),
    )  # fmt: skip


def batch(desk: Desk, batch_id: str) -> bytes:
    """The list of a batch as PDF."""
    facts = claim_batches.batch_file(desk, batch_id, "csv")
    return paper.batch(
        paper.BatchPaper(
            clinic=head_of(desk),
            printed=printed_by(desk),
            number=facts.batch.number,
            insurer=facts.batch.insurer,
            made_at=here(facts.batch.made_at),
            sent_at=here(facts.batch.sent_at) if facts.batch.sent_at else None,
            currency=facts.batch.currency,
            claims=tuple((one.number, one.mrn, one.name, one.policy_number, one.claimed) for one in facts.claims),
            claimed=facts.batch.claimed,
        )
    )
