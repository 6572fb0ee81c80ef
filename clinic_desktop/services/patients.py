"""Patients: registering, changing, finding, and who this is."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import patients as rules
from clinic_desktop.domain.ranges import age_months
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.vitals import WEIGHT
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.about import require_recovery
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.directory import require_pharmacy
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.services.patient_parts import (
    Contact,
    OtherName,
    add_contacts,
    add_names,
    change_contacts,
    contacts_of,
    other_names_of,
)
from clinic_desktop.store import finding
from clinic_desktop.store.prepared import Prepared
from clinic_desktop.store.search import Indexed, index_patient
from clinic_desktop.store.tables.chart import allergies, vital_signs
from clinic_desktop.store.tables.patients import patients

IN_ACT = (
    "age_words", "details_within", "registration_of", "reindex", "require_patient", "shown_name", "sex_words",
)  # fmt: skip


@dataclass(frozen=True)
class NewPatient:
    """A registration as reception fills it in; only a name, the sex and what is known of the birth are required."""

    family_name: str
    given_names: str
    sex: str
    born_on: date | None = None
    born_precision: str = "unknown"
    phone: str | None = None
    other_phone: str | None = None
    email: str | None = None
    address: str | None = None
    city: str | None = None
    district: str | None = None
    postal_code: str | None = None
    country: str | None = None
    national_id: str | None = None
    language: str | None = None
    occupation: str | None = None
    blood_type: str | None = None
    insurer: str | None = None
    insurance_number: str | None = None
    insurance_share: int | None = None
    alert: str | None = None
    marital_status: str | None = None
    phone_kind: str | None = None
    preferred_pharmacy_id: str | None = None
    contacts: tuple[Contact, ...] = ()
    other_names: tuple[OtherName, ...] = ()

    def __repr__(self) -> str:
        return "NewPatient()"


@dataclass(frozen=True)
class Registered:
    """A patient just registered."""

    patient_id: str
    mrn: str


@dataclass(frozen=True)
class PatientDetails:
    """Everything the registration form shows, and the revision it shows."""

    patient_id: str
    revision: int
    mrn: str
    name: str
    registered_at: str
    patient: NewPatient

    def __repr__(self) -> str:
        return f"PatientDetails({self.patient_id})"


@dataclass(frozen=True)
class PatientHit:
    """One patient found; `score` is how well the text fits, 0 to 1."""

    patient_id: str
    mrn: str
    name: str
    born_on: date | None
    born_precision: str
    age: str
    sex: str
    phone: str | None
    score: float

    def __repr__(self) -> str:
        return f"PatientHit({self.patient_id})"


@dataclass(frozen=True)
class BannerFacts:
    """Who this is and what could hurt them: the facts of the patient banner."""

    patient_id: str
    revision: int
    family_name: str
    given_names: str
    name: str
    born_on: date | None
    born_precision: str
    age: str
    sex: str
    mrn: str
    allergy_state: str
    allergies: tuple[str, ...]
    allergies_confirmed_on: date | None
    alerts: tuple[str, ...]
    weight: str
    weight_on: date | None
    pregnant: bool | None
    pregnancy_not_known: bool
    deceased_on: date | None

    def age_on(self, on: date) -> str:
        """The age in words on a day; on the day of death for every later one."""
        return age_words(self.born_on, on if self.deceased_on is None else min(on, self.deceased_on))

    def __repr__(self) -> str:
        return f"BannerFacts({self.patient_id})"


@command
def register_patient(act: Act, new: NewPatient) -> Registered:
    """Register a patient under a new record number, found by the search from this moment on."""
    require_recovery(act)
    new = tidied(new)
    rules.require_sound(_facts(new), today(act))
    require_pharmacy(act.conn, new.preferred_pharmacy_id, "preferred_pharmacy_id")
    mrn = act.number("MRN")
    patient_id = act.create(patients, {**_columns(new), "mrn": mrn, "registered_at": act.at}, kind="patient.registered")
    add_names(act, patient_id, new.other_names)
    add_contacts(act, patient_id, new.contacts)
    _index(act.conn, patient_id, new, new.other_names)
    return Registered(patient_id, mrn)


@command
def change_patient(act: Act, patient_id: str, new: NewPatient, revision: int, reason: str = "") -> int:
    """Change a registration looked at in a revision; a former name stays findable; another person takes a reason."""
    before = require_patient(act.conn, patient_id)
    patient_id = str(before.id)
    new = tidied(new)
    rules.require_sound(_facts(new), today(act))
    before_at = before.preferred_pharmacy_id
    require_pharmacy(act.conn, new.preferred_pharmacy_id, "preferred_pharmacy_id", kept=before_at)
    rules.require_same_person(dict(before._mapping), asdict(new), reason)
    # Contacts are rows of their own, but two windows that change them are changing one registration.
    contacts = tuple(new.contacts) != contacts_of(act.conn, patient_id)
    after = act.change(
        patients, patient_id, _columns(new), kind="patient.changed", expect=revision, reason=reason or None,
        touched=contacts,
    )  # fmt: skip
    names = list(new.other_names)
    if (before.family_name, before.given_names) != (new.family_name, new.given_names):
        names.append(OtherName("former", before.family_name, before.given_names))
    known = {(n.kind, n.family_name, n.given_names) for n in other_names_of(act.conn, patient_id)}
    add_names(act, patient_id, [n for n in names if (n.kind, n.family_name, n.given_names) not in known])
    change_contacts(act, patient_id, new.contacts)
    _index(act.conn, patient_id, new, other_names_of(act.conn, patient_id))
    return after


@query
def find_patients(read: Read, text: str, limit: int = 50) -> tuple[PatientHit, ...]:
    """Find patients as reception would: names in any order, misspelt or former, numbers, births; best first."""
    on = today(read)
    return tuple(
        PatientHit(
            one.id, one.mrn, shown_name(one.family_name, one.given_names), _day(one.born_on), one.born_precision,
            age_words(_day(one.born_on), on), one.sex, one.phone, one.score,
        )
        for one in finding.find(read.conn, text, on, limit)
    )  # fmt: skip


@query(access="banner", once=True)
def patient_banner(read: Read, patient_id: str) -> BannerFacts:
    """The facts of the banner; asked on every screen about a patient."""
    row = require_patient(read.conn, patient_id)
    people = ids_of(read.conn, patient_id)
    listed = (
        read.conn.execute(
            select(allergies.c.substance)
            .where(allergies.c.patient_id.in_(people), allergies.c.status == "active")
            .order_by(allergies.c.rowid_)
        )
        .scalars()
        .all()
    )
    weight = read.conn.execute(
        select(vital_signs.c.value, vital_signs.c.unit, vital_signs.c.taken_at)
        .where(vital_signs.c.patient_id.in_(people), vital_signs.c.code == WEIGHT, vital_signs.c.status == "final")
        .order_by(vital_signs.c.taken_at.desc())
        .limit(1)
    ).one_or_none()
    born_on = _day(row.born_on)
    answer = None if row.pregnant is None else bool(row.pregnant)
    pregnant = rules.pregnancy_known(answer, _day(row.pregnant_on), today(read))
    return BannerFacts(
        row.id,
        row.revision,
        row.family_name,
        row.given_names,
        shown_name(row.family_name, row.given_names),
        born_on,
        row.born_precision,
        age_words(born_on, _day(row.deceased_on) or today(read)),
        row.sex,
        row.mrn,
        "listed" if listed else row.allergy_state,
        tuple(listed),
        _day(row.allergy_state_on),
        tuple(line.strip() for line in (row.alert or "").splitlines() if line.strip()),
        "" if weight is None else f"{weight.value} {weight.unit}",
        None if weight is None else from_text(weight.taken_at).astimezone().date(),
        pregnant,
        pregnant is None and rules.may_be_pregnant(row.sex, age_months(born_on, row.born_precision, today(read))),
        _day(row.deceased_on),
    )


@query(access="chart")
def patient_details(read: Read, patient_id: str) -> PatientDetails:
    """Everything of a registration, for the form that changes it."""
    return details_within(read, patient_id)


def details_within(asking: Read | Act, patient_id: str) -> PatientDetails:
    """The same, within an act that changes some of it."""
    row = require_patient(asking.conn, patient_id)
    columns = {name: row._mapping[name] for name in _FIELDS}
    patient = NewPatient(
        **columns | {"born_on": _day(row.born_on)},
        contacts=contacts_of(asking.conn, patient_id),
        other_names=tuple(other_names_of(asking.conn, patient_id)),
    )
    name = shown_name(row.family_name, row.given_names)
    return PatientDetails(row.id, row.revision, row.mrn, name, row.registered_at, patient)


@query
def recent_patients(read: Read, limit: int = 8) -> tuple[PatientHit, ...]:
    """The patients this person had open last, from the access log, the newest first."""
    rows = read.conn.exec_driver_sql(
        "SELECT a.patient FROM access a JOIN sessions s ON s.id = a.session WHERE s.staff_id = ? AND a.kind = 'chart'"
        " AND a.patient IS NOT NULL AND a.seq > (SELECT coalesce(max(seq), 0) - 5000 FROM access)"
        " GROUP BY a.patient ORDER BY max(a.seq) DESC LIMIT ?",
        (read.session.staff_id, limit),
    ).scalars()
    return hits_of(read, list(rows))


def hits_of(read: Read, patient_ids: Sequence[str]) -> tuple[PatientHit, ...]:
    """The lines of some patients, in the order given."""
    on = today(read)
    columns = patients.c
    wanted = tuple(dict.fromkeys(kept_id(read.conn, patient) for patient in patient_ids))
    found = {
        row.id: PatientHit(
            row.id, row.mrn, shown_name(row.family_name, row.given_names), _day(row.born_on), row.born_precision,
            age_words(_day(row.born_on), on), row.sex, row.phone, 1.0,
        )
        for row in read.conn.execute(
            select(
                columns.id, columns.mrn, columns.family_name, columns.given_names, columns.born_on,
                columns.born_precision, columns.sex, columns.phone,
            ).where(columns.id.in_(wanted))
        )
    }  # fmt: skip
    return tuple(found[patient] for patient in wanted if patient in found)


# What other services may call inside an act or a query. ----------------------------------------------


def require_patient(connection: Connection, patient_id: str) -> Row[Any]:
    """The row of the registration a patient is known under now, or a refusal where there is none."""
    row = connection.execute(select(patients).where(patients.c.id == kept_id(connection, patient_id))).one_or_none()
    if row is None:
        raise Refusal(N_("This patient is not here."), field="patient")
    return row


def reindex(connection: Connection, patient_id: str) -> None:
    """Find a patient again by what their registration says now, and by the names of those merged into it."""
    row = registration_of(connection, kept_id(connection, patient_id))
    columns = {name: row[name] for name in _FIELDS}
    patient = NewPatient(**columns | {"born_on": _day(row["born_on"])})
    _index(connection, str(row["id"]), patient, other_names_of(connection, patient_id))


def registration_of(connection: Connection, patient_id: str) -> Mapping[str, Any]:
    """A registration by its own id, or a refusal where there is none; composed once: many are changed in a row."""
    found = _REGISTRATION.rows(connection, id=patient_id)
    if not found:
        raise Refusal(N_("This patient is not here."), field="patient")
    return found[0]


_REGISTRATION = Prepared(lambda: select(patients).where(patients.c.id == bindparam("id")))


def shown_name(family_name: str, given_names: str) -> str:
    """Write a name as it is shown everywhere: ``FAMILY, Given``."""
    return rules.show_name(family_name, given_names)


def age_words(born_on: date | None, on: date) -> str:
    """Write an age: ``80 y``, ``14 m``, ``3 w``, ``5 d``; nothing where the birth is unknown."""
    if born_on is None:
        return ""
    age = rules.age(born_on, on)
    words = {"years": _("{n} y"), "months": _("{n} m"), "weeks": _("{n} w"), "days": _("{n} d")}
    return words[age.unit].format(n=age.count)


def sex_words(sex: str) -> str:
    """Write a sex."""
    return {"female": _("Female"), "male": _("Male"), "other": _("Other")}.get(sex, _("Unknown"))


def today(at: Act | Read) -> date:
    """The clinic's own day."""
    return at.now.astimezone().date()


