"""One encounter as it stands: its steps, what the rules say, what is still open, what was done in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, or_, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import consultation as path
from clinic_desktop.domain import vitals as signs
from clinic_desktop.domain.consultation import Facts, Missing, State
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows, outside_results
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.chart_rows import (
    AddendumShown,
    AllergyShown,
    ChartPatient,
    MedicineTaken,
    Problem,
    ResultShown,
    VitalShown,
)
from clinic_desktop.services.directory import place_name
from clinic_desktop.services.encounter_facts import (
    Ordered,
    Prescribed,
    contents_of,
    encounter_row,
    facts_for,
    hard_stops,
    ordered_in,
    prescribed_in,
    results_in,
    step_rows,
)
from clinic_desktop.services.merges import ids_of, kept_of
from clinic_desktop.services.outside_results import Elsewhere
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.journal import settings
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.scheduling import queue_entries
from clinic_desktop.store.tables.staff import staff


@dataclass(frozen=True)
class StepShown:
    """One step as the rail and its page show it; `content` is by field."""

    step: str
    state: str
    reason: str | None
    rule: str | None
    rule_version: str | None
    content: Mapping[str, str]
    updated_by: str | None
    updated_at: datetime | None
    missing: tuple[Missing, ...]
    leaning_on: tuple[str, ...]
    writable: bool


@dataclass(frozen=True)
class Consultation:
    """Everything the consultation screen shows."""

    encounter_id: str
    patient: ChartPatient
    preset: str
    status: str
    started_at: datetime
    practitioner_id: str
    practitioner: str
    signed_at: datetime | None
    signed_by: str | None
    steps: tuple[StepShown, ...]
    vitals: tuple[VitalShown, ...]
    wanted_signs: tuple[str, ...]
    problems: tuple[Problem, ...]
    allergies: tuple[AllergyShown, ...]
    medicines: tuple[MedicineTaken, ...]
    results: tuple[ResultShown, ...]
    prescribed: tuple[Prescribed, ...]
    ordered: tuple[Ordered, ...]
    addenda: tuple[AddendumShown, ...]
    needs: tuple[Missing, ...]
    unresolved: tuple[Missing, ...]
    place: str = ""
    room: str = ""
    appointment_id: str | None = None

    def step(self, key: str) -> StepShown:
        """The step of this key."""
        return next(step for step in self.steps if step.step == key)


@dataclass(frozen=True)
class OpenConsultation:
    """One unfinished encounter in a doctor's list."""

    encounter_id: str
    patient_id: str
    mrn: str
    family_name: str
    given_names: str
    preset: str
    status: str
    started_at: datetime

    def __repr__(self) -> str:
        return f"OpenConsultation({self.encounter_id})"


@dataclass(frozen=True)
class VisitSummary:
    """What stands on the paper that the patient takes home."""

    encounter_id: str
    clinic: str
    patient: ChartPatient
    practitioner: str
    licence: str | None
    started_at: datetime
    signed_at: datetime | None
    complaint: str
    onset: str
    findings: tuple[tuple[str, str], ...]
    vitals: tuple[VitalShown, ...]
    diagnoses: tuple[tuple[str | None, str, str], ...]
    plan: tuple[tuple[str, str], ...]
    prescribed: tuple[Prescribed, ...]
    ordered: tuple[Ordered, ...]
    results: tuple[ResultShown, ...]
    allergies: tuple[AllergyShown, ...]
    follow_up_on: date | None
    addenda: tuple[AddendumShown, ...]
    elsewhere: tuple[Elsewhere, ...] = ()


@query(access="chart")
def consultation(read: Read, patient_id: str, encounter_id: str) -> Consultation:
    """Open an encounter; who did is in the access log before the first value is read."""
    return _consultation(read, patient_id, encounter_id)


@query
def consultation_again(read: Read, patient_id: str, encounter_id: str) -> Consultation:
    """The same encounter after something changed; refused to a session that never opened the chart."""
    chart_rows.require_opened(read, patient_id)
    return _consultation(read, patient_id, encounter_id)


@query
def my_open_consultations(read: Read) -> tuple[OpenConsultation, ...]:
    """This person's unfinished encounters, oldest first."""
    rows = read.conn.execute(
        select(
            encounters, patients.c.id.label("person"), patients.c.mrn, patients.c.family_name, patients.c.given_names
        )
        .join_from(encounters, patients, patients.c.id == kept_of(encounters.c.patient_id))
        .where(
            encounters.c.status.in_(("open", "awaiting_results")),
            encounters.c.practitioner_id == read.session.staff_id,
        )
        .order_by(encounters.c.started_at)
        .limit(100)
    )
    return tuple(
        OpenConsultation(
            row.id,
            row.person,
            row.mrn,
            row.family_name,
            row.given_names,
            row.preset,
            row.status,
            from_text(row.started_at),
        )
        for row in rows
    )


