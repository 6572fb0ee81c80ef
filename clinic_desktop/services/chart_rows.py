"""Rows of the chart as frozen values, each read in work that does not grow with the number of visits."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, union_all

from clinic_desktop.clock import from_text
from clinic_desktop.domain import vitals
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Read
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.store.tables.chart import addenda, allergies, medicines_taken, problems, vital_signs
from clinic_desktop.store.tables.journal import access
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, lab_results, lab_tests
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff

IN_ACT = (
    "require_opened",
    "patient_row",
    "patient_of",
    "age_in_days",
    "problems_of",
    "allergies_of",
    "medicines_of",
    "latest_vitals",
    "recent_results",
    "addenda_of",
    "instant",
)

# How far back a chart looks for results: enough for what a doctor compares, and no more with a thousand visits.
ORDERS_LOOKED_AT = 12
RESULTS_SHOWN = 40


@dataclass(frozen=True)
class ChartPatient:
    """Who the chart is about, and what must be known before anything is done."""

    id: str
    mrn: str
    family_name: str
    given_names: str
    sex: str
    born_on: date | None
    born_precision: str
    allergy_state: str
    allergy_state_on: date | None
    allergy_state_by: str | None
    pregnant: bool
    alert: str | None
    revision: int

    def __repr__(self) -> str:
        return f"ChartPatient({self.id})"


@dataclass(frozen=True)
class Problem:
    """One problem of the list."""

    id: str
    code: str | None
    title: str
    certainty: str
    status: str
    onset_on: date | None
    resolved_on: date | None
    note: str | None
    noted_at: datetime
    revision: int
    severity: str | None = None


@dataclass(frozen=True)
class AllergyShown:
    """One allergy or intolerance."""

    id: str
    substance: str
    ingredient: str | None
    allergy_class: str | None
    reaction: str | None
    severity: str
    noted_at: datetime
    revision: int


@dataclass(frozen=True)
class MedicineTaken:
    """One medicine the patient takes, prescribed here or elsewhere."""

    id: str
    name: str
    dose: str | None
    source: str
    started_on: date | None
    ends_on: date | None
    medicine_code: str | None
    revision: int


@dataclass(frozen=True)
class VitalShown:
    """One measured sign with its flag."""

    id: str
    code: str
    key: str
    value: Decimal
    unit: str
    flag: str
    taken_at: datetime
    taken_by: str | None
    encounter_id: str | None
    note: str | None


@dataclass(frozen=True)
class ResultShown:
    """One released laboratory result."""

    id: str
    order_id: str
    test_code: str
    name: str
    value: str
    unit: str | None
    flag: str
    range_text: str | None
    released_at: datetime | None
    corrected: bool
    source: str = ""  # who measured it, where that was elsewhere
    note: str = ""
    # Of one from elsewhere: whether more is to come, when it was measured in the words that came, when it came here.
    preliminary: bool = False
    taken_text: str = ""
    came_at: datetime | None = None


@dataclass(frozen=True)
class AddendumShown:
    """What was added after the signature."""

    id: str
    author: str
    written_at: datetime
    text: str
    reason: str


def require_opened(read: Read, patient_id: str) -> None:
    """Refuse to read again what this session has not opened: the opening is what the access log shows."""
    opened = read.conn.execute(
        select(access.c.seq)
        .where(
            access.c.patient.in_(ids_of(read.conn, patient_id)),
            access.c.session == read.session.id,
            access.c.kind == "chart",
        )
        .order_by(access.c.seq.desc())
        .limit(1)
    ).one_or_none()
    if opened is None:
        raise Refusal(N_("Open the chart of this patient first."), patient=patient_id)


def instant(text: str | None) -> datetime | None:
    """Read an instant that may be missing."""
    return None if text is None else from_text(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def patient_row(connection: Connection, patient_id: str) -> Row[tuple[object, ...]]:
    """The row of the registration under which a patient is known now."""
    row = connection.execute(select(patients).where(patients.c.id == kept_id(connection, patient_id))).one_or_none()
    if row is None:
        raise Refusal(N_("This patient is not here."), patient=patient_id)
    return row


def patient_of(connection: Connection, patient_id: str) -> ChartPatient:
    """Who a chart is about."""
    row = patient_row(connection, patient_id)._mapping
    listed = connection.execute(
        select(allergies.c.id)
        .where(allergies.c.patient_id.in_(ids_of(connection, patient_id)), allergies.c.status == "active")
        .limit(1)
    ).first()
    return ChartPatient(
        row["id"],
        row["mrn"],
        row["family_name"],
        row["given_names"],
        row["sex"],
        _day(row["born_on"]),
        row["born_precision"],
        "listed" if listed else row["allergy_state"],
        _day(row["allergy_state_on"]),
        row["allergy_state_by"],
        bool(row["pregnant"]),
        row["alert"],
        row["revision"],
    )


def age_in_days(born_on: date | None, today: date) -> int | None:
    """Whole days of age."""
    return None if born_on is None else (today - born_on).days


def problems_of(connection: Connection, patient_id: str, status: str = "active") -> tuple[Problem, ...]:
    """The problems of one status, as they were noted."""
    rows = connection.execute(
        select(problems)
        .where(problems.c.patient_id.in_(ids_of(connection, patient_id)), problems.c.status == status)
        .order_by(problems.c.noted_at)
        .limit(200)
    )
    return tuple(
        Problem(
            row.id,
            row.code,
            row.title,
            row.certainty,
            row.status,
            _day(row.onset_on),
            _day(row.resolved_on),
            row.note,
            from_text(row.noted_at),
            row.revision,
            row.severity,
        )
        for row in rows
    )


def allergies_of(connection: Connection, patient_id: str) -> tuple[AllergyShown, ...]:
    """The active allergies, the most severe first."""
    rows = connection.execute(
        select(allergies).where(
            allergies.c.patient_id.in_(ids_of(connection, patient_id)), allergies.c.status == "active"
        )
    ).all()
    weight = {"severe": 0, "moderate": 1, "unknown": 2, "mild": 3}
    return tuple(
        AllergyShown(
            row.id,
            row.substance,
            row.ingredient,
            row.allergy_class,
            row.reaction,
            row.severity,
            from_text(row.noted_at),
            row.revision,
        )
        for row in sorted(rows, key=lambda row: (weight[row.severity], row.substance.casefold()))
    )


def medicines_of(connection: Connection, patient_id: str) -> tuple[MedicineTaken, ...]:
    """The medicines taken now, by name."""
    rows = connection.execute(
        select(medicines_taken)
        .where(medicines_taken.c.patient_id.in_(ids_of(connection, patient_id)), medicines_taken.c.status == "active")
        .limit(200)
    ).all()
    return tuple(
        MedicineTaken(
            row.id,
            row.name,
            row.dose,
            row.source,
            _day(row.started_on),
            _day(row.ends_on),
            row.medicine_code,
            row.revision,
        )
        for row in sorted(rows, key=lambda row: row.name.casefold())
    )


def _latest(code: str) -> Select[Any]:
    taken = (
        select(
            vital_signs.c.id,
            vital_signs.c.code,
            vital_signs.c.value,
            vital_signs.c.unit,
            vital_signs.c.flag,
            vital_signs.c.taken_at,
            staff.c.display_name,
            vital_signs.c.encounter_id,
            vital_signs.c.note,
        )
        .outerjoin(staff, staff.c.id == vital_signs.c.taken_by)
        .where(
            vital_signs.c.patient_id.in_(bindparam("people", expanding=True)),
            vital_signs.c.code == code,
            vital_signs.c.status == "final",
        )
        .order_by(vital_signs.c.taken_at.desc())
        .limit(1)
        .subquery()
    )
    return select(taken)


# One step down the index (patient, code, taken_at) for each sign: the same work however many were ever measured.
_LATEST = union_all(*(_latest(sign.code) for sign in vitals.SIGNS))


def latest_vitals(connection: Connection, patient_id: str) -> tuple[VitalShown, ...]:
    """The last measurement of each sign, in the order signs are shown."""
    return tuple(
        VitalShown(
            row[0], row[1], vitals.BY_CODE[row[1]].key, Decimal(row[2]), row[3], row[4], from_text(row[5]), *row[6:9]
        )
        for row in connection.execute(_LATEST, {"people": ids_of(connection, patient_id)})
    )


def recent_results(connection: Connection, patient_id: str) -> tuple[ResultShown, ...]:
    """What the laboratory released for the last orders, newest first."""
    orders = (
        select(lab_orders.c.id)
        .where(lab_orders.c.patient_id.in_(ids_of(connection, patient_id)))
        .order_by(lab_orders.c.ordered_at.desc())
        .limit(ORDERS_LOOKED_AT)
    )
    rows = connection.execute(
        select(
            lab_results,
            lab_order_tests.c.order_id,
            func.coalesce(lab_tests.c.name, lab_results.c.test_code).label("name"),
        )
        .join(lab_order_tests, lab_order_tests.c.id == lab_results.c.order_test_id)
        .outerjoin(lab_tests, lab_tests.c.code == lab_results.c.test_code)
        .where(lab_order_tests.c.order_id.in_(orders), lab_results.c.status == "released")
        .order_by(lab_results.c.released_at.desc(), lab_order_tests.c.position)
        .limit(RESULTS_SHOWN)
    )
    return tuple(
        ResultShown(
            row.id,
            row.order_id,
            row.test_code,
            row.name,
            row.value,
            row.unit,
            row.flag,
            row.range_text,
            instant(row.released_at),
            row.supersedes is not None,
        )
        for row in rows
    )


def addenda_of(connection: Connection, encounter_id: str) -> tuple[AddendumShown, ...]:
    """What was added to a signed encounter, oldest first."""
    rows = connection.execute(
        select(addenda, staff.c.display_name)
        .join(staff, staff.c.id == addenda.c.author_id)
        .where(addenda.c.encounter_id == encounter_id)
        .order_by(addenda.c.written_at)
    )
    return tuple(
        AddendumShown(row.id, row.display_name, from_text(row.written_at), row.text, row.reason) for row in rows
    )
