"""Handing records out as FHIR R4: one patient is one Bundle (collection), with the people and places it speaks of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic_desktop.clock import to_text
from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.exchange import (
    appointments,
    claims,
    coverages,
    documents,
    invoices,
    local,
    messages,
    patients,
    requests,
    subjects,
    when,
)
from clinic_desktop.exchange.halted import writing
from clinic_desktop.exchange.keys import UUID_SYSTEM, Frame, references
from clinic_desktop.exchange.mapped import Pointer, Row, clean
from clinic_desktop.exchange.subjects import ORDER, SUBJECTS
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.departures import (
    Leaving,
    PatientRecord,
    all_parties,
    binaries,
    content,
    parties,
    patient_record,
    patients_to_export,
)
from sync.records.exact import Json, dumps, loads

# How far a practitioner leads to an organisation, that to another it is a part of, and so on.
ROUNDS = 4
PARTIES = "people-and-places.json"
_NOTE = SUBJECTS["Patient"]  # for kinds that no mapping of both ways has: counted like a patient's own
_HERE: Mapping[str, tuple[str, Callable[[Row, Pointer], Json]]] = {
    "vital_signs": ("Observation", local.vital_sign),
    "lab_results": ("Observation", local.lab_result),
    "prescription_lines": ("MedicationRequest", local.prescription),
    "notes": ("DocumentReference", local.note),
    "covers": ("Coverage", coverages.write),
    "appointments": ("Appointment", appointments.write),
    "lab_order_tests": ("ServiceRequest", requests.write),
    "charges": ("ChargeItem", invoices.write_charge),
    "invoices": ("Invoice", invoices.write),
    "payments": ("PaymentReconciliation", invoices.write_payment),
    "claims": ("Claim", claims.write),
    "claim_answers": ("ClaimResponse", claims.write_answer),
    "notifications": ("Communication", messages.write),
    "refill_requests": ("Task", messages.write_refill),
}
_KIND = {
    "patients": "Patient", "encounters": "Encounter", "problems": "Condition", "allergies": "AllergyIntolerance",
    "medicines_taken": "MedicationStatement", "observations": "Observation", "procedures": "Procedure",
    "immunizations": "Immunization",
    "diagnostic_reports": "DiagnosticReport", "documents": "DocumentReference", "consents": "Consent",
}  # fmt: skip


@dataclass(frozen=True)
class Exported:
    """What an export wrote, and how many patients' records stayed here: those that are closed to whoever exports."""

    files: tuple[str, ...]
    records: Mapping[str, int]
    restricted: int = 0


def bundle_of(desk: Desk, patient_id: str) -> Json:
    """One patient's records as a Bundle; who asked is in the access log first."""
    return bundle_of_record(desk, patient_record(desk, patient_id))


def bundle_of_record(desk: Desk, record: PatientRecord) -> Json:
    """What was read of a patient as a Bundle."""
    keys = keys_of(record)
    found = [(keys[one.table, one.row["id"]], resource_of(one, keys)) for one in record.rows if not one.expected]
    found = [(key, _also_known(resource, record) if key.kind == "Patient" else resource) for key, resource in found]
    found += _parties(desk, found)
    found += _binaries(desk, found)
    own = {keys[one.table, one.row["id"]] for one in record.rows if one.key is None}
    return _bundle(desk, [(key, _filled(desk, resource, hashed=key in own)) for key, resource in found])


def _also_known(resource: Json, record: PatientRecord) -> Json:
    """A patient with the numbers and ids of the registrations that were found to be the same person."""
    before = resource.get("identifier", [])
    others = [{"use": "old", "system": patients.MRN, "value": number} for number in record.other_numbers]
    for key in record.other_keys:
        if key.system == UUID_SYSTEM:
            others.append({"use": "old", "system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{key.value}"})
        else:
            others.append(clean(use="old", system=key.system if ":" in key.system else None, value=key.value))
    return resource | {"identifier": [*before, *(one for one in others if one not in before)]} if others else resource


def _filled(desk: Desk, resource: Json, *, hashed: bool) -> Json:
    """A document with its content, which was not read before; other records are as they are."""
    if resource["resourceType"] not in documents.CARRIERS:
        return resource
    return documents.fill(resource, lambda sha256: content(desk, sha256), hashed=hashed)


def _binaries(desk: Desk, found: list[tuple[Key, Json]]) -> list[tuple[Key, Json]]:
    """The contents that documents refer to instead of carrying them."""
    wanted: dict[Key, None] = {}
    for key, resource in found:
        for text in documents.addresses(resource) if key.kind == "DocumentReference" else ():
            target = Frame(key.system).literal(text, key)
            if target is not None:
                wanted[target._replace(kind="Binary")] = None
    rows = binaries(desk, list(wanted)) if wanted else ()
    return [(one.key, _known(one.key, one.row, one.rest, pointer({}))) for one in rows if one.key is not None]


def bundle_of_parties(desk: Desk) -> Json:
    """All the people, places and medicines that records from elsewhere named, whether or not one still does."""
    rows = all_parties(desk)
    return _bundle(desk, [(one.key, _known(one.key, one.row, one.rest, pointer({}))) for one in rows if one.key])


def export_one(desk: Desk, patient_id: str, out: Path) -> Exported:
    """Write one patient's bundle to a file."""
    bundle = bundle_of(desk, patient_id)
    _write(out, bundle)
    return Exported((str(out),), _counted([bundle]))


