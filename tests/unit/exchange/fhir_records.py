"""Records that are right, and ways to break them."""

import copy
from collections.abc import Callable
from typing import Any

from clinic_desktop.exchange.validation.checking import check_resource
from clinic_desktop.exchange.validation.prose import Strictness

Json = dict[str, Any]
Change = Callable[[Json], None]
USUAL = Strictness()
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'

PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "text": {"status": "generated", "div": f"<div {XHTML}><p>Ada <b>Okafor</b></p></div>"},
    "identifier": [{"system": "urn:oid:1.2.3", "value": "1"}],
    "active": True,
    "name": [{"use": "official", "family": "Okafor", "given": ["Ada", "N."]}],
    "telecom": [{"system": "phone", "value": "555"}],
    "gender": "female",
    "birthDate": "1975-07-14",
    "maritalStatus": {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": "M", "display": "Married"}
        ]
    },
    "contact": [{"name": {"family": "Okafor"}, "period": {"start": "2020-01-01", "end": "2021-01-01"}}],
    "generalPractitioner": [{"reference": "#gp"}],
    "managingOrganization": {"reference": "Organization/o1"},
    "contained": [{"resourceType": "Practitioner", "id": "gp", "name": [{"family": "Lee"}]}],
}
OBSERVATION: Json = {
    "resourceType": "Observation",
    "status": "final",
    "category": [
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}
    ],
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-01-01",
    "valueQuantity": {"value": 70.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
}


def found(record: Json, severity: str = "error", strictness: Strictness = USUAL) -> list[tuple[str, str]]:
    return [(one.path, one.what) for one in check_resource(record, strictness) if one.severity == severity]


def changed(record: Json, change: Callable[[Json], object]) -> Json:
    other = copy.deepcopy(record)
    change(other)
    return other


def put(path: str, value: object) -> Change:
    """Set what stands at a path such as `name.0.family`."""
    *above, last = path.split(".")

    def change(record: Json) -> None:
        _at(record, above)[_step(last)] = value

    return change


def drop(path: str) -> Change:
    """Take away what stands at a path."""
    *above, last = path.split(".")

    def change(record: Json) -> None:
        del _at(record, above)[_step(last)]

    return change


def _step(step: str) -> Any:
    return int(step) if step.isdigit() else step


def _at(record: Json, steps: list[str]) -> Any:
    at: Any = record
    for step in steps:
        at = at[_step(step)]
    return at
