"""What is written into a chart outside a consultation: problems, allergies, medicines taken elsewhere."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.merges import kept_id
from clinic_desktop.store.tables.chart import allergies, medicines_taken, problems
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("note_problem",)


SEVERITIES = ("mild", "moderate", "severe")


@dataclass(frozen=True)
class NewProblem:
    """A problem to be noted; without a code it is words only."""

    title: str
    code: str | None = None
    certainty: str = "confirmed"
    onset_on: date | None = None
    note: str | None = None
    severity: str | None = None


@dataclass(frozen=True)
class NewAllergy:
    """An allergy or intolerance; `ingredient` or `allergy_class` where it was chosen from the reference pack."""

    substance: str
    ingredient: str | None = None
    allergy_class: str | None = None
    reaction: str | None = None
    severity: str = "unknown"


@dataclass(frozen=True)
class OutsideMedicine:
    """A medicine that somebody else gave, or that was bought."""

    name: str
    dose: str | None = None
    medicine_code: str | None = None
    started_on: date | None = None
    daily_amount: str | None = None


@command
def add_problem(act: Act, patient_id: str, problem: NewProblem) -> str:
    """Put a problem on the list; refuses one that is active there already."""
    chart_rows.patient_row(act.conn, patient_id)
    if not problem.title.strip():
        raise Refusal(N_("Name the problem."), field="title")
    if _active_problem(act, patient_id, problem) is not None:
        raise Refusal(N_("This problem is on the list already."), field="title")
    return note_problem(act, patient_id, problem, None)


def note_problem(act: Act, patient_id: str, problem: NewProblem, encounter_id: str | None) -> str:
    """Note a problem inside an act: one that is active already keeps its row and takes the newer certainty."""
    if problem.onset_on is not None and problem.onset_on.isoformat() > _today(act):
        raise Refusal(N_("This date is in the future."), field="onset_on")
    if problem.severity is not None and problem.severity not in SEVERITIES:
        raise Refusal(N_("Choose how severe the problem is."), field="severity")
    present = _active_problem(act, patient_id, problem)
    if present is not None:
        worse = {} if problem.severity is None else {"severity": problem.severity}
        act.change(problems, present, {"certainty": problem.certainty, **worse}, kind="problem.changed")
        return present
    return act.create(
        problems,
        {
            "patient_id": patient_id,
            "encounter_id": encounter_id,
            "code": problem.code,
            "title": problem.title.strip(),
            "certainty": problem.certainty,
            "status": "active",
            "onset_on": None if problem.onset_on is None else problem.onset_on.isoformat(),
            "note": problem.note,
            "severity": problem.severity,
            "noted_by": act.session.staff_id,
            "noted_at": act.at,
        },
        kind="problem.noted",
    )


@command
def resolve_problem(act: Act, problem_id: str, resolved_on: date, expect: int | None = None) -> int:
    """Say that a problem is over."""
    row = _standing(act, problems, problem_id, "active")
    if resolved_on.isoformat() > _today(act):
        raise Refusal(N_("This date is in the future."), field="resolved_on")
    if row["onset_on"] is not None and resolved_on.isoformat() < str(row["onset_on"]):
        raise Refusal(N_("A problem cannot end before it began."), field="resolved_on")
    changes = {"status": "resolved", "resolved_on": resolved_on.isoformat()}
    return act.change(problems, problem_id, changes, kind="problem.resolved", expect=expect)


@command
def problem_entered_in_error(act: Act, problem_id: str, reason: str) -> int:
    """Take a problem off the list because it was never true; the row stays."""
    _standing(act, problems, problem_id, None)
    return act.change(
        problems, problem_id, {"status": "entered_in_error"}, kind="problem.withdrawn", reason=_reason(reason)
    )


@command
def add_allergy(act: Act, patient_id: str, allergy: NewAllergy) -> str:
    """Note an allergy; the patient's allergy state becomes "listed" in the same act."""
    chart_rows.patient_row(act.conn, patient_id)
    substance = allergy.substance.strip()
    if not substance:
        raise Refusal(N_("Name the substance."), field="substance")
    active = chart_rows.allergies_of(act.conn, patient_id)
    if any(each.substance.casefold() == substance.casefold() for each in active):
        raise Refusal(N_("This allergy is on the list already."), field="substance")
    made = act.create(
        allergies,
        {
            "patient_id": patient_id,
            "substance": substance,
            "ingredient": allergy.ingredient,
            "allergy_class": allergy.allergy_class,
            "reaction": allergy.reaction or None,
            "severity": allergy.severity,
            "status": "active",
            "noted_by": act.session.staff_id,
            "noted_at": act.at,
        },
        kind="allergy.noted",
    )
    _set_state(act, patient_id, "listed")
    return made


