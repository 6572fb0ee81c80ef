"""`validate fhir` as a script calls it: no clinic, no sign-in."""

import json
from pathlib import Path

import pytest

from clinic_desktop.cli.main import main

GOOD = '{"resourceType": "Patient", "name": [{"family": "Okafor"}]}'
BAD = '{"resourceType": "Patient", "contact": [{"name": {"family": 1}}]}'


def test_each_file_has_its_row_and_the_exit_code_tells_whether_all_are_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(GOOD)
    bad.write_text(BAD)
    profile = str(tmp_path / "no-clinic")
    assert main(["--profile", profile, "--json", "validate", "fhir", str(good)]) == 0
    assert json.loads(capsys.readouterr().out) == [{"file": str(good), "valid": True, "problems": []}]
    assert main(["--profile", profile, "validate", "fhir", str(good), str(bad), "--json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert (first["valid"], second["valid"]) == (True, False)
    (problem,) = second["problems"]
    assert set(problem) == {"path", "severity", "what"}
    assert (problem["path"], problem["severity"]) == ("Patient.contact[0].name.family", "error")
    assert not (tmp_path / "no-clinic").exists()


def test_without_json_it_reads_as_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.json").write_text(BAD)
    assert main(["validate", "fhir", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "bad.json: not valid" in out
    assert "Patient.contact[0].name.family" in out
    assert "0 of 1 files are valid." in out


def test_wrong_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["validate", "fhir"])
    assert stopped.value.code == 2
    assert "PATH" in capsys.readouterr().err


def test_what_is_stricter_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = tmp_path / "note.json"
    note.write_text('{"resourceType":"Communication","status":"completed","note":[{"text":"<resource type>"}]}')
    assert main(["validate", "fhir", str(note)]) == 0
    assert main(["validate", "fhir", str(note), "--no-html-in-markdown"]) == 1
    capsys.readouterr()