def tidied(new: NewPatient) -> NewPatient:
    """A registration as it is kept: blanks around a value go, nothing within it is touched."""
    values: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(new, name)
        if isinstance(value, str):
            value = value.strip()
            value = value if name in {"family_name", "given_names", "sex", "born_precision"} else value or None
        values[name] = value
    values["contacts"] = tuple(contact for contact in new.contacts if contact.name.strip())
    values["other_names"] = tuple(name for name in new.other_names if (name.family_name + name.given_names).strip())
    return NewPatient(**values)


_FIELDS = tuple(one.name for one in fields(NewPatient) if one.name not in {"contacts", "other_names"})


def _facts(new: NewPatient) -> Mapping[str, object]:
    """A registration for the rules; what is not nested is not copied."""
    facts: dict[str, object] = {name: getattr(new, name) for name in _FIELDS}
    facts["contacts"] = [asdict(one) for one in new.contacts]
    return facts | {"other_names": [asdict(one) for one in new.other_names]}


def _columns(new: NewPatient) -> Mapping[str, object]:
    values: dict[str, object] = {name: getattr(new, name) for name in _FIELDS}
    values["born_on"] = None if new.born_on is None else new.born_on.isoformat()
    return values | {"family_key": rules.name_key(new.family_name), "given_key": rules.name_key(new.given_names)}


def _index(connection: Connection, patient_id: str, new: NewPatient, others: Sequence[OtherName]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has ended")
    (rowid,) = driver.execute("SELECT rowid_ FROM patients WHERE id = ?", (patient_id,)).fetchone()
    names = (new.family_name, new.given_names, *(part for one in others for part in (one.family_name, one.given_names)))
    facts = Indexed(
        names,
        new.born_on,
        tuple(phone for phone in (new.phone, new.other_phone) if phone),
        tuple(text for text in (new.national_id, new.insurance_number) if text),
    )
    index_patient(connection, rowid, facts)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