@query(access="chart")
def visit_summary_facts(read: Read, patient_id: str, encounter_id: str) -> VisitSummary:
    """What the visit summary prints."""
    shown = _consultation(read, patient_id, encounter_id)
    by_step = {step.step: step.content for step in shown.steps}
    licence = read.conn.execute(select(staff.c.licence).where(staff.c.id == shown.practitioner_id)).scalar_one()
    day = "" if path.missing("follow_up", by_step["follow_up"], Facts("")) else by_step["follow_up"].get("date")
    clinic = read.conn.execute(select(settings.c.value).where(settings.c.name == "clinic_name")).scalar_one_or_none()
    return VisitSummary(
        encounter_id,
        clinic or "",
        shown.patient,
        shown.practitioner,
        licence,
        shown.started_at,
        shown.signed_at,
        by_step["symptoms"].get("complaint", ""),
        by_step["symptoms"].get("onset", ""),
        tuple(
            (name.removeprefix(path.SYSTEM), value)
            for name, value in by_step["examination"].items()
            if name.startswith(path.SYSTEM)
        ),
        shown.vitals,
        tuple((each.code, each.title, each.certainty) for each in path.diagnoses(by_step["diagnosis"])),
        tuple(by_step["plan"].items()),
        shown.prescribed,
        shown.ordered,
        results_in(read.conn, encounter_id),
        shown.allergies,
        None if not day else date.fromisoformat(day),
        shown.addenda,
        outside_results.of_visit(
            read.conn,
            patient_id,
            (encounter_id, shown.started_at, shown.signed_at),
            sorted({each.order_id for each in shown.ordered}),
        ),
    )


def _consultation(read: Read, patient_id: str, encounter_id: str) -> Consultation:
    connection = read.conn
    row = encounter_row(connection, encounter_id)._mapping
    if row["patient_id"] not in ids_of(read.conn, patient_id):
        raise Refusal(N_("This encounter is about somebody else."))
    started = from_text(row["started_at"])
    rows = step_rows(connection, encounter_id)
    contents = contents_of(rows)
    results = outside_results.with_reports(connection, patient_id)
    facts = facts_for(
        connection,
        patient_id,
        row["preset"],
        read.now,
        encounter_id=encounter_id,
        started_at=started,
        contents=contents,
        results=results,
    )
    states = {step: State(each._mapping["state"]) for step, each in rows.items()}
    signed = row["status"] == "signed"
    named = connection.execute(
        select(staff.c.id, staff.c.display_name).where(
            or_(staff.c.id == row["practitioner_id"], staff.c.id == row["signed_by"])
        )
    )
    people = {person.id: person.display_name for person in named}
    return Consultation(
        encounter_id,
        chart_rows.patient_of(connection, patient_id),
        row["preset"],
        row["status"],
        started,
        row["practitioner_id"],
        people.get(row["practitioner_id"], ""),
        chart_rows.instant(row["signed_at"]),
        people.get(row["signed_by"]),
        tuple(
            _step_shown(step, rows[step], contents[step], facts, states, read.session.role, editable=not signed)
            for step in path.STEPS
        ),
        chart_rows.latest_vitals(connection, patient_id),
        signs.wanted_signs(age_months=facts.age_months, pregnant=facts.pregnant, preset=facts.preset),
        chart_rows.problems_of(connection, patient_id),
        chart_rows.allergies_of(connection, patient_id),
        chart_rows.medicines_of(connection, patient_id),
        results,
        prescribed_in(connection, patient_id, encounter_id, started),
        ordered_in(connection, patient_id, encounter_id, started),
        chart_rows.addenda_of(connection, encounter_id),
        ()
        if signed
        else path.signing_needs(
            contents["patient_overview"], facts, hard_stops(connection, patient_id, encounter_id, started)
        ),
        () if signed else path.unresolved(states, contents, facts),
        place_name(connection, row["place_id"]),
        row["room"] or "",
        connection.execute(
            select(queue_entries.c.appointment_id).where(queue_entries.c.encounter_id == encounter_id).limit(1)
        ).scalar(),
    )


def _step_shown(
    step: str,
    row: Row[tuple[object, ...]],
    content: Mapping[str, str],
    facts: Facts,
    states: Mapping[str, State],
    role: str,
    *,
    editable: bool,
) -> StepShown:
    values = row._mapping
    return StepShown(
        step,
        values["state"],
        values["reason"],
        values["rule"],
        values["rule_version"],
        content,
        values["updated_by"],
        chart_rows.instant(values["updated_at"]),
        path.missing(step, content, facts),
        path.leaning_on(step, states),
        editable and role in path.WRITERS[step],
    )
