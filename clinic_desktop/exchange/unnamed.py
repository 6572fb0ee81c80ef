"""A patient's records with nothing in them that names anybody: only what is listed here is written, all else stays.

Nothing is taken from a resource as it came. Codes of public code systems, numbers with units, statuses and dates made
coarse are written anew, under ids drawn for this export; words stand only where a catalogue of the clinic has them.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from clinic_desktop.domain import ranges, vitals
from clinic_desktop.exchange.immunizations import CVX
from clinic_desktop.exchange.local import TESTS
from clinic_desktop.exchange.mapped import ICD10CM, LOINC, SNOMED, UCUM, Row, clean
from clinic_desktop.exchange.observations import CATEGORY, INTERPRETATION, quantity
from clinic_desktop.services.departures import PatientRecord
from sync.records.exact import Json

MEDICINES = "urn:x-clinic-desktop:medicine"
AGE_GROUP = "urn:x-clinic-desktop:age-group"
_SYSTEMS = frozenset({
    LOINC, SNOMED, ICD10CM, CVX, "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/icd-10",
    "http://hl7.org/fhir/sid/ndc", "http://www.ama-assn.org/go/cpt", "http://www.whocc.no/atc",
})  # fmt: skip
_OF_FHIR = "http://terminology.hl7.org/CodeSystem/"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,17}")
_UNIT = re.compile(r"[A-Za-z0-9%/.\[\]{}*^()'_\-]{1,24}")
_NUMBER = re.compile(r"-?[0-9]{1,7}(\.[0-9]{1,30})?")
# No instrument measures finer; a longer number tells which row of which table it came from.
_FINEST = Decimal("0.001")
# Every status that a kind below may have in FHIR R4; another word is none.
_STATUSES = frozenset({
    "active", "amended", "appended", "arrived", "cancelled", "completed", "corrected", "draft", "final", "finished",
    "in-progress", "intended", "not-done", "not-taken", "on-hold", "onleave", "order", "partial", "planned",
    "preliminary", "preparation", "registered", "stopped", "triaged", "unknown", "inactive", "recurrence", "relapse",
    "remission", "resolved", "confirmed", "unconfirmed", "provisional", "differential", "refuted", "allergy",
    "intolerance", "low", "high", "unable-to-assess", "food", "medication", "environment", "biologic",
})  # fmt: skip
_WRONG = frozenset({"entered_in_error", "entered-in-error", "void", "cancelled"})


@dataclass
class Unnamed:
    """The records of an export as they are written, and what was left out of it, counted."""

    words: frozenset[str]  # the names that the catalogues know
    resources: dict[str, list[Json]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    minted: set[str] = field(default_factory=set)

    def new_id(self) -> str:
        """An id that says nothing of the one it stands for."""
        made = str(uuid4())
        self.minted |= {made, f"Patient/{made}", f"Encounter/{made}"}
        return made

    def add(self, record: PatientRecord, person: Json, dated: Callable[[str | None], str | None]) -> None:
        """Write one patient's records; `person` is the Patient as far as it may be told."""
        writing = _Writing(self, self.new_id(), dated)
        self._put("Patient", {"resourceType": "Patient", "id": writing.patient, **person})
        for one in record.rows:
            if one.table == "patients" or one.expected:
                continue
            if str(one.row.get("status")) in _WRONG:
                self.left_out["withdrawn or cancelled"] += 1
                continue
            found = _WRITERS[one.table](writing, one.row) if one.table in _WRITERS else None
            if found is None:
                self.left_out["notes and documents" if one.table == "notes" else f"{one.table}, not coded"] += 1
                continue
            kind, resource = found
            self._put(kind, {"resourceType": kind, "id": writing.id_of(one.row["id"]), **resource})

    def _put(self, kind: str, resource: Json) -> None:
        self.resources.setdefault(kind, []).append(resource)


class _Writing:
    """One patient's records being written."""

    def __init__(self, whole: Unnamed, patient: str, dated: Callable[[str | None], str | None]) -> None:
        self.whole, self.patient, self.dated = whole, patient, dated
        self._ids: dict[str, str] = {}

    def id_of(self, row: str) -> str:
        return self._ids.setdefault(row, self.whole.new_id())

    def subject(self) -> Json:
        return {"reference": f"Patient/{self.patient}"}

    def visit(self, row: Row) -> Json | None:
        """The visit a record belongs to, if that was written too: visits come first."""
        found = self._ids.get(str(row.get("encounter_id")))
        return None if found is None else {"reference": f"Encounter/{found}"}

    def coded(self, system: str | None, code: str | None, title: str | None = None) -> Json | None:
        """A concept by its code alone; its words only where a catalogue has them."""
        if not system or not code or _CODE.fullmatch(code) is None:
            return None
        if system not in {*_SYSTEMS, TESTS, MEDICINES} and not system.startswith(_OF_FHIR):
            return None
        display = title if title in self.whole.words else None
        return {"coding": [clean(system=system, code=code, display=display)]}


