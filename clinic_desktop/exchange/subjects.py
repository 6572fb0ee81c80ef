"""Which kind of record stands for which rows, and its mapping both ways: each is written down once, here.

What has no column stays in `rest`: the members of the resource that its row would not give back as they came. An export
gives those back, unless the chart has changed meanwhile in what they say: then the chart's word goes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clinic_desktop.exchange import (
    allergies,
    consents,
    documents,
    elsewhere,
    encounters,
    immunizations,
    medicines,
    observations,
    parties,
    patients,
    problems,
    procedures,
    reports,
)
from clinic_desktop.exchange.mapped import Mapped, Pointer, Row
from sync.records.elements import Reference, Resource
from sync.records.exact import Json
from sync.records.kinds import KINDS
from sync.records.release import RESOURCES


@dataclass(frozen=True)
class Subject:
    """One kind of record: where its rows stand, how it is read and written, and whom it may be about."""

    kind: str
    table: str
    read: Callable[[Any], Mapped]
    write: Callable[[Row, Pointer], Json]
    about: str | Callable[[Json], list[Json]] | None = "subject"
    # Besides a patient: such a record is sound FHIR, but belongs to nobody's chart.
    or_about: frozenset[str] = frozenset()
    # Members that nobody changes here: they go out as they came, however much more of them is read than once was.
    kept: frozenset[str] = frozenset()


_GROUP = frozenset({"Group"})
_PEOPLE = frozenset({"Practitioner"})
_THINGS = frozenset({"Group", "Device", "Location"})
_MEDICINE = frozenset({"medicationCodeableConcept", "dosage"})
_FINDING = frozenset({"interpretation", "referenceRange", "component"})

# In the order in which they are written: what others point to comes first.
SUBJECTS: Mapping[str, Subject] = {
    each.kind: each
    for each in (
        Subject("Binary", "attachments", documents.read_binary, documents.write_binary, None),
        Subject("Organization", "outside_parties", parties.read_organization, parties.write_organization, None),
        Subject("Location", "outside_parties", parties.read_location, parties.write_location, None),
        Subject("Practitioner", "outside_parties", parties.read_practitioner, parties.write_practitioner, None),
        Subject("Medication", "outside_parties", parties.read_medication, parties.write_medication, None,
                kept=frozenset({"code"})),
        Subject("Patient", "patients", patients.read, patients.write, None),
        Subject("Encounter", "encounters", encounters.read, encounters.write, or_about=_GROUP),
        Subject("Condition", "problems", problems.read, problems.write, or_about=_GROUP),
        Subject("AllergyIntolerance", "allergies", allergies.read, allergies.write, "patient"),
        Subject(
            "MedicationRequest", "medicines_taken", medicines.read_request, medicines.write_request, or_about=_GROUP,
            kept=_MEDICINE,
        ),
        Subject(
            "MedicationStatement", "medicines_taken", medicines.read_statement, medicines.write_statement,
            or_about=_GROUP, kept=_MEDICINE,
        ),
        Subject("Observation", "observations", observations.read, observations.write, or_about=_THINGS,
                kept=_FINDING),
        Subject("Immunization", "immunizations", immunizations.read, immunizations.write, "patient"),
        Subject("Procedure", "procedures", procedures.read, procedures.write, or_about=_GROUP),
        Subject("DiagnosticReport", "diagnostic_reports", reports.read, reports.write, or_about=_THINGS),
        Subject("DocumentReference", "documents", documents.read, documents.write, or_about=_PEOPLE | _THINGS),
        Subject("Consent", "consents", consents.read, consents.write, "patient"),
        Subject("Coverage", "outside_records", elsewhere.read_coverage, elsewhere.write, "beneficiary"),
        Subject("Appointment", "outside_records", elsewhere.read_appointment, elsewhere.write, elsewhere.actors),
        Subject("ServiceRequest", "outside_records", elsewhere.read_request, elsewhere.write, or_about=_THINGS),
        Subject("Communication", "outside_records", elsewhere.read_communication, elsewhere.write, or_about=_GROUP),
        Subject("Task", "outside_records", elsewhere.read_task, elsewhere.write, "for", or_about=RESOURCES),
    )
}  # fmt: skip
ORDER = {kind: place for place, kind in enumerate(SUBJECTS)}
# Kinds that go out and are not taken in: what another clinic charged, claimed and was paid stands in its own books, and
# would be charged twice in ours.
OUT_ALONE = frozenset({"Claim", "ClaimResponse", "Invoice", "ChargeItem", "PaymentReconciliation"})
assert set(SUBJECTS) | OUT_ALONE == set(KINDS)

# Members that the file's frame gives back by itself.
_FRAME = frozenset({"resourceType", "id"})


def record(resource: Json) -> Resource:
    """The record that a resource is. Raises pydantic's ValidationError, which names the element."""
    return KINDS[resource["resourceType"]].model_validate(resource)


def mapped(subject: Subject, found: Resource) -> Mapped:
    """What the chart keeps of a record."""
    return subject.read(found)


def rest(subject: Subject, resource: Json, what: Mapped) -> Json:
    """The members of a resource that its row would not give back; None for one that the row would make up."""
    written = subject.write(_as_row(what), _came(what))
    left = {
        name: value for name, value in resource.items() if name not in _FRAME and written.get(name, _FRAME) != value
    }
    return left | {name: None for name in written if name not in resource}


def restored(subject: Subject, written: Json, left: Json) -> Json:
    """A resource as its row gives it and as it came: what came stands where the chart still says the same."""
    came = {name: value for name, value in (written | left).items() if value is not None}
    try:
        what = subject.read(KINDS[subject.kind].model_validate({"resourceType": subject.kind, **came}))
    except ValueError:
        # It cannot be read with what the chart says now: then the chart's word goes for all that it says.
        return {name: value for name, value in came.items() if name not in written} | written
    again = subject.write(_as_row(what), _came(what))
    result = dict(written)
    for name, value in left.items():
        if name in written and name not in subject.kept and not _agrees(written[name], again.get(name, _FRAME)):
            continue
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def _agrees(now: object, then: object) -> bool:
    """Whether the chart says what came; two ways to refer to one record are the same."""
    if now == then:
        return True
    if not (isinstance(now, dict) and isinstance(then, dict) and "reference" in now and "reference" in then):
        return False
    came, goes = then["reference"], now["reference"]
    if came is None or came.startswith("#") or "?" in came:
        return True
    return bool(_last(came) == _last(goes))


def _last(reference: str) -> str:
    return reference.removeprefix("urn:uuid:").partition("/_history")[0].rpartition("/")[2]


def _came(what: Mapped) -> Pointer:
    """References as they came, to compare with what came."""
    columns = {"patients": "patient_id", "encounters": "encounter_id", "documents": "supersedes"}

    def point(table: str, _record: str | None) -> Json | None:
        reference: Reference | None = what.links.get(columns.get(table, ""))
        return None if reference is None else {"reference": reference.reference}

    return point


class _Row(dict[str, Any]):
    """A row that has nothing in the columns nobody filled."""

    def __missing__(self, _name: str) -> None:
        return None


def _as_row(what: Mapped) -> _Row:
    row = _Row(what.values | what.facts)
    parts = [dict(part) for part in what.parts]
    row["parts"] = [_Row(part) for part in parts if "of" not in part]
    row["contacts"] = [_Row(part) for part in parts if part.get("of") == "contact"]
    return row
