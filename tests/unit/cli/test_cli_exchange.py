"""Records in and out by the command line."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.fhir import bundle, everything
from tests.unit.cli.conftest import Call, Worked


def test_records_go_in_out_and_into_no_wrong_hands(
    call: Call, asked: Callable[..., dict[str, object]], worked: Worked, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(bundle(everything()))
    bad.write_text('{"resourceType": "Patient"')
    code, out, err = call("administrator", "import", "fhir", str(good), str(bad), "--json")
    document = json.loads(out)
    assert code == 1
    assert set(document) == {"kept", "not_kept", "problems"}
    assert document["kept"]["Observation"] == {"read": 2, "new": 2, "same": 0, "changed": 0}
    assert [(Path(one["file"]).name, one["what"]) for one in document["problems"]] == [("bad.json", "it stops halfway")]
    assert "good.json" in err
    code, _out, err = call("doctor", "import", "fhir", str(good))
    assert (code, "may not" in err) == (3, True)
    code, _out, err = call("administrator", "import", "fhir", str(good), "--source", "hospital")
    assert code == 3
    before = asked("administrator", "counts")
    assert before["procedures"] == 1


def test_one_patient_goes_into_a_file_and_everybody_into_a_folder(call: Call, worked: Worked, tmp_path: Path) -> None:
    one = tmp_path / "one.json"
    code, _out, err = call("doctor", "export", "fhir", "--patient", worked.seen, "--out", str(one))
    assert (code, err) == (0, "")
    addresses = [entry["fullUrl"] for entry in json.loads(one.read_text())["entry"]]
    assert len(addresses) == len(set(addresses))
    kinds = {entry["resource"]["resourceType"] for entry in json.loads(one.read_text())["entry"]}
    assert kinds >= {"Patient", "Encounter", "Observation", "MedicationRequest", "Condition", "DocumentReference"}
    assert one.stat().st_mode & 0o077 == 0
    assert call("doctor", "export", "fhir", "--out", str(tmp_path / "all"))[0] == 3
    assert call("administrator", "export", "fhir", "--out", str(tmp_path / "all"))[0] == 0
    assert len(list((tmp_path / "all").iterdir())) >= 2
    assert call("administrator", "export", "fhir", "--out", str(one))[0] == 3
    assert call("administrator", "export", "fhir", "--patient", "MRN-A7-999999-9", "--out", str(one))[0] == 3