@command
def deactivate_allergy(act: Act, allergy_id: str, reason: str, *, in_error: bool = False) -> str:
    """End an allergy with a reason; returns the patient's allergy state after it.

    With none left the state is "not asked" until somebody asks again: the end of one allergy says nothing of others.
    """
    row = _standing(act, allergies, allergy_id, "active")
    status = "entered_in_error" if in_error else "inactive"
    act.change(allergies, allergy_id, {"status": status}, kind="allergy.ended", reason=_reason(reason))
    patient = str(row["patient_id"])
    state = "listed" if chart_rows.allergies_of(act.conn, patient) else "not_asked"
    _set_state(act, patient, state)
    return state


@command
def confirm_no_known_allergies(act: Act, patient_id: str) -> str:
    """Say that the patient was asked and knows of none; returns the day it was confirmed on."""
    if chart_rows.allergies_of(act.conn, patient_id):
        raise Refusal(N_("Allergies are listed. End them first, each with a reason."))
    _set_state(act, patient_id, "none_known")
    return _today(act)


@command
def allergies_not_asked(act: Act, patient_id: str) -> None:
    """Take "none known" back, because nobody had asked; refuses where allergies are listed."""
    if chart_rows.patient_row(act.conn, patient_id).allergy_state != "none_known":
        raise Refusal(N_("Nobody has said that no allergy is known."))
    _set_state(act, patient_id, "not_asked")


@command
def confirm_allergies(act: Act, patient_id: str) -> str:
    """Say that the listed allergies were gone through with the patient; returns the day."""
    if not chart_rows.allergies_of(act.conn, patient_id):
        raise Refusal(N_("No allergy is listed. Say that none is known, or add one."))
    _set_state(act, patient_id, "listed")
    return _today(act)


@command
def record_pregnancy(act: Act, patient_id: str, *, pregnant: bool) -> str:
    """Note the patient's answer whether she is pregnant; returns the day, after which it holds for a time only."""
    if chart_rows.patient_row(act.conn, patient_id)._mapping["sex"] == "male" and pregnant:
        raise Refusal(N_("This patient is recorded as male."), field="sex")
    changes = {"pregnant": int(pregnant), "pregnant_on": _today(act)}
    act.change(patients, patient_id, changes, kind="patient.changed", touched=True)
    return _today(act)


@command
def add_outside_medicine(act: Act, patient_id: str, medicine: OutsideMedicine) -> str:
    """Note a medicine that the patient takes and that was not prescribed here."""
    chart_rows.patient_row(act.conn, patient_id)
    if not medicine.name.strip():
        raise Refusal(N_("Name the medicine."), field="name")
    return act.create(
        medicines_taken,
        {
            "patient_id": patient_id,
            "medicine_code": medicine.medicine_code,
            "name": medicine.name.strip(),
            "dose": medicine.dose or None,
            "daily_amount": medicine.daily_amount,
            "started_on": None if medicine.started_on is None else medicine.started_on.isoformat(),
            "source": "outside",
            "status": "active",
        },
        kind="medicine.noted",
    )


@command
def stop_medicine(act: Act, medicine_id: str, reason: str, expect: int | None = None) -> int:
    """Say that the patient no longer takes a medicine, and why."""
    _standing(act, medicines_taken, medicine_id, "active")
    why = _reason(reason)
    changes = {"status": "stopped", "stopped_reason": why, "ends_on": _today(act)}
    return act.change(medicines_taken, medicine_id, changes, kind="medicine.stopped", reason=why, expect=expect)


def _active_problem(act: Act, patient_id: str, problem: NewProblem) -> str | None:
    for each in chart_rows.problems_of(act.conn, patient_id):
        same_code = problem.code is not None and each.code == problem.code
        if same_code or (problem.code is None and each.title.casefold() == problem.title.strip().casefold()):
            return each.id
    return None


def _standing(act: Act, table: Table, record: str, status: str | None) -> dict[str, object]:
    row = act.conn.execute(select(table).where(table.c.id == record)).mappings().one_or_none()
    if row is None:
        raise Refusal(N_("This record is not here any more."), record=record)
    if status is not None and row["status"] != status:
        raise Refusal(N_("Somebody ended this meanwhile."), record=record)
    return dict(row)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refusal(N_("Say why."), field="reason")
    return text.strip()


def _today(act: Act) -> str:
    return act.now.astimezone().date().isoformat()


def _set_state(act: Act, patient_id: str, state: str) -> None:
    changes = {
        "allergy_state": state,
        "allergy_state_on": None if state == "not_asked" else _today(act),
        "allergy_state_by": None if state == "not_asked" else act.session.display_name,
    }
    act.change(patients, kept_id(act.conn, patient_id), changes, kind="patient.changed")
