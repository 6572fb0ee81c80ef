"""Small bundles of FHIR R4 for tests: one made-up patient with one record of each kind."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from clinic_desktop.exchange.incoming import Imported, import_fhir
from clinic_desktop.services.acts import Desk
from clinic_desktop.store.engine import Store

Json = dict[str, Any]

PATIENT = "11111111-1111-4111-8111-111111111111"
VISIT = "22222222-2222-4222-8222-222222222222"
DOCTOR = "33333333-3333-4333-8333-333333333333"
POTASSIUM = "44444444-4444-4444-8444-444444444444"
PRESSURE = "55555555-5555-4555-8555-555555555555"
ALLERGY = "66666666-6666-4666-8666-666666666666"
SNOMED, LOINC, UCUM = "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"


def concept(system: str, code: str, words: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def person(**more: object) -> Json:
    return {
        "resourceType": "Patient",
        "id": PATIENT,
        "identifier": [{"system": "urn:oid:1.2.3", "value": "H-77"}],
        "name": [{"use": "official", "family": "Ólafsdóttir", "given": ["Hrafnhildur", "Björk"]}],
        "telecom": [{"system": "phone", "value": "+354 555 0100", "use": "home"}],
        "gender": "female",
        "birthDate": "1970-02-03",
    } | more


def everything() -> list[Json]:
    """One patient and one record of each kind, each with something the chart has no place for."""
    subject = {"reference": f"urn:uuid:{PATIENT}"}
    visit = {"reference": f"urn:uuid:{VISIT}"}
    return [
        person(maritalStatus={"text": "Married"}),
        {
            "resourceType": "Practitioner", "id": DOCTOR, "name": [{"family": "Amadi", "given": ["Ngozi"]}],
            "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
        },
        {
            "resourceType": "Encounter", "id": VISIT, "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "type": [concept(SNOMED, "185345009", "Encounter for symptom")], "subject": subject,
            "participant": [{"individual": {"reference": f"urn:uuid:{DOCTOR}"}}],
            "period": {"start": "2019-05-06T23:30:00-08:00", "end": "2019-05-06T23:45:00-08:00"},
        },
        {
            "resourceType": "Condition", "id": "a1111111-1111-4111-8111-111111111111", "subject": subject,
            "clinicalStatus": {"coding": [{"code": "active"}]}, "encounter": visit,
            "code": concept(SNOMED, "38341003", "Hypertension"), "onsetDateTime": "2010-05",
        },
        {
            "resourceType": "AllergyIntolerance", "id": ALLERGY, "patient": subject, "criticality": "high",
            "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "Allergy to penicillin"},
            "reaction": [{"manifestation": [{"text": "Hives"}], "severity": "moderate"}],
        },
        {
            "resourceType": "MedicationRequest", "id": "a2222222-2222-4222-8222-222222222222", "status": "active",
            "intent": "order", "subject": subject, "authoredOn": "2020-01-02",
            "medicationCodeableConcept": {"text": "Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet"},
            "dosageInstruction": [{"text": "one tablet three times a day"}],
        },
        potassium(),
        {
            "resourceType": "Observation", "id": PRESSURE, "status": "final", "subject": subject, "encounter": visit,
            "code": concept(LOINC, "85354-9", "Blood pressure panel"), "effectiveDateTime": "2019-05-06T23:35:00-08:00",
            "component": [
                {"code": concept(LOINC, "8480-6", "Systolic"), "valueQuantity": pressure("181.40")},
                {"code": concept(LOINC, "8462-4", "Diastolic"), "valueQuantity": pressure("92.0")},
            ],
        },
        {
            "resourceType": "Immunization", "id": "a3333333-3333-4333-8333-333333333333", "status": "completed",
            "vaccineCode": concept("http://hl7.org/fhir/sid/cvx", "08", "Hep B, adolescent or pediatric"),
            "patient": subject, "occurrenceDateTime": "1999", "primarySource": False, "lotNumber": "L-1",
        },
        {
            "resourceType": "Procedure", "id": "a4444444-4444-4444-8444-444444444444", "status": "completed",
            "code": concept(SNOMED, "80146002", "Appendectomy"), "subject": subject, "performedDateTime": "1988-07",
        },
        {
            "resourceType": "DiagnosticReport", "id": "a5555555-5555-4555-8555-555555555555", "status": "final",
            "code": concept(LOINC, "24323-8", "Metabolic panel"), "subject": subject, "conclusion": "Potassium high",
            "effectiveDateTime": "2019-05-06", "result": [{"reference": f"urn:uuid:{POTASSIUM}"}],
            "presentedForm": [{"contentType": "text/plain", "data": "aGVsbG8="}],
        },
    ]  # fmt: skip


def potassium(value: str = "6.50", **more: object) -> Json:
    return {
        "resourceType": "Observation",
        "id": POTASSIUM,
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": concept(LOINC, "2823-3", "Potassium"),
        "subject": {"reference": f"urn:uuid:{PATIENT}"},
        "effectiveDateTime": "2019-05-06T23:40:00-08:00",
        "valueQuantity": {"value": Plain(value), "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
    } | more


def pressure(value: str) -> Json:
    return {"value": Plain(value), "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"}


class Plain(float):
    """A number that is written as it was given."""

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.text = text  # type: ignore[attr-defined]
        return made

    def __deepcopy__(self, _memo: object) -> "Plain":
        return self


def bundle(resources: list[Json], kind: str = "transaction") -> str:
    """A bundle as text, each entry under its own address."""
    entries = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in copy.deepcopy(resources)]
    return text({"resourceType": "Bundle", "type": kind, "entry": entries})


def text(document: object) -> str:
    """JSON with each number as it was given."""
    marks: dict[str, str] = {}

    def marked(value: object) -> object:
        if isinstance(value, Plain):
            mark = f"@{len(marks)}@"
            marks[f'"{mark}"'] = value.text  # type: ignore[attr-defined]
            return mark
        if isinstance(value, dict):
            return {name: marked(each) for name, each in value.items()}
        return [marked(each) for each in value] if isinstance(value, list) else value

    written = json.dumps(marked(document), ensure_ascii=False)
    for mark, number in marks.items():
        written = written.replace(mark, number)
    return written


def head(store: Store) -> int:
    """Where the journal ends."""
    with store.read() as connection:
        return int(connection.exec_driver_sql("SELECT coalesce(max(seq), 0) FROM journal").scalar_one())


Take = Callable[..., Imported]


def taker(desk: Desk, folder: Path) -> Take:
    """Writes texts into files and imports them; gives what became of them."""

    def take(*texts: str, name: str = "file.json", source: str = "file") -> Imported:
        paths = []
        for place, one in enumerate(texts):
            path = folder / f"{place}-{name}"
            path.write_text(one, encoding="utf-8")
            paths.append(path)
        return import_fhir(desk, paths, lambda _words: None, source)

    return take
