"""The downtime pack: today's patients on one sealed paper, each from a page of their own, to work from by hand."""

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports import health_summary as summary
from clinic_desktop.reports.consent_papers import filled
from clinic_desktop.reports.flow import BODY, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, Paper
from clinic_desktop.reports.printed import head_of, identity_of, printed_by
from clinic_desktop.reports.sealed import Seal
from clinic_desktop.reports.sheet import CRITICAL, MM
from clinic_desktop.reports.wording import day, moment
from clinic_desktop.services import downtime, sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.downtime import ToldToday

WHERE = {"booked": N_("booked"), "here": N_("waiting"), "seen": N_("being seen")}
# Room to write by hand under each patient.
LINES = (
    N_("Seen at"),
    N_("Complaint and findings"),
    N_("Diagnosis"),
    N_("Medicines given or ordered"),
    N_("Signed by"),
)


def downtime_pack(desk: Desk, password: str) -> tuple[bytes, int]:
    """The pack as a sealed PDF, and how many patients are in it; a restricted record says so and what must be known."""
    people = downtime.todays_patients(desk)
    paper = Paper(A4, head_of(desk), printed_by(desk), _("Downtime pack"), number=day(desk.now.astimezone().date()))
    paper.say(_("Made {moment}. Use it only while the computers stand still.").format(moment=moment(desk.now)), STRONG)
    paper.say(_("Enter what is written here into the records as soon as they run again, then shred it."), gap=8)
    identities = {one.patient_id: identity_of(desk, one.patient_id) for one in people}
    columns = [Column(paper.width * part) for part in (0.1, 0.33, 0.23, 0.14, 0.2)]
    paper.section(_("Today's patients"))
    if not people:
        paper.say(_("Nobody is expected or here."))
    else:
        paper.head_row((_("Time"), _("Patient"), _("Record number"), _("Is"), _("With")), columns)
    for one in people:
        who = identities[one.patient_id]
        paper.row(
            [Cell(f"{one.at.astimezone():%H:%M}"), Cell(who.name(), STRONG), Cell(who.mrn), Cell(_(WHERE[one.where])),
             Cell(one.with_whom)], columns,
        )  # fmt: skip
    for one in people:
        paper.next_patient(identities[one.patient_id])
        _record(paper, desk, one)
    return paper.finish(seal=Seal(password, may_print=True)), len(people)


def _record(paper: Paper, desk: Desk, one: ToldToday) -> None:
    if one.what_for:
        paper.labelled(_("Comes for"), one.what_for)
    try:
        facts = sharing.health_summary_facts(desk, one.patient_id)
    except Refusal as refused:
        paper.say(_("The record is not printed here:"), Style(BODY, bold=True, colour=CRITICAL))
        paper.say(_(refused.message).format(**refused.facts))
        paper.say(_("Ask the patient about allergies and medicines."), STRONG)
    else:
        summary.put_parts(paper, filled(desk, one.patient_id, facts), briefly=True)
    paper.section(_("Written by hand"))
    for label in LINES:
        paper.labelled(_(label), "")
        paper.space(9 * MM)
        paper.rule()
