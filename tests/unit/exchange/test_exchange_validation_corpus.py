"""The public sets: the validator's own cases, the official examples, the primitives, and made-up patients."""

import csv
import gzip
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_desktop.exchange.validation.checking import check_document
from clinic_desktop.exchange.validation.files import check_file
from clinic_desktop.exchange.validation.json_text import UnreadableError, parse
from clinic_desktop.exchange.validation.json_tree import literal_fault
from clinic_desktop.exchange.validation.prose import Strictness

CORPUS = Path(os.environ.get("CLINIC_CORPUS", "/nowhere"))
needs_corpus = pytest.mark.skipif(
    not (CORPUS / "fhir_validator").is_dir(), reason="CLINIC_CORPUS names no folder with the public FHIR sets"
)


def cases() -> Iterator[dict[str, str]]:
    path = CORPUS / "fhir_validator" / "cases.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as rows:
            yield from (row for row in csv.DictReader(rows) if row["tier"] == "core")


@needs_corpus
@pytest.mark.parametrize("row", list(cases()), ids=lambda row: row["name"])
def test_a_case_of_the_core_tier_is_valid_or_not_as_its_makers_say(row: dict[str, str]) -> None:
    said = json.loads(row["json_settings"])
    strictness = Strictness(
        contained=said.get("validateContains") != "IGNORE", html_in_markdown=not said.get("noHtmlInMarkdown")
    )
    report = check_file(CORPUS / "fhir_validator" / row["file"], strictness)
    assert report.valid == (row["must_fail"] == "0"), report.problems


@needs_corpus
def test_without_options_two_cases_differ_and_each_has_a_twin_that_says_the_opposite_of_the_same_file() -> None:
    rows = list(cases())
    differ = [
        row for row in rows if check_file(CORPUS / "fhir_validator" / row["file"]).valid == (row["must_fail"] == "1")
    ]
    assert (len(rows), len(differ)) == (71, 2)
    for row in differ:
        twins = [one for one in rows if one["file"] == row["file"] and one["name"] != row["name"]]
        # No answer without an option can agree with both.
        assert [one["must_fail"] for one in twins] == ["0" if row["must_fail"] == "1" else "1"]


@needs_corpus
def test_the_official_examples_are_clean() -> None:
    paths = sorted((CORPUS / "fhir_r4_examples").glob("*.json"))
    assert len(paths) == 302
    assert [path.name for path in paths if not check_file(path).valid] == []


@needs_corpus
def test_every_primitive_is_right_or_wrong_as_it_should_be() -> None:
    asked = 0
    for path in sorted((CORPUS / "fhir_primitives").glob("*.ndjson")):
        name, expected, _ending = path.name.split(".")
        kind = re.sub("_(.)", lambda found: found[1].upper(), name)
        for line in path.read_bytes().splitlines():
            if not line.strip():
                continue
            asked += 1
            try:
                wrong = literal_fault(kind, parse(line))
            except UnreadableError as error:
                wrong = error.what
            assert (wrong is None) == (expected == "valid"), (path.name, line, wrong)
    assert asked > 70


@needs_corpus
def test_made_up_patients_are_valid_and_one_that_is_broken_is_not() -> None:
    paths = sorted((CORPUS / "fhir_synthea_r4").glob("*.json.gz"), key=lambda path: path.stat().st_size)[2:8]
    for path in paths:
        report = check_file(path)
        assert report.valid, (path.name, [one for one in report.problems if one.severity == "error"][:3])
    broken = json.loads(gzip.decompress(paths[0].read_bytes()))
    del broken["entry"][0]["resource"]["resourceType"]
    errors = [one.path for one in check_document(json.dumps(broken).encode()) if one.severity == "error"]
    assert errors[0].startswith("Bundle.entry[0].resource")
