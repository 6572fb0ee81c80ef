"""Rows of Synthea's clinical tables as FHIR resources: what the chart reads from those it reads from these."""

from typing import Any

from clinic_desktop.exchange import encounters, problems
from clinic_desktop.exchange.allergies import CLINICAL, VERIFICATION
from clinic_desktop.exchange.immunizations import CVX
from clinic_desktop.exchange.mapped import LOINC, SNOMED, UCUM, clean, status
from clinic_desktop.exchange.observations import CATEGORY
from clinic_desktop.exchange.synthea.cells import Cells, WrongCell
from clinic_desktop.i18n import N_
from sync.records.exact import Json

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SSN = "http://hl7.org/fhir/sid/us-ssn"
LICENCE = "urn:oid:2.16.840.1.113883.4.3.25"
PASSPORT = "http://standardhealthrecord.org/fhir/StructureDefinition/passportNumber"
_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_BIRTHPLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
_PLACE = "http://hl7.org/fhir/StructureDefinition/geolocation"
_MARITAL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
_GENDERS = {"M": "male", "F": "female", "O": "other", "U": "unknown"}
_CLASSES = {
    "ambulatory": "AMB", "outpatient": "AMB", "wellness": "AMB", "urgentcare": "AMB", "emergency": "EMER",
    "inpatient": "IMP", "hospice": "IMP", "snf": "IMP", "virtual": "VR", "home": "HH",
}  # fmt: skip
_SEVERITIES = {"MILD": "mild", "MODERATE": "moderate", "SEVERE": "severe"}
_CATEGORIES = {"drug": "medication"}


def patient(row: Cells) -> Json:
    """A row of patients.csv."""
    given, family = row.text("FIRST"), row.text("LAST")
    if not given and not family:
        raise WrongCell("LAST", "", N_("This may not be empty."))
    name = clean(
        use="official", family=family, given=[each for each in (given, row.text("MIDDLE")) if each],
        prefix=_listed(row.text("PREFIX")), suffix=_listed(row.text("SUFFIX")),
    )  # fmt: skip
    maiden = clean(use="maiden", family=row.text("MAIDEN"), given=_listed(given)) if row.text("MAIDEN") else None
    extensions: list[Json] = [
        {"url": _CORE + which, "extension": [{"url": "text", "valueString": said}]}
        for which, said in (("race", row.text("RACE")), ("ethnicity", row.text("ETHNICITY")))
        if said
    ]
    if place := row.text("BIRTHPLACE"):
        extensions.append({"url": _BIRTHPLACE, "valueAddress": {"text": place}})
    numbers = ((SSN, row.text("SSN")), (LICENCE, row.text("DRIVERS")), (PASSPORT, row.text("PASSPORT")))
    married = row.text("MARITAL")
    if not row.day("BIRTHDATE"):
        raise WrongCell("BIRTHDATE", "", N_("This may not be empty."))
    return {"resourceType": "Patient", "id": row.id("Id")} | clean(
        extension=extensions,
        identifier=[{"system": system, "value": value} for system, value in numbers if value],
        name=[name, maiden] if maiden else [name],
        gender=_chosen(row, "GENDER", _GENDERS),
        birth_date=row.day("BIRTHDATE"),
        deceased_date_time=row.moment("DEATHDATE"),
        marital_status={"coding": [{"system": _MARITAL, "code": married}]} if married else None,
        address=[_address(row, "COUNTY")],
    )


def organization(row: Cells) -> Json:
    """A row of organizations.csv."""
    return {"resourceType": "Organization", "id": row.id("Id")} | clean(
        name=row.need("NAME"), telecom=_telecom(row), address=[_address(row)]
    )


def practitioner(row: Cells) -> Json:
    """A row of providers.csv."""
    given, _blank, family = row.need("NAME").rpartition(" ")
    speciality = row.text("SPECIALITY") or row.text("SPECIALTY")
    return {"resourceType": "Practitioner", "id": row.id("Id")} | clean(
        name=[clean(family=family, given=[given] if given else None)],
        gender=_chosen(row, "GENDER", _GENDERS) if row.text("GENDER") else None,
        qualification=[{"code": {"text": speciality}}] if speciality else None,
        address=[_address(row)],
    )


def encounter(row: Cells) -> Json:
    """A row of encounters.csv."""
    kind = row.need("ENCOUNTERCLASS")
    if kind not in _CLASSES:
        raise WrongCell("ENCOUNTERCLASS", kind, N_("This is none of {known}."), known=", ".join(_CLASSES))
    seen_by, place = row.link("PROVIDER"), row.link("ORGANIZATION")
    members = clean(
        status="finished",
        type=[_concept(row, SNOMED)],
        subject=_of(row),
        participant=[{"individual": _to("Practitioner", seen_by)}] if seen_by else None,
        period=clean(start=_needed(row, "START"), end=row.moment("STOP")),
        reason_code=_reason(row),
        service_provider=_to("Organization", place) if place else None,
    )
    # Synthea's own word is finer than HL7's code: it stays as what is shown.
    coding = {"system": encounters.ACT, "code": _CLASSES[kind], "display": kind}
    return {"resourceType": "Encounter", "id": row.id("Id"), "class": coding} | members


def condition(row: Cells) -> Json:
    """A row of conditions.csv."""
    over = row.moment("STOP")
    return {"resourceType": "Condition"} | clean(
        clinical_status=status(problems.CLINICAL, "resolved" if over else "active"),
        verification_status=status(problems.VERIFICATION, "confirmed"),
        code=_concept(row, SNOMED), subject=_of(row), encounter=_at(row), onset_date_time=_needed(row, "START"),
        abatement_date_time=over,
    )  # fmt: skip


