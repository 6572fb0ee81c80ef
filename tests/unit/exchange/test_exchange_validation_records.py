"""Every sort of rule about a record, each broken once in a record that is otherwise right."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.checking import check_resource
from clinic_desktop.exchange.validation.prose import Strictness

Json = dict[str, Any]
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


def found(record: Json, severity: str = "error", strictness: Strictness = Strictness()) -> list[tuple[str, str]]:  # noqa: B008
    return [(one.path, one.what) for one in check_resource(record, strictness) if one.severity == severity]


def changed(record: Json, change: Callable[[Json], object]) -> Json:
    other = copy.deepcopy(record)
    change(other)
    return other


def put(*path: str | int, value: object) -> Callable[[Json], None]:
    def change(record: Json) -> None:
        at: Any = record
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[Json], None]:
    def change(record: Json) -> None:
        at: Any = record
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]

    return change


def test_records_that_are_right_have_no_error() -> None:
    assert found(PATIENT) == []
    assert found(OBSERVATION) == []


P = PATIENT
O = OBSERVATION
BROKEN: list[tuple[str, Json, Callable[[Json], object], str, str]] = [
    ("an element that is not known", P, put("colour", value="red"), "Patient", "colour"),
    ("an element of the wrong case", P, put("Gender", value="female"), "Patient", "Gender"),
    ("a single value as an array", P, put("gender", value=["female"]), "Patient.gender", "single value"),
    ("an array as a single value", P, put("name", value={"family": "x"}), "Patient.name", "an array"),
    ("an empty array", P, put("telecom", value=[]), "Patient.telecom", "empty"),
    ("an empty object", P, put("name", 0, value={}), "Patient.name[0]", "empty"),
    ("an empty text", P, put("name", 0, "family", value=""), "Patient.name[0].family", "empty"),
    ("a text of spaces", P, put("name", 0, "family", value="  "), "Patient.name[0].family", "nothing but space"),
    ("null in an array", P, put("name", 0, "given", value=["Ada", None]), "Patient.name[0].given[1]", "null"),
    ("a number as a text", O, put("valueQuantity", "value", value="70"), "Observation.value.ofType(Quantity).value", "number"),
    ("a text as a number", P, put("birthDate", value=1975), "Patient.birthDate", "text"),
    ("a yes as a text", P, put("active", value="true"), "Patient.active", "true or false"),
    ("two types of one choice", O, put("valueString", value="x"), "Observation", "may stand 1"),
    ("a choice of a type that is not its", O, put("valueAddress", value={"city": "x"}), "Observation", "valueAddress"),
    ("a missing element", O, drop("status"), "Observation", "status is missing"),
    ("a missing element of a part", P, put("link", value=[{"type": "seealso"}]), "Patient.link[0]", "other is missing"),
    ("a code outside a required list", P, put("gender", value="F"), "Patient.gender", "administrative-gender"),
    ("a code with space", P, put("gender", value=" female"), "Patient.gender", "valid code"),
    ("a day that does not exist", P, put("birthDate", value="2020-02-30"), "Patient.birthDate", "no such day"),
    ("a rule of the type", P, put("contact", 0, value={"gender": "male"}), "Patient.contact[0]", "pat-1"),
    ("a period that ends before it starts", P, put("contact", 0, "period", "end", value="2019"), "Patient.contact[0].period", "per-1"),
    ("an id too long", P, put("id", value="x" * 65), "Patient.id", "too long"),
    ("an id with a slash", P, put("id", value="a/b"), "Patient.id", "valid id"),
    ("an element's id with space", P, put("name", 0, "id", value="a b"), "Patient.name[0].id", "space"),
    ("an element with an id alone", P, put("name", 0, value={"id": "a"}), "Patient.name[0]", "ele-1"),
    ("a contact point without system", P, put("telecom", 0, value={"value": "1"}), "Patient.telecom[0]", "cpt-2"),
    ("a unit without system", O, drop("valueQuantity", "system"), "Observation.value.ofType(Quantity)", "qty-3"),
    ("a code that its system does not have", P, put("maritalStatus", "coding", 0, "code", value="ZZ"), "Patient.maritalStatus.coding[0].code", "v3-MaritalStatus"),
    ("a relative code system", P, put("maritalStatus", "coding", 0, "system", value="marital"), "Patient.maritalStatus.coding[0]", "absolute"),
    ("a relative system of an identifier", P, put("identifier", 0, "system", value="mrn"), "Patient.identifier[0]", "absolute"),
    ("a UUID that is none", P, put("identifier", 0, "system", value="urn:uuid:123"), "Patient.identifier[0].system", "UUID"),
    ("a reference to what is not contained", P, put("generalPractitioner", 0, "reference", value="#no"), "Patient.generalPractitioner[0]", "ref-1"),
    ("a reference to the wrong kind", P, put("generalPractitioner", 0, value={"reference": "#gp", "type": "Device"}), "Patient.generalPractitioner[0]", "Device"),
    ("a contained record of the wrong kind", P, put("managingOrganization", value={"reference": "#gp"}), "Patient.managingOrganization", "Practitioner"),
    ("a reference that is a bare id", P, put("managingOrganization", "reference", value="o1"), "Patient.managingOrganization", "kind of record"),
    ("a contained record that nothing points at", P, drop("generalPractitioner"), "Patient.contained[0].ofType(Practitioner)", "dom-3"),
    ("a contained record without id", P, drop("contained", 0, "id"), "Patient.contained[0].ofType(Practitioner)", "must have an id"),
    ("a contained record in a contained one", P, put("contained", 0, "contained", value=[{"resourceType": "Patient", "id": "x"}]), "Patient", "dom-2"),
    ("a contained record with a version", P, put("contained", 0, "meta", value={"versionId": "1"}), "Patient", "dom-4"),
    ("a kind of record that is not known", P, put("resourceType", value="Animal"), "", "Animal"),
    ("an abstract kind of record", P, put("resourceType", value="DomainResource"), "", "DomainResource"),
    ("no kind of record", P, drop("resourceType"), "", "resourceType"),
    ("a narrative that is not XML", P, put("text", "div", value=f"<div {XHTML}><p>x</div>"), "Patient.text.div", "well-formed"),
    ("a narrative with an HTML entity", P, put("text", "div", value=f"<div {XHTML}>a&nbsp;b</div>"), "Patient.text.div", "well-formed"),
    ("a narrative of another root", P, put("text", "div", value=f"<p {XHTML}>x</p>"), "Patient.text.div", "one div"),
    ("a narrative of another namespace", P, put("text", "div", value='<div xmlns="urn:x">x</div>'), "Patient.text.div", "namespace"),
    ("a script in a narrative", P, put("text", "div", value=f"<div {XHTML}>x<script>1</script></div>"), "Patient.text.div", "txt-1"),
    ("an event in a narrative", P, put("text", "div", value=f'<div {XHTML}><p onclick="x">x</p></div>'), "Patient.text.div", "onclick"),
    ("a link that runs", P, put("text", "div", value=f'<div {XHTML}><a href="javascript:x()">x</a></div>'), "Patient.text.div", "javascript"),
    ("a link that leads nowhere", P, put("text", "div", value=f'<div {XHTML}><a href="#there">x</a></div>'), "Patient.text.div", "leads nowhere"),
    ("a narrative of space", P, put("text", "div", value=f"<div {XHTML}> <p> </p></div>"), "Patient.text.div", "txt-2"),
    ("a document type in a narrative", P, put("text", "div", value=f"<!DOCTYPE x []><div {XHTML}>x</div>"), "Patient.text.div", "DOCTYPE"),
    ("a script in a name", P, put("name", 0, "text", value="<script>x</script>"), "Patient.name[0].text", "script"),
    ("an attachment of another size", P, put("photo", value=[{"contentType": "image/png", "data": "aGVscA==", "size": 9}]), "Patient.photo[0]", "4"),
    ("a media type that is none", P, put("photo", value=[{"contentType": "png", "data": "aGVscA=="}]), "Patient.photo[0].contentType", "mimetypes"),
    ("a language that is none", P, put("language", value="not_a_language"), "Patient.language", "all-languages"),
    ("a vital sign that does not say so", O, drop("category"), "Observation", "profile bodyweight"),
    ("a vital sign in another unit", O, put("valueQuantity", "code", value="[stone_av]"), "Observation.value.ofType(Quantity).code", "ucum-bodyweight"),
    ("a vital sign without its time", O, drop("effectiveDateTime"), "Observation", "effective"),
    ("a profile of another kind", P, put("meta", value={"profile": ["http://hl7.org/fhir/StructureDefinition/bp"]}), "Patient.meta.profile[0]", "Observation"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "change", "path", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_rule_that_is_broken_is_named_with_its_place(
    record: Json, change: Callable[[Json], object], path: str, words: str
) -> None:
    errors = found(changed(record, change))
    assert any(at == path and words in what for at, what in errors), errors


EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
EXTENSIONS: list[tuple[str, Json, str | None]] = [
    ("known, in its place", {"url": f"{EXTENSION}patient-interpreterRequired", "valueBoolean": True}, None),
    ("known, with the wrong type", {"url": f"{EXTENSION}patient-interpreterRequired", "valueString": "yes"}, "holds boolean"),
    ("known, in another place", {"url": f"{EXTENSION}humanname-mothers-family", "valueString": "x"}, "not allowed here"),
    ("known, with a version", {"url": f"{EXTENSION}patient-congregation|4.0.0", "valueString": "x"}, "version"),
    ("without url", {"valueString": "x"}, "url"),
    ("relative", {"url": "mine", "valueString": "x"}, "absolute"),
    ("with neither value nor parts", {"url": "http://example.org/x"}, "ext-1"),
    (
        "with value and parts",
        {"url": "http://example.org/x", "valueString": "x", "extension": [{"url": "http://example.org/y", "valueString": "x"}]},
        "ext-1",
    ),
    ("with its parts", {"url": f"{EXTENSION}patient-nationality", "extension": [{"url": "code", "valueCodeableConcept": {"text": "x"}}]}, None),
    ("with a part it has not", {"url": f"{EXTENSION}patient-nationality", "extension": [{"url": "colour", "valueString": "x"}]}, "no part"),
    ("with a part of the wrong type", {"url": f"{EXTENSION}patient-nationality", "extension": [{"url": "code", "valueString": "x"}]}, "holds CodeableConcept"),
    ("of a guide that is not known", {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/x", "valueString": "x"}, "guide"),
    ("of somebody else", {"url": "http://clinic.example.com/x", "valueString": "x"}, None),
    ("of US Core", {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", "extension": [{"url": "text", "valueString": "x"}]}, None),
]  # fmt: skip


@pytest.mark.parametrize(("extension", "words"), [row[1:] for row in EXTENSIONS], ids=[row[0] for row in EXTENSIONS])
def test_an_extension_is_held_to_its_definition(extension: Json, words: str | None) -> None:
    errors = found(changed(PATIENT, put("extension", value=[extension])))
    if words is None:
        assert errors == []
    else:
        assert any(words in what for _at, what in errors), errors


def test_a_modifier_extension_that_is_not_known_is_an_error() -> None:
    modifier = [{"url": "http://clinic.test/x", "valueString": "x"}]
    assert found(changed(PATIENT, put("modifierExtension", value=modifier)))
    assert not found(changed(PATIENT, put("extension", value=modifier)))


def test_an_extension_stands_for_a_value_and_in_the_gaps_of_an_array() -> None:
    why = {"extension": [{"url": f"{EXTENSION}data-absent-reason", "valueCode": "unknown"}]}
    assert found(changed(changed(PATIENT, drop("birthDate")), put("_birthDate", value=why))) == []
    given = changed(PATIENT, put("name", 0, "given", value=["Ada", None]))
    assert found(changed(given, put("name", 0, "_given", value=[None, why]))) == []
    assert found(changed(given, put("name", 0, "_given", value=[why])))


def test_a_profile_that_is_not_known_is_information() -> None:
    record = changed(PATIENT, put("meta", value={"profile": ["http://clinic.test/StructureDefinition/x"]}))
    assert found(record) == []
    assert [at for at, _what in found(record, "information")] == ["Patient.meta.profile[0]"]


def test_blood_pressure_needs_both_of_its_numbers() -> None:
    def component(code: str) -> Json:
        value = {"value": 120, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
        return {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "valueQuantity": value}

    pressure = changed(OBSERVATION, drop("valueQuantity"))
    pressure["code"]["coding"][0]["code"] = "85354-9"
    pressure["component"] = [component("8480-6"), component("8462-4")]
    assert found(pressure) == []
    pressure["component"][1]["code"]["coding"][0]["code"] = "8478-0"
    assert any("DiastolicBP" in what and "8462-4" in what for _at, what in found(pressure))


def test_a_vital_sign_entered_in_error_need_not_be_whole() -> None:
    assert (
        found(changed(changed(OBSERVATION, drop("effectiveDateTime")), put("status", value="entered-in-error"))) == []
    )


def test_what_is_held_more_or_less_strictly() -> None:
    note = {"resourceType": "Communication", "status": "completed", "note": [{"text": "<resource type>"}]}
    assert found(note) == []
    assert found(note, strictness=Strictness(html_in_markdown=False))
    bad = changed(PATIENT, put("contained", 0, "id", value="x" * 65))
    assert found(bad)
    assert [at for at, _what in found(bad, strictness=Strictness(contained=False))] == [
        "Patient.generalPractitioner[0]"
    ]


def test_questionnaires_ask_what_is_there_and_outside() -> None:
    def questionnaire(asked: str) -> Json:
        inner = {"linkId": "2.1", "type": "string"}
        condition = {"question": asked, "operator": "exists", "answerBoolean": True}
        second = {"linkId": "2", "type": "group", "item": [inner], "enableWhen": [condition]}
        return {"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "string"}, second]}

    assert found(questionnaire("1")) == []
    assert any("inside it" in what for _at, what in found(questionnaire("2.1")))
    assert any("itself" in what for _at, what in found(questionnaire("2")))
    assert any("no item" in what for _at, what in found(questionnaire("9")))
    twice = questionnaire("1")
    twice["item"][1]["enableWhen"] *= 2
    assert any("que-12" in what for _at, what in found(twice))


def test_code_systems_and_search_parameters_keep_their_own_count() -> None:
    codes: Json = {
        "resourceType": "CodeSystem", "status": "draft", "content": "complete", "count": 2, "concept": [{"code": "a"}]
    }  # fmt: skip
    assert [at for at, _what in found(codes)] == ["CodeSystem.count"]
    codes["count"] = 1
    assert found(codes) == []
    parameter = {
        "resourceType": "SearchParameter", "url": "http://x.test/y", "name": "N", "status": "draft", "description": "d",
        "code": "c", "base": ["Patient"], "type": "composite", "expression": "x",
    }  # fmt: skip
    assert any("two or more" in what for _at, what in found(parameter))


def test_every_kind_of_record_can_be_asked() -> None:
    for kind in sorted(definitions.resources_known()):
        problems = check_resource({"resourceType": kind, "id": "x"})
        assert all(one.path == kind for one in problems), kind


def test_a_record_that_is_no_record_is_said_to_be_none() -> None:
    for value in (None, 1, "x", [], True, {"a": 1}):
        (problem,) = check_resource(value)
        assert problem.severity == "error"
