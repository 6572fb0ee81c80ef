"""Whether a consent lets somebody pass: asked in one place, before anything of the patient is read.

`COVERED` is the table of scope x service, as `permissions.ACTS` is that of role x act. `acts.command` and `acts.query`
ask `pass_gate` for every service in it; a service that knows only while it works what it needs (an export of many
patients) calls `consents.require` instead.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import consents as rules
from clinic_desktop.domain.documents import PHOTOGRAPH
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.prepared import Prepared, among, as_list
from clinic_desktop.store.tables.consents import break_glass, consents, record_restrictions
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.prescribing import prescriptions
from clinic_desktop.store.tables.programmes import programme_enrolments, programmes
from clinic_desktop.store.tables.scheduling import appointments
from clinic_desktop.store.tables.sharing import shares

Arguments = Mapping[str, object]
Finder = Callable[[Connection, Arguments], str | None]

IN_ACT = (
    "pass_gate",
    "require",
    "consent_in_force",
    "restriction_of",
    "open_glass",
    "open_until",
    "may_open",
    "ages_of",
)


@dataclass(frozen=True)
class Asked:
    """Who asks, when by the clock, and at which steady second."""

    session: Session
    now: datetime
    steady: float

    @property
    def today(self) -> date:
        """The clinic's own day."""
        return self.now.astimezone().date()


@dataclass(frozen=True)
class Passage:
    """How somebody passed: for which patient, by which consent, or under which broken glass; by neither where nothing
    stood in the way.
    """

    patient_id: str
    consent_id: str | None = None
    break_glass_id: str | None = None


def _argument(name: str) -> Finder:
    return lambda _connection, arguments: str(arguments[name])


def _owner(name: str, table: Table) -> Finder:
    def find(connection: Connection, arguments: Arguments) -> str | None:
        found = select(table.c.patient_id).where(table.c.id == str(arguments[name]))
        return connection.execute(found).scalar_one_or_none()

    return find


def _young_for_guardian(connection: Connection, arguments: Arguments) -> str | None:
    """The patient of a share that is for a guardian, where the patient's care may be confidential from guardians."""
    new = arguments.get("new")
    if new is not None:
        patient_id, recipient = str(arguments["patient_id"]), str(getattr(new, "recipient_type", ""))
    else:
        row = connection.execute(
            select(shares.c.patient_id, shares.c.recipient_type).where(shares.c.id == str(arguments["share_id"]))
        ).one_or_none()
        if row is None:
            return None
        patient_id, recipient = row
    if recipient != "guardian":
        return None
    born_on = connection.execute(select(patients.c.born_on).where(patients.c.id == patient_id)).scalar_one_or_none()
    ages = ages_of(connection)
    today = date.fromisoformat(str(arguments["today"]))
    young = rules.is_young(date.fromisoformat(born_on) if born_on else None, today,
                           alone_from=ages[0], confidential_from=ages[1])  # fmt: skip
    return patient_id if young else None


def _in_programme(find: Finder) -> Finder:
    """Only where the programme needs consent."""

    def needing(connection: Connection, arguments: Arguments) -> str | None:
        programme = select(programmes.c.needs_consent)
        if "programme_id" in arguments:
            programme = programme.where(programmes.c.id == str(arguments["programme_id"]))
        else:
            programme = programme.join(programme_enrolments).where(
                programme_enrolments.c.id == str(arguments["enrolment_id"])
            )
        needed = connection.execute(programme).scalar_one_or_none()
        return find(connection, arguments) if needed else None

    return needing


def _if_remote(find: Finder) -> Finder:
    """Only an appointment that is held by telephone or video: what is agreed about it (`more`, `new`) says so."""

    def seen_remotely(connection: Connection, arguments: Arguments) -> str | None:
        agreed = arguments.get("more", arguments.get("new"))
        return find(connection, arguments) if getattr(agreed, "telehealth", False) else None

    return seen_remotely


def _with_contact(find: Finder) -> Finder:
    """Only a share that gives out how the patient is reached."""

    def reaching(connection: Connection, arguments: Arguments) -> str | None:
        sections = getattr(arguments.get("new"), "sections", None)
        if sections is None:
            row = select(shares.c.sections).where(shares.c.id == str(arguments["share_id"]))
            sections = json.loads(connection.execute(row).scalar_one_or_none() or "[]")
        return find(connection, arguments) if "contact" in sections else None

    return reaching


def _of_photograph(connection: Connection, arguments: Arguments) -> str | None:
    """The patient of a clinical photograph that is about to be kept, or replaced by another; not of other papers."""
    if "new" in arguments:
        return str(arguments["patient_id"]) if getattr(arguments["new"], "kind", "") == PHOTOGRAPH else None
    row = select(documents.c.patient_id).where(
        documents.c.id == str(arguments["document_id"]), documents.c.kind == PHOTOGRAPH
    )
    return connection.execute(row).scalar_one_or_none()