def allergy(row: Cells) -> Json:
    """A row of allergies.csv."""
    system = {"SNOMED-CT": SNOMED, "RxNorm": RXNORM}.get(row.text("SYSTEM"), SNOMED)
    category = row.text("CATEGORY")
    reactions = [
        clean(manifestation=[_coded(SNOMED, row.text(f"REACTION{n}"), row.text(f"DESCRIPTION{n}"))],
              severity=_SEVERITIES.get(row.text(f"SEVERITY{n}")))
        for n in (1, 2) if row.text(f"REACTION{n}")
    ]  # fmt: skip
    return {"resourceType": "AllergyIntolerance"} | clean(
        clinical_status=status(CLINICAL, "resolved" if row.moment("STOP") else "active"),
        verification_status=status(VERIFICATION, "confirmed"),
        type=row.text("TYPE") if row.text("TYPE") in {"allergy", "intolerance"} else None,
        category=[_CATEGORIES.get(category, category)] if category else None,
        code=_concept(row, system), patient=_of(row), encounter=_at(row), onset_date_time=_needed(row, "START"),
        last_occurrence=row.moment("STOP"), reaction=reactions,
    )  # fmt: skip


def medicine(row: Cells) -> Json:
    """A row of medications.csv: from when to when it was taken."""
    over = row.moment("STOP")
    return {"resourceType": "MedicationStatement"} | clean(
        status="completed" if over else "active",
        medication_codeable_concept=_concept(row, RXNORM), subject=_of(row), context=_at(row),
        effective_period=clean(start=_needed(row, "START"), end=over), reason_code=_reason(row),
    )  # fmt: skip


def observation(row: Cells) -> Json:
    """A row of observations.csv; codes of Synthea's own (QALY and the like) belong to no code system."""
    code, category = row.need("CODE"), row.text("CATEGORY")
    known = code.replace("-", "").isdigit()
    value: Json = {"value_string": row.need("VALUE")}
    if row.text("TYPE") == "numeric":
        unit = row.text("UNITS")
        value = {
            "value_quantity": clean(value=row.number("VALUE"), unit=unit, system=UCUM if unit else None, code=unit)
        }
    return {"resourceType": "Observation"} | clean(
        status="final",
        category=[{"coding": [{"system": CATEGORY, "code": category, "display": category}]}] if category else None,
        code=_coded(LOINC if known else None, code, row.text("DESCRIPTION")),
        subject=_of(row), encounter=_at(row), effective_date_time=_needed(row, "DATE"), **value,
    )  # fmt: skip


def immunization(row: Cells) -> Json:
    """A row of immunizations.csv."""
    return {"resourceType": "Immunization", "primarySource": True} | clean(
        status="completed", vaccine_code=_concept(row, CVX), patient=_of(row), encounter=_at(row),
        occurrence_date_time=_needed(row, "DATE"),
    )  # fmt: skip


def procedure(row: Cells) -> Json:
    """A row of procedures.csv."""
    start = row.moment("START") if row.text("START") else _needed(row, "DATE")
    over = row.moment("STOP")
    return {"resourceType": "Procedure"} | clean(
        status="completed", code=_concept(row, SNOMED), subject=_of(row), encounter=_at(row),
        performed_period=clean(start=start, end=over) if over else None,
        performed_date_time=None if over else start, reason_code=_reason(row),
    )  # fmt: skip


def _to(kind: str, value: str) -> Json:
    return {"reference": f"{kind}/{value}"}


def _of(row: Cells) -> Json:
    return _to("Patient", row.id("PATIENT"))


def _at(row: Cells) -> Json | None:
    visit = row.link("ENCOUNTER")
    return _to("Encounter", visit) if visit else None


def _needed(row: Cells, column: str) -> str:
    row.need(column)
    return row.moment(column) or ""


def _concept(row: Cells, system: str) -> Json:
    return _coded(system, row.need("CODE"), row.text("DESCRIPTION"))


def _coded(system: str | None, code: str, title: str) -> Json:
    return clean(coding=[clean(system=system, code=code, display=title)], text=title)


def _reason(row: Cells) -> list[Json] | None:
    code, title = row.text("REASONCODE"), row.text("REASONDESCRIPTION")
    return [_coded(SNOMED, code, title)] if code else [{"text": title}] if title else None


def _chosen(row: Cells, column: str, known: dict[str, str]) -> str:
    text = row.need(column)
    if text not in known:
        raise WrongCell(column, text, N_("This is none of {known}."), known=", ".join(known))
    return known[text]


def _address(row: Cells, district: str = "") -> Json:
    where: Any = None
    if row.text("LAT") and row.text("LON"):
        parts = (("latitude", row.number("LAT")), ("longitude", row.number("LON")))
        where = [{"url": _PLACE, "extension": [{"url": name, "valueDecimal": value} for name, value in parts]}]
    return clean(
        extension=where, line=_listed(row.text("ADDRESS")), city=row.text("CITY"),
        district=row.text(district) if district else None, state=row.text("STATE"), postal_code=row.text("ZIP"),
        country="US",
    )  # fmt: skip


def _telecom(row: Cells) -> list[Json] | None:
    phone = row.text("PHONE")
    return [{"system": "phone", "value": phone}] if phone else None


def _listed(text: str) -> list[str] | None:
    return [text] if text else None