Written = tuple[str, Json] | None


def _status(word: object) -> str | None:
    return str(word) if word in _STATUSES else None


def _state(system: str, word: object) -> Json | None:
    code = _status(word)
    return {"coding": [{"system": _OF_FHIR + system, "code": code}]} if code else None


def _encounter(at: _Writing, row: Row) -> Written:
    outside = row["outside_status"]
    start, end = at.dated(row["started_text"] or row["started_at"]), at.dated(row["ended_text"] or row["signed_at"])
    known = row["class_code"] and _CODE.fullmatch(row["class_code"])
    reason, kind = (at.coded(row[f"{one}_system"], row[f"{one}_code"]) for one in ("reason", "type"))
    members = clean(
        status=_status(outside) or ("finished" if row["status"] in {"signed", "outside"} else "in-progress"),
        type=[kind] if kind else None,
        subject=at.subject(),
        period=clean(start=start, end=end),
        reason_code=[reason] if reason else None,
    )
    members["class"] = {"system": _OF_FHIR + "v3-ActCode", "code": row["class_code"] if known else "AMB"}
    return "Encounter", members


def _problem(at: _Writing, row: Row) -> Written:
    code = at.coded(row["code_system"] or ICD10CM, row["code"])
    return None if code is None else ("Condition", clean(
        clinical_status=_state("condition-clinical", row["status"]),
        verification_status=_state("condition-ver-status", row["verification_status"] or row["certainty"]),
        code=code, subject=at.subject(), encounter=at.visit(row),
        onset_date_time=at.dated(row["onset_on"] or row["onset_text"]),
        abatement_date_time=at.dated(row["resolved_on"] or row["resolved_text"]),
    ))  # fmt: skip


def _allergy(at: _Writing, row: Row) -> Written:
    code = at.coded(row["code_system"], row["code"])
    return None if code is None else ("AllergyIntolerance", clean(
        clinical_status=_state("allergyintolerance-clinical", row["status"]),
        verification_status=_state("allergyintolerance-verification", row["verification_status"] or "confirmed"),
        type=_status(row["kind"]),
        category=[each for each in (row["category"] or "").split(",") if _status(each)],
        criticality=_status(row["criticality"]), code=code, patient=at.subject(),
        onset_date_time=at.dated(row["onset_text"]), recorded_date=at.dated(row["recorded_text"] or row["noted_at"]),
    ))  # fmt: skip


def _medicine(at: _Writing, row: Row) -> Written:
    code = at.coded(row["code_system"], row["code"]) or at.coded(MEDICINES, row["medicine_code"])
    return None if code is None else ("MedicationStatement", clean(
        status=_status(row["outside_status"]) or _status(row["status"]), medication_codeable_concept=code,
        subject=at.subject(), context=at.visit(row),
        effective_period=clean(start=at.dated(row["started_text"] or row["started_on"] or row["authored_text"]),
                               end=at.dated(row["ended_text"] or row["ends_on"])),
    ))  # fmt: skip


def _prescribed(at: _Writing, row: Row) -> Written:
    code = at.coded(MEDICINES, row["medicine_code"])
    over = {"dispensed": "completed", "rejected": "cancelled"}.get(row["status"], "active")
    return None if code is None else ("MedicationRequest", clean(
        status=over, intent="order", medication_codeable_concept=code, subject=at.subject(),
        encounter=at.visit(row), authored_on=at.dated(row["signed_at"]),
    ))  # fmt: skip


def _sign(at: _Writing, row: Row) -> Written:
    sign = vitals.BY_CODE[row["code"]]
    return "Observation", clean(
        status="final", category=_category("vital-signs"),
        code={"coding": [{"system": LOINC, "code": sign.code, "display": sign.name}]},
        subject=at.subject(), encounter=at.visit(row), effective_date_time=at.dated(row["taken_at"]),
        value_quantity=quantity(row["value"], row["unit"], row["unit"], UCUM, None),
    )  # fmt: skip


def _result(at: _Writing, row: Row) -> Written:
    code = at.coded(LOINC, row["loinc"], row["name"]) or at.coded(TESTS, row["test_code"], row["name"])
    amount = ranges.amount(row["value"]) if row["kind"] == "numeric" else None
    if code is None or amount is None:
        return None
    value = quantity(format(amount.number, "f"), row["unit"], row["unit"], UCUM if row["unit"] else None,
                     amount.relation or None)  # fmt: skip
    return "Observation", clean(
        status="final", category=_category("laboratory"), code=code, subject=at.subject(), encounter=at.visit(row),
        effective_date_time=at.dated(row["collected_at"] or row["released_at"]), value_quantity=value,
        interpretation=_flag(row["flag"]),
    )  # fmt: skip


