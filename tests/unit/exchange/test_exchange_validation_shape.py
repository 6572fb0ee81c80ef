"""The shape of a record: elements, values, codes and rules, each broken once in a record that is right."""

import pytest

from tests.unit.exchange.fhir_records import OBSERVATION, PATIENT, Change, Json, changed, drop, found, put

P, OBS = PATIENT, OBSERVATION
BROKEN: list[tuple[str, Json, Change, str, str]] = [
    ("an element that is not known", P, put("colour", "red"), "Patient", "colour"),
    ("an element of the wrong case", P, put("Gender", "female"), "Patient", "Gender"),
    ("a single value as an array", P, put("gender", ["female"]), "Patient.gender", "single value"),
    ("an array as a single value", P, put("name", {"family": "x"}), "Patient.name", "an array"),
    ("an empty array", P, put("telecom", []), "Patient.telecom", "empty"),
    ("an empty object", P, put("name.0", {}), "Patient.name[0]", "empty"),
    ("an empty text", P, put("name.0.family", ""), "Patient.name[0].family", "empty"),
    ("a text of spaces", P, put("name.0.family", "  "), "Patient.name[0].family", "nothing but space"),
    ("null in an array", P, put("name.0.given", ["Ada", None]), "Patient.name[0].given[1]", "null"),
    ("a number as a text", OBS, put("valueQuantity.value", "70"), "Observation.value.ofType(Quantity).value", "number"),
    ("a text as a number", P, put("birthDate", 1975), "Patient.birthDate", "text"),
    ("a yes as a text", P, put("active", "true"), "Patient.active", "true or false"),
    ("a text as an object", P, put("maritalStatus", "married"), "Patient.maritalStatus", "object is expected"),
    ("an object as a text", P, put("gender", {"code": "female"}), "Patient.gender", "value is expected"),
    ("two types of one choice", OBS, put("valueString", "x"), "Observation", "may stand 1"),
    ("a choice of a type that is not its", OBS, put("valueAddress", {"city": "x"}), "Observation", "valueAddress"),
    ("a missing element", OBS, drop("status"), "Observation", "status is missing"),
    ("a missing element of a part", P, put("link", [{"type": "seealso"}]), "Patient.link[0]", "other is missing"),
    ("a code outside a required list", P, put("gender", "F"), "Patient.gender", "administrative-gender"),
    ("a code with space", P, put("gender", " female"), "Patient.gender", "valid code"),
    ("a day that does not exist", P, put("birthDate", "2020-02-30"), "Patient.birthDate", "no such day"),
    ("a rule of the type", P, put("contact.0", {"gender": "male"}), "Patient.contact[0]", "pat-1"),
    (
        "a period that ends before it starts",
        P,
        put("contact.0.period.end", "2019"),
        "Patient.contact[0].period",
        "per-1",
    ),
    ("an id too long", P, put("id", "x" * 65), "Patient.id", "too long"),
    ("an id with a slash", P, put("id", "a/b"), "Patient.id", "valid id"),
    ("an element's id with space", P, put("name.0.id", "a b"), "Patient.name[0].id", "space"),
    ("an element with an id alone", P, put("name.0", {"id": "a"}), "Patient.name[0]", "ele-1"),
    ("a contact point without system", P, put("telecom.0", {"value": "1"}), "Patient.telecom[0]", "cpt-2"),
    ("a unit without system", OBS, drop("valueQuantity.system"), "Observation.value.ofType(Quantity)", "qty-3"),
    (
        "a code that its system does not have",
        P,
        put("meta", {"tag": [{"system": "http://hl7.org/fhir/resource-types", "code": "Animal"}]}),
        "Patient.meta.tag[0].code",
        "resource-types",
    ),
    (
        "a relative code system",
        P,
        put("maritalStatus.coding.0.system", "marital"),
        "Patient.maritalStatus.coding[0]",
        "absolute",
    ),
    ("a relative system of an identifier", P, put("identifier.0.system", "mrn"), "Patient.identifier[0]", "absolute"),
    ("a UUID that is none", P, put("identifier.0.system", "urn:uuid:123"), "Patient.identifier[0].system", "UUID"),
]


def test_what_stands_beside_a_value_has_the_shape_of_the_value() -> None:
    given = changed(PATIENT, put("name.0.given", ["Ada", "Nneka"]))
    for beside, words in (
        ({"id": "x"}, "_given must be an array"),
        ([], "of one length"),
        ([{"id": "x"}], "of one length"),
        (["x", None], "must be an object"),
    ):
        assert any(words in what for _at, what in found(changed(given, put("name.0._given", beside)))), words
    assert found(changed(given, put("name.0._given", [None, {"id": "x"}]))) == []
    assert any("_name" in what for _at, what in found(changed(PATIENT, put("_name", [{"id": "x"}]))))


def test_null_alone_is_a_warning_and_no_value() -> None:
    record = changed(PATIENT, put("birthDate", None))
    assert found(record) == []
    assert [at for at, _what in found(record, "warning")] == ["Patient.birthDate"]
    assert any("status is missing" in what for _at, what in found(changed(OBSERVATION, put("status", None))))


def test_records_that_are_right_have_no_error() -> None:
    assert found(PATIENT) == []
    assert found(OBSERVATION) == []


@pytest.mark.parametrize(
    ("record", "change", "path", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_rule_that_is_broken_is_named_with_its_place(record: Json, change: Change, path: str, words: str) -> None:
    errors = found(changed(record, change))
    assert any(at == path and words in what for at, what in errors), errors