def _unless(role: str, find: Finder) -> Finder:
    """Leave out the role to which this is addressed, to be carried out."""
    return lambda connection, arguments: None if arguments["role"] == role else find(connection, arguments)


_PATIENT = _argument("patient_id")
_PRESCRIPTION = _owner("prescription_id", prescriptions)

# What opens a restricted record. Not here: what a pharmacist, a laboratory or a cashier is asked to carry out for this
# patient (work orders, their labels and reports, invoices), and writing that shows nothing; a list of names shows no
# chart.
_TREATMENT: dict[str, Finder] = dict.fromkeys(
    (
        "chart.open_chart",
        "chart.chart_again",
        "chart.timeline",
        "chart.resolved_problems",
        "vitals.vitals_trend",
        "consultation.open_consultation",
        "encounters.consultation",
        "encounters.consultation_again",
        "encounters.visit_summary_facts",
        "prescribing.check_lines",
        "prescribing.check_medicine",
        "prescribing.check_current",
        "prescribing.medication_chart",
        "prescribing.active_prescriptions",
        "prescribing.last_prescriptions",
        "prescribing.sign_prescription",
        "lab_orders.orders_of",
        "results.results",
        "results.history",
        "flags.flags",
        "growth.growth",
        "departures.patient_record",
        "research.research_record",
        "immunization_chart.immunization_card",
        "immunization_chart.immunization_card_again",
        "immunization_chart.vaccines_waiting",
        "document_reading.documents_of",
        "document_reading.documents_again",
        "document_reading.referral_start",
        "templates.filled_template",
        "document_reading.search_in_chart",
        "sharing.share_record",
        "sharing.health_summary_facts",
        "departures.record_to_share",
    ),
    _PATIENT,
) | {
    "prescribing.prescription": _unless("pharmacist", _PRESCRIPTION),
    "results.order_results": _unless("laboratory", _PATIENT),
    "lab_orders.order_of": _unless("laboratory", _PATIENT),
    "laboratory.open_tests": _unless("laboratory", _PATIENT),
    "refills.refillable": _unless("pharmacist", _PATIENT),
    "refills.refills_of": _unless("pharmacist", _PATIENT),
    "sharing.make_copy": _owner("share_id", shares),
}

COVERED: dict[str, dict[str, Finder]] = {
    "treatment": _TREATMENT,
    "disclosure": {"sharing.share_record": _PATIENT, "sharing.make_copy": _owner("share_id", shares)},
    "research": {"research.research_record": _PATIENT},
    "telehealth": {
        "scheduling.book": _if_remote(_PATIENT),
        "scheduling.reschedule": _if_remote(_owner("appointment_id", appointments)),
    },
    "communication": {
        "sharing.share_record": _with_contact(_PATIENT),
        "sharing.make_copy": _with_contact(_owner("share_id", shares)),
    },
    "photography": {"documents.keep_document": _of_photograph, "documents.replace_document": _of_photograph},
    "programmes": {
        "programmes.enrol": _in_programme(_PATIENT),
        "programmes.note_progress": _in_programme(_owner("enrolment_id", programme_enrolments)),
    },
    "confidential_care": {
        "sharing.share_record": _young_for_guardian,
        "sharing.make_copy": _young_for_guardian,
    },
}

_BY_SERVICE: dict[str, tuple[tuple[str, Finder], ...]] = {
    service: tuple((scope, found[service]) for scope, found in COVERED.items() if service in found)
    for services in COVERED.values()
    for service in services
}


def is_covered(service: str) -> bool:
    """Whether any scope covers a service."""
    return service in _BY_SERVICE


def pass_gate(connection: Connection, asked: Asked, service: str, arguments: Arguments) -> Passage | None:
    """Let a covered service be called, or raise `ConsentRefusal`; None where it is about no patient that is here."""
    known = {**arguments, "today": asked.today.isoformat(), "role": asked.session.role}
    passed: Passage | None = None
    for scope, find in _BY_SERVICE[service]:
        patient_id = find(connection, known)
        if patient_id is None:
            continue
        one = require(connection, asked, patient_id, scope)
        # Of several scopes the consent to share is the one to remember; a broken glass is never forgotten.
        glass = one.break_glass_id or (passed.break_glass_id if passed else None)
        passed = Passage(patient_id, one.consent_id or (passed.consent_id if passed else None), glass)
    return passed


