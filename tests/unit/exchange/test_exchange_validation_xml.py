"""Records in XML: the same tree as in JSON, and the rules of XML itself."""

import pytest

from clinic_desktop.exchange.validation.checking import check_document
from clinic_desktop.exchange.validation.json_text import UnreadableError, parse
from clinic_desktop.exchange.validation.json_tree import JsonTree
from clinic_desktop.exchange.validation.markup import parse as parse_xml
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings
from clinic_desktop.exchange.validation.xml_tree import XmlTree

DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Ada</p></div>'
RIGHT = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<Patient xmlns="http://hl7.org/fhir">
  <id value="p1"/>
  <text><status value="generated"/>{DIV}</text>
  <contained><Practitioner><id value="gp"/></Practitioner></contained>
  <extension url="http://example.org/x"><valueBoolean value="true"/></extension>
  <active value="true"/>
  <name id="n1"><family value="Okafor"><extension url="http://example.org/y"><valueInteger value="3"/>
    </extension></family>
    <given value="Ada"/><given value="Nneka"/></name>
  <deceasedDateTime value="2024-05-01"/>
  <generalPractitioner><reference value="#gp"/></generalPractitioner>
</Patient>"""
SAME = """{"resourceType": "Patient", "id": "p1", "text": {"status": "generated", "div": "x"},
 "contained": [{"resourceType": "Practitioner", "id": "gp"}],
 "extension": [{"url": "http://example.org/x", "valueBoolean": true}], "active": true,
 "name": [{"id": "n1", "family": "Okafor",
   "_family": {"extension": [{"url": "http://example.org/y", "valueInteger": 3}]}, "given": ["Ada", "Nneka"]}],
 "deceasedDateTime": "2024-05-01", "generalPractitioner": [{"reference": "#gp"}]}"""


def errors(text: str) -> list[tuple[str, str]]:
    return [(one.path, one.what) for one in check_document(text.encode()) if one.severity == "error"]


def leaves(node: Node | None) -> set[tuple[str, str, object]]:
    assert node is not None
    return {(one.path(), one.type, one.value) for one in node.below() if one.type != "xhtml"}


def test_a_record_is_the_same_tree_in_either_writing() -> None:
    assert errors(RIGHT) == []
    findings = Findings()
    written = XmlTree(findings).record(parse_xml(RIGHT.encode()))
    assert leaves(written) == leaves(JsonTree(findings).record(parse(SAME.encode())))
    assert findings.done() == []


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("<id value", "<id worth", "Patient.id", "worth"),
        ('<active value="true"/>', "<active/>", "Patient.active", "ele-1"),
        ('<active value="true"/>', '<active value=""/>', "Patient.active", "empty"),
        ('<active value="true"/>', '<active value="yes"/>', "Patient.active", "boolean"),
        ('<active value="true"/>', '<active value="true"/><active value="true"/>', "Patient", "may stand 1"),
        ('<active value="true"/>', '<colour value="red"/>', "Patient", "colour"),
        ('<active value="true"/>', '<x:active xmlns:x="urn:x" value="true"/>', "Patient", "active"),
        ('<active value="true"/>', "words", "Patient", "Text"),
        ('<given value="Ada"/>', '<given value="Ada"/><family value="x"/>', "Patient.name[0]", "out of order"),
        (DIV, "<div><p>Ada</p></div>", "Patient.text", "namespace"),
        (DIV, DIV.replace("Ada", " "), "Patient.text.div", "txt-2"),
        ("<Practitioner>", "<Animal>", "Patient", "Animal"),
        ("</Practitioner></contained>", '</Practitioner><Patient/></contained>', "Patient", "one record"),
        ('<deceasedDateTime value="2024-05-01"/>', '<deceasedInteger value="1"/>', "Patient", "deceasedInteger"),
        ('url="http://example.org/x"', "", "Patient.extension[0]", "url"),
    ],
)  # fmt: skip
def test_what_xml_must_not_say_is_named(old: str, new: str, path: str, words: str) -> None:
    assert old in RIGHT
    text = RIGHT.replace(old, new, 1).replace(
        "</Practitioner>", "</Animal>" if new == "<Animal>" else "</Practitioner>"
    )
    found = errors(text)
    assert any(at == path and words in what for at, what in found), found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<Patient xmlns='http://hl7.org/fhir'>", "well-formed"),
        ("<Patient/>", "namespace"),
        ("<Animal xmlns='http://hl7.org/fhir'/>", "Animal"),
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Patient xmlns='http://hl7.org/fhir'/>", "DOCTYPE"),
        ("<Patient xmlns='http://hl7.org/fhir'><?php x?></Patient>", "processing instruction"),
        ("<Patient xmlns='http://hl7.org/fhir'>&copy;</Patient>", "well-formed"),
        ("<?xml version='1.0' encoding='Shift_JIS'?><Patient xmlns='http://hl7.org/fhir'/>", "encoding"),
        ("<a>" * 100_000, "nested"),
    ],
)
def test_a_text_that_is_no_record_is_refused_in_words(text: str, words: str) -> None:
    ((_at, what),) = errors(text)
    assert words in what


def test_nothing_is_read_from_elsewhere() -> None:
    with pytest.raises(UnreadableError):
        parse_xml("<!DOCTYPE a SYSTEM 'http://elsewhere.test/a.dtd'><a/>")
