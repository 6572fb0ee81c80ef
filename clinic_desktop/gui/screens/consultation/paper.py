"""The visit summary on paper: the facts of the encounter in the words of the document."""

from datetime import datetime

from clinic_desktop.domain import vitals
from clinic_desktop.gui.screens.consultation.pages import SYSTEM_WORDS
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.i18n import _
from clinic_desktop.services.encounters import VisitSummary
from clinic_desktop.services.patients import age_words, sex_words


def summary_paper(facts: VisitSummary, user: str, now: datetime) -> bytes:
    """Make the PDF; called off the window's thread, so that ReportLab is loaded there and only when asked for."""
    from clinic_desktop.reports.page import ClinicHead, PatientIdentity, Printed
    from clinic_desktop.reports.visit_summary import VisitSummaryPaper, VisitSummaryPart, visit_summary

    patient = facts.patient
    identity = PatientIdentity(
        patient.family_name,
        patient.given_names,
        patient.mrn,
        sex_words(patient.sex),
        patient.born_on,
        patient.born_precision != "day",
        age_words(patient.born_on, now.astimezone().date()),
    )
    findings = tuple(f"{_(SYSTEM_WORDS[system])}: {words}" for system, words in facts.findings)
    reason = ", ".join(filter(None, (facts.complaint, facts.onset)))
    paper = VisitSummaryPaper(
        ClinicHead(facts.clinic),
        identity,
        Printed(now.astimezone(), user),
        facts.encounter_id[-8:],
        facts.started_at.astimezone(),
        facts.practitioner,
        _allergies(facts),
        reason or "–",
        vitals=_signs(facts),
        diagnoses=tuple(
            " ".join(filter(None, (code, title))) for code, title, said in facts.diagnoses if said != "refuted"
        ),
        medicines=tuple(f"{each.name}, {each.sig}" for each in facts.prescribed),
        investigations=tuple(each.test_code for each in facts.ordered),
        notes=(VisitSummaryPart(_("Examination"), findings),) if findings else (),
        plan="; ".join(words for _name, words in facts.plan),
        follow_up="" if facts.follow_up_on is None else show_date(facts.follow_up_on),
        addenda=tuple(f"{each.author}: {each.text}" for each in facts.addenda),
        signed_at=None if facts.signed_at is None else facts.signed_at.astimezone(),
        allergies_listed=bool(facts.allergies),
    )
    return visit_summary(paper)


def _signs(facts: VisitSummary) -> tuple[tuple[str, str], ...]:
    day = facts.started_at.astimezone().date()
    return tuple(
        (_(vitals.BY_CODE[row.code].name), f"{vitals.plain(row.value)} {vitals.BY_CODE[row.code].shown_unit}")
        for row in facts.vitals
        if row.encounter_id == facts.encounter_id or row.taken_at.astimezone().date() == day
    )


def _allergies(facts: VisitSummary) -> str:
    if facts.patient.allergy_state == "none_known":
        return _("None known")
    if facts.patient.allergy_state == "not_asked":
        return _("Not asked")
    return ", ".join(each.substance for each in facts.allergies)
