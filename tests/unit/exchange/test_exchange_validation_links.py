"""What a record points at, shows and claims: each rule broken once in a record that is right."""

import pytest

from tests.unit.exchange.fhir_records import OBSERVATION, PATIENT, XHTML, Change, Json, changed, drop, found, put

P, OBS = PATIENT, OBSERVATION
BROKEN: list[tuple[str, Json, Change, str, str]] = [
    (
        "a reference to what is not contained",
        P,
        put("generalPractitioner.0.reference", "#no"),
        "Patient.generalPractitioner[0]",
        "ref-1",
    ),
    (
        "a reference to the wrong kind",
        P,
        put("generalPractitioner.0", {"reference": "#gp", "type": "Device"}),
        "Patient.generalPractitioner[0]",
        "Device",
    ),
    (
        "a contained record of the wrong kind",
        P,
        put("managingOrganization", {"reference": "#gp"}),
        "Patient.managingOrganization",
        "Practitioner",
    ),
    (
        "a reference that is a bare id",
        P,
        put("managingOrganization.reference", "o1"),
        "Patient.managingOrganization",
        "kind of record",
    ),
    (
        "a contained record that nothing points at",
        P,
        drop("generalPractitioner"),
        "Patient.contained[0].ofType(Practitioner)",
        "dom-3",
    ),
    (
        "a contained record without id",
        P,
        drop("contained.0.id"),
        "Patient.contained[0].ofType(Practitioner)",
        "must have an id",
    ),
    (
        "a contained record in a contained one",
        P,
        put("contained.0.contained", [{"resourceType": "Patient", "id": "x"}]),
        "Patient",
        "dom-2",
    ),
    ("a contained record with a version", P, put("contained.0.meta", {"versionId": "1"}), "Patient", "dom-4"),
    ("a kind of record that is not known", P, put("resourceType", "Animal"), "", "Animal"),
    ("an abstract kind of record", P, put("resourceType", "DomainResource"), "", "DomainResource"),
    ("no kind of record", P, drop("resourceType"), "", "resourceType"),
    ("a narrative that is not XML", P, put("text.div", f"<div {XHTML}><p>x</div>"), "Patient.text.div", "well-formed"),
    (
        "a narrative with an HTML entity",
        P,
        put("text.div", f"<div {XHTML}>a&nbsp;b</div>"),
        "Patient.text.div",
        "well-formed",
    ),
    ("a narrative of another root", P, put("text.div", f"<p {XHTML}>x</p>"), "Patient.text.div", "one div"),
    (
        "a narrative of another namespace",
        P,
        put("text.div", '<div xmlns="urn:x">x</div>'),
        "Patient.text.div",
        "namespace",
    ),
    (
        "a script in a narrative",
        P,
        put("text.div", f"<div {XHTML}>x<script>1</script></div>"),
        "Patient.text.div",
        "txt-1",
    ),
    (
        "an event in a narrative",
        P,
        put("text.div", f'<div {XHTML}><p onclick="x">x</p></div>'),
        "Patient.text.div",
        "onclick",
    ),
    (
        "a link that runs",
        P,
        put("text.div", f'<div {XHTML}><a href="javascript:x()">x</a></div>'),
        "Patient.text.div",
        "javascript",
    ),
    (
        "a link that leads nowhere",
        P,
        put("text.div", f'<div {XHTML}><a href="#there">x</a></div>'),
        "Patient.text.div",
        "leads nowhere",
    ),
    ("a narrative of space", P, put("text.div", f"<div {XHTML}> <p> </p></div>"), "Patient.text.div", "txt-2"),
    (
        "a document type in a narrative",
        P,
        put("text.div", f"<!DOCTYPE x []><div {XHTML}>x</div>"),
        "Patient.text.div",
        "DOCTYPE",
    ),
    ("a script in a name", P, put("name.0.text", "<script>x</script>"), "Patient.name[0].text", "script"),
    (
        "an attachment of another size",
        P,
        put("photo", [{"contentType": "image/png", "data": "aGVscA==", "size": 9}]),
        "Patient.photo[0]",
        "4",
    ),
    (
        "a media type that is none",
        P,
        put("photo", [{"contentType": "png", "data": "aGVscA=="}]),
        "Patient.photo[0].contentType",
        "mimetypes",
    ),
    ("a language that is none", P, put("language", "not_a_language"), "Patient.language", "all-languages"),
    ("a vital sign that does not say so", OBS, drop("category"), "Observation", "profile bodyweight"),
    (
        "a vital sign in another unit",
        OBS,
        put("valueQuantity.code", "[stone_av]"),
        "Observation.value.ofType(Quantity).code",
        "ucum-bodyweight",
    ),
    ("a vital sign without its time", OBS, drop("effectiveDateTime"), "Observation", "effective"),
    (
        "a kind of record that is none",
        P,
        put("managingOrganization.type", "Clinic"),
        "Patient.managingOrganization",
        "Clinic",
    ),
    (
        "two contained records of one id",
        P,
        put("contained", [{"resourceType": "Practitioner", "id": "gp"}] * 2),
        "Patient.contained[1].ofType(Practitioner)",
        "Two contained",
    ),
    ("one id at two elements", P, put("name", [{"id": "n", "text": "a"}] * 2), "Patient.name[1].id", "two elements"),
    (
        "a value set as a code system",
        P,
        put("maritalStatus.coding.0.system", "http://hl7.org/fhir/ValueSet/marital-status"),
        "Patient.maritalStatus.coding[0]",
        "not the value set",
    ),
    (
        "a vital sign of another type",
        OBS,
        put("effectiveTiming", {"code": {"text": "x"}}),
        "Observation.effective.ofType(Timing)",
        "dateTime or Period",
    ),
    (
        "a vital sign that is one twice",
        OBS,
        put("category", OBSERVATION["category"] * 2),
        "Observation",
        "category:VSCat may stand 1",
    ),
    ("an empty narrative", P, put("text.div", ""), "Patient.text.div", "txt-2"),
    (
        "another use of xml:space",
        P,
        put("text.div", f'<div {XHTML} xml:space="default">x</div>'),
        "Patient.text.div",
        "xml:space",
    ),
    (
        "a profile of another kind",
        P,
        put("meta", {"profile": ["http://hl7.org/fhir/StructureDefinition/bp"]}),
        "Patient.meta.profile[0]",
        "Observation",
    ),
    (
        "another kind as a profile",
        P,
        put("meta", {"profile": ["http://hl7.org/fhir/StructureDefinition/Device"]}),
        "Patient.meta.profile[0]",
        "for Device",
    ),
]


@pytest.mark.parametrize(
    ("record", "change", "path", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_rule_that_is_broken_is_named_with_its_place(record: Json, change: Change, path: str, words: str) -> None:
    errors = found(changed(record, change))
    assert any(at == path and words in what for at, what in errors), errors