def export_all(desk: Desk, folder: Path, progress: Callable[[str], None]) -> Exported:
    """Write every patient's bundle into a folder, each named by the record number."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = patients_to_export(desk)
    bundle = bundle_of_parties(desk)
    _write(folder / PARTIES, bundle)
    files = [str(folder / PARTIES)]
    total = _counted([bundle])
    restricted = 0
    for number, patient_id in enumerate(ids, start=1):
        try:
            record = patient_record(desk, patient_id)
        except ConsentRefusal:
            restricted += 1
            continue
        bundle = bundle_of_record(desk, record)
        path = folder / f"{record.mrn}.json"
        _write(path, bundle)
        files.append(str(path))
        for kind, count in _counted([bundle]).items():
            # The people and places stand in every file that names them, and are counted once.
            if SUBJECTS.get(kind, _NOTE).table != "outside_parties":
                total[kind] = total.get(kind, 0) + count
        if number % 50 == 0 or number == len(ids):
            progress(f"{number}/{len(ids)}")
    return Exported(tuple(files), dict(sorted(total.items())), restricted)


def _bundle(desk: Desk, found: list[tuple[Key, Json]]) -> Json:
    found = sorted(found, key=lambda pair: ORDER.get(pair[0].kind, len(ORDER)))
    entries = [clean(full_url=full_url(key)) | {"resource": resource} for key, resource in found]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": when.fhir_instant(to_text(desk.now)),
        # FHIR has no empty lists.
        **({"entry": entries} if entries else {}),
    }


def full_url(key: Key) -> str | None:
    """Where a record stands; None where no address was ever given for it."""
    if key.system == UUID_SYSTEM:
        return f"urn:uuid:{key.value}"
    return f"{key.system}/{key.kind}/{key.value}" if key.system.startswith(("http://", "https://")) else None


def keys_of(record: PatientRecord) -> dict[tuple[str, str], Key]:
    """Under which key each row goes out: the one it came with, or its own."""
    keys: dict[tuple[str, str], Key] = {}
    for one in record.rows:
        # What came from elsewhere bears the key it came with.
        keys[one.table, one.row["id"]] = one.key or Key(kind_of(one.table), UUID_SYSTEM, str(one.row["id"]))
    for merged in record.merged:
        keys["patients", merged] = keys["patients", record.patient_id]
    return keys


def kind_of(table: str) -> str:
    """The kind of record that the rows of a table are."""
    return _HERE[table][0] if table in _HERE else _KIND.get(table, "")


def resource_of(one: Leaving, keys: Mapping[tuple[str, str], Key]) -> Json:
    """The resource that a row is, under its key among these."""
    key = keys[one.table, one.row["id"]]
    row: dict[str, Any] = dict(one.row)
    if one.table == "patients" and one.key is None:
        row["mrn_system"] = True
    if one.table in _HERE:
        written = _HERE[one.table][1](row, pointer(keys))
        return {"resourceType": key.kind, "id": key.value, **written}
    return _known(key, row, one.rest, pointer(keys))


def _known(key: Key, row: Row, rest: str | None, point: Pointer) -> Json:
    subject = SUBJECTS[key.kind]
    left: Json = loads(rest) if rest else {}
    if key.kind == "DocumentReference" and documents.addresses(left):
        row = {**row, "sha256": None}  # it does not carry its content: that goes out as the record it came as
    given = left.pop("id", key.value)
    identified = {} if str(given).startswith("sha256:") else {"id": given}
    written = subject.write(row, point)
    return {"resourceType": key.kind, **identified, **subjects.restored(subject, written, left)}


def pointer(keys: Mapping[tuple[str, str], Key]) -> Pointer:
    """How the records under these keys are referred to."""

    def point(table: str, record: str | None) -> Json | None:
        key = keys.get((table, record)) if record is not None else None
        return None if key is None else {"reference": reference_to(key)}

    return point


def reference_to(key: Key) -> str:
    """How others refer to a record in the same bundle."""
    return f"urn:uuid:{key.value}" if key.system == UUID_SYSTEM else f"{key.kind}/{key.value}"


def _parties(desk: Desk, found: list[tuple[Key, Json]]) -> list[tuple[Key, Json]]:
    """The practitioners, organisations, places and medicines that the records speak of, and whom those speak of."""
    have = {key for key, _resource_ in found}
    added: list[tuple[Key, Json]] = []
    fresh = found
    for _round in range(ROUNDS):
        wanted = {target for key, resource in fresh for target in _targets(key, resource)} - have
        rows = parties(desk, sorted(wanted)) if wanted else ()
        fresh = [(one.key, _known(one.key, one.row, one.rest, pointer({}))) for one in rows if one.key is not None]
        fresh = [(key, resource) for key, resource in fresh if key not in have]
        if not fresh:
            break
        have |= {key for key, _resource_ in fresh} | wanted
        added += fresh
    return added


def _targets(key: Key, resource: Json) -> Iterator[Key]:
    frame = Frame(key.system)
    for _where, text in references(resource):
        target = frame.literal(text, key)
        if target is not None:
            yield target


def _counted(bundles: list[Json]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for bundle in bundles:
        for entry in bundle.get("entry", ()):
            kind = entry["resource"]["resourceType"]
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def _write(path: Path, document: Json) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        with writing(path):
            part.write_text(dumps(document) + "\n", encoding="utf-8")
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
