"""Files and folders of records, and files that mean harm: a problem in words each time, and the others go on."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.exchange.validation import files
from clinic_desktop.exchange.validation.checking import check_document
from clinic_desktop.exchange.validation.files import Report, check_file, check_paths
from clinic_desktop.exchange.validation.problems import MOST

GOOD = b'{"resourceType": "Patient", "name": [{"family": "Okafor"}]}'
BAD = b'{"resourceType": "Patient", "gender": "F"}'
VALUE = b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":%s}}'


def only(report: Report) -> str:
    (problem,) = report.problems
    assert problem.severity == "error"
    return f"{problem.path}|{problem.what}"


HOSTILE: list[tuple[str, bytes, str]] = [
    ("empty", b"", "empty"),
    ("only space", b" \n\t", "empty"),
    ("a hundred thousand brackets", b"[" * 100_000 + b"]" * 100_000, "nested"),
    ("a hundred thousand objects", b'{"a":' * 100_000, "nested"),
    ("depth hidden behind a string", b'{"a":"]]]]]]]","b":' * 1000 + b"1" + b"}" * 1000, "nested"),
    ("five thousand digits", VALUE % (b"9" * 5000), "digits"),
    ("no number", VALUE % b"NaN", "NaN"),
    ("an unending number", VALUE % b"Infinity", "Infinity"),
    ("half a surrogate", b'{"resourceType":"Patient","name":[{"family":"\\ud800"}]}', "surrogate"),
    ("a NUL that is escaped", b'{"resourceType":"Patient","name":[{"family":"a\\u0000"}]}', "control"),
    ("a NUL", b'{"resourceType":"Patient"\x00}', "NUL"),
    ("bytes", bytes(range(256)), "UTF-8"),
    ("UTF-16", '{"resourceType":"Patient"}'.encode("utf-16"), "UTF-16"),
    ("Latin-1", '{"resourceType":"Patient","name":[{"family":"Ñ"}]}'.encode("latin-1"), "UTF-8"),
    ("half a document", GOOD[:30], "not JSON: "),
    ("a comma too many", GOOD.replace(b"}]", b"},]"), "not JSON: "),
    ("a comma too few", GOOD.replace(b', "name"', b' "name"'), "line 1, column 28"),
    ("no quotes", b"{resourceType: 'Patient'}", "not JSON: "),
    ("a comment", GOOD + b"// x", "not JSON: "),
    ("a key twice", b'{"resourceType":"Patient","gender":"male","gender":"female"}', "more than once"),
    ("words", b"hello", "not JSON: "),
    ("a list", b"[" + GOOD + b"]", "an array"),
    ("packed by half", gzip.compress(GOOD * 100)[:30], "by half"),
    ("packed wrongly", b"\x1f\x8bnonsense", "by half"),
]


@pytest.mark.parametrize(("data", "words"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_hostile_file_is_one_problem_in_words_and_the_next_file_is_read(
    data: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_bytes(data)
    (tmp_path / "b.json").write_bytes(GOOD)
    first, second = check_paths([tmp_path])
    assert words in only(first)
    assert second.valid
    # Whatever stood in the file, what is said of it can be printed.
    json.dumps(first.as_row()).encode()
    assert only(first).isprintable()


WORDS = st.text(st.characters(exclude_categories=()), max_size=6) | st.sampled_from(
    ["#", "Patient/1", "urn:uuid:1", "x:\ud800"]
)
KEYS = st.sampled_from(
    re.findall(
        r"\w+",
        "resourceType id extension modifierExtension url valueString value contained text div name meta profile "
        "reference subject code coding system status entry resource fullUrl type link item linkId parameter "
        "_status _name identifier valueQuantity component",
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | WORDS, inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(["Patient", "Observation", "Bundle", "Parameters", "Questionnaire", "QuestionnaireResponse"])


@given(KINDS, st.dictionaries(KEYS, VALUES, max_size=6))
def test_whatever_stands_in_a_record_something_that_can_be_printed_is_said(
    kind: str, record: dict[str, object]
) -> None:
    problems = check_document(json.dumps(record | {"resourceType": kind}).encode())
    json.dumps([one.as_row() for one in problems], ensure_ascii=False).encode()
    assert all(one.what.isprintable() and one.path.isprintable() for one in problems)


def test_a_byte_order_mark_is_let_pass(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + GOOD)
    assert check_file(tmp_path / "a.json").problems == []


def test_a_record_larger_than_is_read_is_refused_before_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 1024)
    large = b'{"resourceType":"Patient","x":"' + b"a" * 5000 + b'"}'
    for name, data in (("a.json", large), ("a.ndjson", large), ("a.json.gz", gzip.compress(large))):
        (tmp_path / name).write_bytes(data)
        assert "MB" in only(check_file(tmp_path / name))
    (tmp_path / "many.ndjson").write_bytes((GOOD + b"\n") * 100)
    assert check_file(tmp_path / "many.ndjson").valid


def test_a_file_of_200_mb_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.write(b'{"resourceType":"Patient","x":"')
        file.truncate(200 * 1024 * 1024)
    assert "32 MB" in only(check_file(path))


def test_what_is_no_file_is_said_to_be_none(tmp_path: Path) -> None:
    assert "no such file" in only(check_file(tmp_path / "nothing.json"))
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in only(check_file(tmp_path / "pipe"))
    (tmp_path / "empty").mkdir()
    (report,) = check_paths([tmp_path / "empty"])
    assert "no file of records" in only(report)


def test_ndjson_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "Patient.ndjson.gz"
    path.write_bytes(gzip.compress(GOOD + b"\n\n" + BAD + b"\n{\n" + GOOD))
    report = check_file(path)
    assert [problem.path for problem in report.problems] == ["line 3: Patient.gender", "line 4"]
    assert (report.records, report.valid) == (4, False)


def test_packed_and_plain_and_xml_files_of_a_folder_are_all_read(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.json").write_bytes(GOOD)
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(BAD))
    (tmp_path / "inner" / "c.xml").write_bytes(b'<Patient xmlns="http://hl7.org/fhir"><id value="1"/></Patient>')
    (tmp_path / "notes.txt").write_bytes(b"not a record")
    reports = list(check_paths([tmp_path]))
    assert [(Path(one.file).name, one.valid) for one in reports] == [
        ("a.json", True),
        ("b.json.gz", False),
        ("c.xml", True),
    ]


def test_problems_are_bounded_and_warnings_crowd_no_error_out() -> None:
    canonical = ["x"] * (MOST + 50)
    report = {
        "resourceType": "Procedure",
        "instantiatesCanonical": canonical,
        "status": "done",
        "subject": {"display": "x"},
    }
    problems = check_document(json.dumps(report).encode())
    assert len(problems) == MOST + 2
    assert [one.path for one in problems if one.severity == "error"] == ["Procedure.status"]
    del report["status"]
    report["status"] = "completed"
    assert not [one for one in check_document(json.dumps(report).encode()) if one.severity == "error"]