def require(
    connection: Connection, asked: Asked, patient_id: str, scope: str, *, channel: str | None = None
) -> Passage:
    """The consent in force for a scope, or the broken glass that stands in for it; else raises `ConsentRefusal`."""
    rule = rules.BY_KEY[scope]
    if rule.kind == "restrict" and not _is_shut_out(connection, asked.session, patient_id):
        return Passage(patient_id)
    consent = consent_in_force(connection, patient_id, scope, asked.today, channel=channel, session=asked.session)
    if consent is not None:
        return Passage(patient_id, consent_id=consent)
    glass = open_glass(connection, asked, patient_id) if rule.emergency else None
    if glass is not None:
        return Passage(patient_id, break_glass_id=glass)
    raise rules.refusal(rule, patient_id)


def consent_in_force(
    connection: Connection,
    patient_id: str,
    scope: str,
    today: date,
    *,
    channel: str | None = None,
    session: Session | None = None,
) -> str | None:
    """The newest consent of a patient that is in force on a day for a scope; for a channel or a person where named."""
    rows = connection.execute(
        select(consents)
        .where(
            consents.c.patient_id.in_(ids_of(connection, patient_id)),
            consents.c.scope == scope,
            consents.c.status == "active",
            consents.c.source == "here",  # what was agreed elsewhere was not agreed with this clinic
        )
        .order_by(consents.c.rowid_.desc())
    )
    for row in rows:
        until = None if row.valid_until is None else date.fromisoformat(row.valid_until)
        if rules.state(row.status, date.fromisoformat(row.valid_from), until, today) != "active":
            continue
        covers, audience = json.loads(row.covers), json.loads(row.audience)
        if channel is not None and channel not in covers:
            continue
        if session is not None and audience and not _is_among(session, audience):
            continue
        return str(row.id)
    return None


def _restrictions() -> Select[Any]:
    return select(record_restrictions.c.allowed).where(
        record_restrictions.c.status == "active", record_restrictions.c.patient_id.in_(among("ids"))
    )


_RESTRICTIONS = Prepared(_restrictions)


def restriction_of(connection: Connection, patient_id: str) -> tuple[str, ...] | None:
    """Who may open a restricted record ("role:nurse", "staff:<id>"); None where the record is open as any other."""
    rows = _RESTRICTIONS.rows(connection, ids=as_list(ids_of(connection, patient_id)))
    # Restricted under one registration, restricted under every one that stands for the same person.
    mine = [set(json.loads(row["allowed"])) for row in rows]
    return tuple(sorted(set.intersection(*mine))) if mine else None


def open_glass(connection: Connection, asked: Asked, patient_id: str) -> str | None:
    """The opening in an emergency under which this session may see a patient, if one lasts."""
    root = kept_id(connection, patient_id)
    rows = connection.execute(
        select(break_glass).where(
            break_glass.c.staff_id == asked.session.staff_id,
            break_glass.c.session == asked.session.id,
            break_glass.c.ended_at.is_(None),
        )
    )
    for row in rows:
        by_clock = from_text(row.started_at) <= asked.now < from_text(row.ends_at)
        lasts = by_clock and asked.session.glass_lasts(row.id, asked.steady)
        if lasts and kept_id(connection, row.patient_id) == root:
            return str(row.id)
    return None


def may_open(connection: Connection, asked: Asked, patient_id: str) -> bool:
    """Whether this session may open a record now, by being named, by consent or under a broken glass."""
    try:
        require(connection, asked, patient_id, "treatment")
    except rules.ConsentRefusal:
        return False
    return True


def open_until(connection: Connection, asked: Asked, patient_id: str) -> datetime | None:
    """Until when this session sees a patient under a broken glass; None where it does not."""
    glass = open_glass(connection, asked, patient_id)
    if glass is None:
        return None
    return from_text(connection.execute(select(break_glass.c.ends_at).where(break_glass.c.id == glass)).scalar_one())


def ages_of(connection: Connection) -> tuple[int, int]:
    """From which age a person signs alone, and from which a young person's care may be confidential."""
    rows = connection.exec_driver_sql(
        "SELECT name, value FROM settings WHERE name IN ('consent_age', 'confidential_age')"
    ).all()
    found = {name: int(value) for name, value in rows}
    return found.get("consent_age", rules.SIGNS_ALONE_FROM), found.get("confidential_age", rules.CONFIDENTIAL_FROM)


def _is_shut_out(connection: Connection, session: Session, patient_id: str) -> bool:
    allowed = restriction_of(connection, patient_id)
    return allowed is not None and not _is_among(session, allowed)


def _is_among(session: Session, audience: object) -> bool:
    named = {f"role:{session.role}", f"staff:{session.staff_id}"}
    return isinstance(audience, (list, tuple)) and bool(named & set(audience))
