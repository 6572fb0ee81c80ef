"""Extensions, profiles, and records with rules of their own."""

from typing import Any

import pytest

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.checking import check_resource
from clinic_desktop.exchange.validation.prose import Strictness
from tests.unit.exchange.fhir_records import OBSERVATION, PATIENT, Json, changed, drop, found, put

EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
EXTENSIONS: list[tuple[str, Json, str | None]] = [
    ("known, in its place", {"url": f"{EXTENSION}patient-interpreterRequired", "valueBoolean": True}, None),
    (
        "known, with the wrong type",
        {"url": f"{EXTENSION}patient-interpreterRequired", "valueString": "yes"},
        "holds boolean",
    ),
    (
        "known, in another place",
        {"url": f"{EXTENSION}humanname-mothers-family", "valueString": "x"},
        "not allowed here",
    ),
    ("known, with a version", {"url": f"{EXTENSION}patient-congregation|4.0.0", "valueString": "x"}, "version"),
    ("without url", {"valueString": "x"}, "url"),
    ("relative", {"url": "mine", "valueString": "x"}, "absolute"),
    ("with neither value nor parts", {"url": "http://example.org/x"}, "ext-1"),
    (
        "with value and parts",
        {
            "url": "http://example.org/x",
            "valueString": "x",
            "extension": [{"url": "http://example.org/y", "valueString": "x"}],
        },
        "ext-1",
    ),
    (
        "with its parts",
        {
            "url": f"{EXTENSION}patient-nationality",
            "extension": [{"url": "code", "valueCodeableConcept": {"text": "x"}}],
        },
        None,
    ),
    (
        "with a part it has not",
        {"url": f"{EXTENSION}patient-nationality", "extension": [{"url": "colour", "valueString": "x"}]},
        "no part",
    ),
    (
        "with a part of the wrong type",
        {"url": f"{EXTENSION}patient-nationality", "extension": [{"url": "code", "valueString": "x"}]},
        "holds CodeableConcept",
    ),
    (
        "of a guide that is not known",
        {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/x", "valueString": "x"},
        "guide",
    ),
    ("of somebody else", {"url": "http://clinic.example.com/x", "valueString": "x"}, None),
    (
        "of US Core",
        {
            "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race",
            "extension": [{"url": "text", "valueString": "x"}],
        },
        None,
    ),
]


@pytest.mark.parametrize(("extension", "words"), [row[1:] for row in EXTENSIONS], ids=[row[0] for row in EXTENSIONS])
def test_an_extension_is_held_to_its_definition(extension: Json, words: str | None) -> None:
    errors = found(changed(PATIENT, put("extension", [extension])))
    if words is None:
        assert errors == []
    else:
        assert any(words in what for _at, what in errors), errors


def test_a_modifier_extension_that_is_not_known_is_an_error() -> None:
    modifier = [{"url": "http://clinic.test/x", "valueString": "x"}]
    assert found(changed(PATIENT, put("modifierExtension", modifier)))
    assert not found(changed(PATIENT, put("extension", modifier)))


def test_an_extension_has_the_value_or_the_parts_that_its_definition_wants() -> None:
    def stands(extension: Json) -> list[str]:
        return [what for _at, what in found(changed(PATIENT, put("extension", [extension])))]

    part = {"url": "http://example.org/y", "valueString": "x"}
    simple = {"url": f"{EXTENSION}patient-interpreterRequired", "extension": [part]}
    assert any("must have a value" in what for what in stands(simple))
    whole = {"url": f"{EXTENSION}patient-nationality", "valueString": "x"}
    assert any("holds extensions, no value" in what for what in stands(whole))
    risk = {"url": f"{EXTENSION}allergyintolerance-substanceExposureRisk", "extension": [part]}
    assert any('must have the part "substance"' in what for what in stands(risk))
    twice = {
        "url": f"{EXTENSION}patient-nationality",
        "extension": [{"url": "code", "valueCodeableConcept": {"text": "x"}}] * 2,
    }
    assert any('may have 1 of "code"' in what for what in stands(twice))
    ours = changed(PATIENT, put("extension", [part]))
    assert [at for at, _what in found(ours, "information")] == ["Patient.extension[0]"]


def test_an_extension_that_modifies_nothing_is_not_written_as_one_that_does() -> None:
    plain = {"url": f"{EXTENSION}patient-interpreterRequired", "valueBoolean": True}
    assert any(
        "written as extension" in what for _at, what in found(changed(PATIENT, put("modifierExtension", [plain])))
    )


def test_an_extension_stands_for_a_value_and_in_the_gaps_of_an_array() -> None:
    why = {"extension": [{"url": f"{EXTENSION}data-absent-reason", "valueCode": "unknown"}]}
    assert found(changed(changed(PATIENT, drop("birthDate")), put("_birthDate", why))) == []
    given = changed(PATIENT, put("name.0.given", ["Ada", None]))
    assert found(changed(given, put("name.0._given", [None, why]))) == []
    assert found(changed(given, put("name.0._given", [why])))


def test_a_profile_that_is_not_known_is_information() -> None:
    record = changed(PATIENT, put("meta", {"profile": ["http://clinic.test/StructureDefinition/x"]}))
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
    pressure["component"][0]["valueQuantity"]["code"] = "kPa"
    errors = found(pressure)
    assert {at for at, _what in errors} == {
        "Observation.component[0].value.ofType(Quantity)",
        "Observation.component[0].value.ofType(Quantity).code",
    }
    assert any("ucum-vitals-common" in what for _at, what in errors)
    pressure["component"][0]["valueQuantity"]["code"] = "mm[Hg]"
    pressure["component"][1]["code"]["coding"][0]["code"] = "8478-0"
    assert any("DiastolicBP" in what and "8462-4" in what for _at, what in found(pressure))


def test_a_vital_sign_entered_in_error_need_not_be_whole() -> None:
    assert found(changed(changed(OBSERVATION, drop("effectiveDateTime")), put("status", "entered-in-error"))) == []


def test_what_is_held_more_or_less_strictly() -> None:
    note = {"resourceType": "Communication", "status": "completed", "note": [{"text": "<resource type>"}]}
    assert found(note) == []
    assert found(note, strictness=Strictness(html_in_markdown=False))
    bad = changed(PATIENT, put("contained.0.id", "x" * 65))
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
    assert [at for at, _what in found(codes | {"content": "not-present"})] == ["CodeSystem.concept[0]"]
    assert [at for at, _what in found(codes | {"supplements": "http://x.test/s"})] == ["CodeSystem.content"]
    values: Json = {"resourceType": "ValueSet", "status": "draft", "compose": {"include": [{"system": "relative"}]}}
    assert [at for at, _what in found(values)] == ["ValueSet.compose.include[0]"]
    assert found(changed(values, put("compose.include.0.system", "http://x.test/s"))) == []
    parameter = {
        "resourceType": "SearchParameter", "url": "http://x.test/y", "name": "N", "status": "draft", "description": "d",
        "code": "c", "base": ["Patient"], "type": "composite", "expression": "x",
    }  # fmt: skip
    assert any("two or more" in what for _at, what in found(parameter))
    component = {"component": [{"definition": "http://x.test/z", "expression": "x"}], "type": "string"}
    assert any("Only a search parameter" in what for _at, what in found(parameter | component))


def test_answers_are_held_to_the_questionnaire_in_hand() -> None:
    options = [{"valueCoding": {"system": "http://x.test/s", "code": one}} for one in "ab"]
    items = [
        {"linkId": "1", "type": "string", "required": True, "maxLength": 5},
        {
            "linkId": "2",
            "type": "group",
            "item": [{"linkId": "2.1", "type": "integer"}, {"linkId": "2.2", "type": "display"}],
        },
        {"linkId": "3", "type": "choice", "answerOption": options},
    ]

    def answered(*given: Json, status: str = "completed") -> list[tuple[str, str]]:
        asked = {"resourceType": "Questionnaire", "id": "q", "status": "active", "item": items}
        response = {
            "resourceType": "QuestionnaireResponse",
            "contained": [asked],
            "questionnaire": "#q",
            "status": status,
        }
        return found(response | ({"item": list(given)} if given else {}))

    def item(link: str, *values: Json, **more: Any) -> Json:
        return {"linkId": link, **({"answer": list(values)} if values else {}), **more}

    name, number = item("1", {"valueString": "Ada"}), item("2.1", {"valueInteger": 3})
    assert answered(name, item("2", item=[number]), item("3", options[0])) == []
    assert answered(status="in-progress") == []
    for given, words in (
        ([], "must be answered"),
        ([name, item("9", {"valueString": "x"})], "not in the questionnaire"),
        ([name, number], "belongs elsewhere"),
        ([item("2", item=[number]), name], "out of order"),
        ([item("1", {"valueInteger": 1})], "not answered by integer"),
        ([item("1", {"valueString": "a"}, {"valueString": "b"})], "answered once"),
        ([item("1", {"valueString": "abcdef"})], "longer than 5"),
        ([name, item("2", item=[item("2.2", {"valueString": "x"})])], "has no answer"),
        ([name, item("3", {"valueCoding": {"system": "http://x.test/s", "code": "c"}})], "none of those"),
    ):
        assert any(words in what for _at, what in answered(*given)), words


def test_a_search_parameter_is_like_the_one_it_comes_from() -> None:
    parameter = {
        "resourceType": "SearchParameter", "url": "http://x.test/y", "name": "N", "status": "draft", "description": "d",
        "code": "name", "base": ["Organization"], "type": "string", "expression": "Organization.name",
        "derivedFrom": "http://hl7.org/fhir/SearchParameter/Organization-name",
    }  # fmt: skip
    assert found(parameter) == []
    assert [at for at, _what in found(parameter | {"type": "token"})] == ["SearchParameter"]
    assert [at for at, _what in found(parameter | {"base": ["Patient"]})] == ["SearchParameter.base[0]"]


def test_an_extension_stands_only_where_its_condition_holds() -> None:
    unit = {
        "url": f"{EXTENSION}questionnaire-unit",
        "valueCoding": {"code": "kg", "system": "http://unitsofmeasure.org"},
    }

    def asked(kind: str) -> list[tuple[str, str]]:
        item = {"linkId": "1", "type": kind, "extension": [unit]}
        return found({"resourceType": "Questionnaire", "status": "draft", "item": [item]})

    assert asked("decimal") == []
    assert any("only where" in what for _at, what in asked("string"))


def test_a_concept_has_one_code_of_the_list_that_is_required() -> None:
    def allergy(**status: Any) -> list[tuple[str, str]]:
        return found({"resourceType": "AllergyIntolerance", "patient": {"display": "x"}, "clinicalStatus": status})

    system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    other = {"system": "http://x.test/s", "code": "on"}
    assert allergy(coding=[{"system": system, "code": "active"}]) == []
    assert allergy(coding=[other, {"system": system, "code": "active"}]) == []
    for status in ({"coding": [other]}, {"text": "active"}, {"coding": [{"system": system, "code": "on"}]}):
        assert [at for at, _what in allergy(**status)] == ["AllergyIntolerance.clinicalStatus"], status


def test_a_plain_quantity_has_no_comparator() -> None:
    measured = changed(changed(OBSERVATION, drop("valueQuantity")), drop("category"))
    measured["code"] = {"text": "x"}
    measured["valueRange"] = {"low": {"value": 1}}
    assert found(measured) == []
    measured["valueRange"]["low"]["comparator"] = "<"
    assert [at for at, _what in found(measured)] == ["Observation.value.ofType(Range).low"]


def test_what_is_unwise_is_a_warning() -> None:
    uri = changed(PATIENT, put("identifier.0", {"system": "urn:ietf:rfc:3986", "value": "1.2.3"}))
    plain = changed(PATIENT, put("maritalStatus.coding.0", {"code": "M"}))
    canonical = {"resourceType": "Procedure", "status": "completed", "subject": {"display": "x"}}
    relative = canonical | {"instantiatesCanonical": ["PlanDefinition/1"]}
    for record, at in (
        (uri, "Patient.identifier[0]"),
        (plain, "Patient.maritalStatus.coding[0]"),
        (relative, "Procedure.instantiatesCanonical[0]"),
    ):
        assert found(record) == []
        assert [path for path, _what in found(record, "warning")] == [at]


def test_codes_that_hl7_has_added_since_are_a_warning() -> None:
    status = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": "ZZ"}]}
    record = changed(PATIENT, put("maritalStatus", status))
    assert found(record) == []
    assert [at for at, _what in found(record, "warning")] == ["Patient.maritalStatus.coding[0].code"]


def test_the_name_of_a_vaccine_is_that_of_its_code() -> None:
    def given(name: str) -> list[tuple[str, str]]:
        code = {"system": "http://hl7.org/fhir/sid/cvx", "code": "207", "display": name}
        record = {
            "resourceType": "Immunization", "status": "completed", "vaccineCode": {"coding": [code]},
            "patient": {"display": "x"}, "occurrenceDateTime": "2026",
        }  # fmt: skip
        return found(record)

    assert given("COVID-19, mRNA, LNP-S, PF, 100 mcg/0.5mL dose or 50 mcg/0.25mL dose") == []
    assert [at for at, _what in given("Measles")] == ["Immunization.vaccineCode.coding[0].display"]


def test_money_is_in_a_currency_that_exists() -> None:
    def invoice(currency: str) -> Json:
        return {"resourceType": "Invoice", "status": "issued", "totalNet": {"value": 1, "currency": currency}}

    assert found(invoice("USD")) == []
    assert [at for at, _what in found(invoice("USS"))] == ["Invoice.totalNet.currency"]


def test_every_kind_of_record_can_be_asked() -> None:
    for kind in sorted(definitions.resources_known()):
        problems = check_resource({"resourceType": kind, "id": "x"})
        assert all(one.path == kind for one in problems), kind


def test_a_record_that_is_no_record_is_said_to_be_none() -> None:
    values: tuple[Any, ...] = (None, 1, "x", [], True, {"a": 1})
    for value in values:
        (problem,) = check_resource(value)
        assert problem.severity == "error"
