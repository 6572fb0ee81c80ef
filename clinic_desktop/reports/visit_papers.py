"""From an encounter to the summary that the patient takes home."""

from clinic_desktop.domain import vitals
from clinic_desktop.domain.units import written
from clinic_desktop.i18n import _
from clinic_desktop.reports import visit_summary as paper
from clinic_desktop.reports.printed import head_of, identity_of, printed_by
from clinic_desktop.reports.wording import SYSTEM_WORDS, day
from clinic_desktop.services import encounters, laboratory, prescribing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.encounters import VisitSummary
from clinic_desktop.services.outside_results import is_reported


def visit_number(encounter_id: str) -> str:
    """What an encounter is called on paper: it has no number of its own."""
    return encounter_id[-8:]


def visit_summary(desk: Desk, patient_id: str, encounter_id: str) -> bytes:
    """The visit summary as PDF."""
    facts = encounters.visit_summary_facts(desk, patient_id, encounter_id)
    findings = tuple(f"{_(SYSTEM_WORDS[system])}: {words}" for system, words in facts.findings)
    reason = ", ".join(filter(None, (facts.complaint, facts.onset)))
    return paper.visit_summary(
        paper.VisitSummaryPaper(
            head_of(desk),
            identity_of(desk, patient_id, facts.started_at),
            printed_by(desk),
            visit_number(encounter_id),
            facts.started_at.astimezone(),
            facts.practitioner,
            _allergies(facts),
            reason or "–",
            vitals=_signs(facts),
            diagnoses=tuple(
                " ".join(filter(None, (code, title))) for code, title, said in facts.diagnoses if said != "refuted"
            ),
            medicines=_medicines(desk, facts),
            investigations=_investigations(desk, facts),
            results=_results(facts),
            notes=(paper.VisitSummaryPart(_("Examination"), findings),) if findings else (),
            plan="; ".join(words for _name, words in facts.plan),
            follow_up="" if facts.follow_up_on is None else day(facts.follow_up_on),
            addenda=tuple(f"{each.author}: {each.text}" for each in facts.addenda),
            signed_at=None if facts.signed_at is None else facts.signed_at.astimezone(),
            allergies_listed=bool(facts.allergies),
            elsewhere=facts.elsewhere,
        )
    )


def _medicines(desk: Desk, facts: VisitSummary) -> tuple[str, ...]:
    """What was prescribed and stands, with its strength: a patient who asks elsewhere must be able to name it."""
    standing = dict.fromkeys(each.prescription_id for each in facts.prescribed if each.status != "cancelled")
    lines = (line for each in standing for line in prescribing.prescription(desk, each).lines)
    return tuple(f"{line.title}, {line.sig}" for line in lines)


def _investigations(desk: Desk, facts: VisitSummary) -> tuple[str, ...]:
    """What was ordered and has no result yet: what has one stands with it."""
    released = {(each.order_id, each.test_code) for each in facts.results}
    waiting = [each for each in facts.ordered if (each.order_id, each.test_code) not in released]
    if not waiting:
        return ()
    names = {test.code: test.name for test in laboratory.catalogue(desk).tests}
    # A test that is no longer in the catalogue has no name any more but its code.
    words = (names.get(each.test_code, each.test_code.replace("_", " ")) for each in waiting)
    lines = (
        (_("{test}: reported from elsewhere, see below") if is_reported(each.loinc, word, facts.elsewhere)
         else _("{test}: no result yet")).format(test=word)
        for each, word in zip(waiting, words, strict=True)
    )  # fmt: skip
    return tuple(lines)


def _results(facts: VisitSummary) -> tuple[paper.VisitSummaryResult, ...]:
    return tuple(
        paper.VisitSummaryResult(
            each.name,
            " ".join(filter(None, (each.value, written(each.unit)))),
            each.flag,
            _("Usual {range}").format(range=each.range_text) if each.range_text else "",
        )
        for each in facts.results
    )


def _signs(facts: VisitSummary) -> tuple[tuple[str, str, str], ...]:
    on = facts.started_at.astimezone().date()
    return tuple(
        (_(vitals.BY_CODE[row.code].name), f"{vitals.plain(row.value)} {vitals.BY_CODE[row.code].shown_unit}", row.flag)
        for row in facts.vitals
        if row.encounter_id == facts.encounter_id or row.taken_at.astimezone().date() == on
    )


def _allergies(facts: VisitSummary) -> str:
    if facts.patient.allergy_state == "none_known":
        return _("None known")
    if facts.patient.allergy_state == "not_asked":
        return _("Not asked")
    return ", ".join(each.substance for each in facts.allergies)