def _observation(at: _Writing, row: Row) -> Written:
    parts = [clean(code=code, **value) for part in row.get("parts", ())
             if (code := at.coded(part["code_system"], part["code"])) and (value := _value(at, part))]  # fmt: skip
    code, value = at.coded(row["code_system"], row["code"]), _value(at, row)
    if code is None or not (value or parts):
        return None
    known = row["category"] in {"vital-signs", "laboratory", "survey", "social-history", "exam", "imaging", "procedure"}
    on = at.dated(row["effective_text"])
    return "Observation", clean(
        status=_status(row["status"]) or "unknown", category=_category(row["category"]) if known else None,
        code=code, subject=at.subject(), encounter=at.visit(row), effective_date_time=on,
        component=parts, **value,
    )  # fmt: skip


def _value(at: _Writing, row: Row) -> Mapping[str, Any]:
    """A value that is a number with a unit, or a code; words are no value here."""
    if row["value_kind"] == "quantity" and _NUMBER.fullmatch(row["value"] or ""):
        unit = row["unit_code"] if row["unit_system"] == UCUM else row["unit"]
        if unit and not _UNIT.fullmatch(unit):
            return {}
        known = row["comparator"] if row["comparator"] in {"<", "<=", ">", ">="} else None
        value = Decimal(row["value"])
        fine = value.quantize(_FINEST)
        rough = value if value == fine else fine
        return {"value_quantity": quantity(format(rough, "f"), unit, unit, UCUM if unit else None, known)}
    if row["value_kind"] == "codeable" and (said := at.coded(row["value_system"], row["value_code"])):
        return {"value_codeable_concept": said}
    return {}


def _vaccine(at: _Writing, row: Row) -> Written:
    code = at.coded(CVX, row["vaccine_code"], row["vaccine_name"])
    return None if code is None else ("Immunization", clean(
        status={"not_done": "not-done"}.get(row["status"], "completed"), vaccine_code=code, patient=at.subject(),
        encounter=at.visit(row), occurrence_date_time=at.dated(row["occurred_at"] or row["occurred_on"]),
    ))  # fmt: skip


def _procedure(at: _Writing, row: Row) -> Written:
    code = at.coded(row["code_system"], row["code"])
    return None if code is None else ("Procedure", clean(
        status=_status(row["status"]) or "unknown", code=code, subject=at.subject(), encounter=at.visit(row),
        performed_date_time=at.dated(row["performed_text"]),
    ))  # fmt: skip


def _report(at: _Writing, row: Row) -> Written:
    code = at.coded(row["code_system"], row["code"])
    return None if code is None else ("DiagnosticReport", clean(
        status=_status(row["status"]) or "unknown", code=code, subject=at.subject(), encounter=at.visit(row),
        effective_date_time=at.dated(row["effective_text"] or row["issued_text"]),
    ))  # fmt: skip


def _category(code: str) -> list[Json]:
    return [{"coding": [{"system": CATEGORY, "code": code}]}]


def _flag(flag: str) -> list[Json] | None:
    known = flag if flag in {"N", "L", "H", "LL", "HH"} else None
    return [{"coding": [{"system": INTERPRETATION, "code": known}]}] if known else None


_WRITERS: Mapping[str, Callable[[_Writing, Row], Written]] = {
    "encounters": _encounter, "problems": _problem, "allergies": _allergy, "medicines_taken": _medicine,
    "prescription_lines": _prescribed, "vital_signs": _sign, "lab_results": _result, "observations": _observation,
    "immunizations": _vaccine, "procedures": _procedure, "diagnostic_reports": _report,
}  # fmt: skip


# What is written here of its own accord: somebody may bear such a word as a name, and is not meant by it.
OWN_WORDS = frozenset({
    *_STATUSES, *_SYSTEMS, UCUM, TESTS, MEDICINES, AGE_GROUP, CATEGORY, INTERPRETATION,
    *(sign.name for sign in vitals.SIGNS), *(sign.code for sign in vitals.SIGNS), *(sign.unit for sign in vitals.SIGNS),
    *(_OF_FHIR + name for name in ("v3-ActCode", "condition-clinical", "condition-ver-status",
                                   "allergyintolerance-clinical", "allergyintolerance-verification")),
    "Patient", "Encounter", "Condition", "AllergyIntolerance", "MedicationStatement", "MedicationRequest",
    "Observation", "Immunization", "Procedure", "DiagnosticReport", "vital-signs", "laboratory", "survey",
    "social-history", "exam", "imaging", "procedure", "AMB", "EMER", "VR", "IMP", "N", "L", "H", "LL", "HH",
    "female", "male", "other", "unknown",
})  # fmt: skip
