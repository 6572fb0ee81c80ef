"""Records for research: who is in them, what is not, and no file where anybody could be named."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import unnamed
from clinic_desktop.exchange.anonymous import Anonymised, Request, anonymise
from clinic_desktop.exchange.validation.files import check_paths
from clinic_desktop.exchange.validation.prose import Strictness
from clinic_desktop.services import charting, research, restrictions, vitals
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy, NewProblem
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import access, journal
from tests.fhir import PATIENT, Take, bundle, everything
from tests.unit.services.consent_case import put_in_state, sign

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DeskFor = Callable[[str], Desk]


def quiet(_words: str) -> None:
    """No progress."""


def asked(out: Path, **more: Any) -> Request:
    usual: dict[str, Any] = {"approval": "IRB-2026-7", "level": "full", "purpose": "Blood pressure", "k": 2}
    return Request(out, **usual | more)


def person(desk: Desk, family: str, born: date, **more: object) -> str:
    new = NewPatient(family, "Chidi", "male", born, "day", phone="+234 803 555 0117", **more)  # type: ignore[arg-type]
    return register_patient(desk.once(), new).patient_id


@pytest.fixture
def people(desk_for: DeskFor, desk: Desk) -> list[str]:
    """Three who agreed, each with a coded problem, a sign and things said in words."""
    doctor = desk_for("doctor")
    made = []
    for place, family in enumerate(("Okonkwo", "Adeyemi", "Balogun")):
        more = {"address": "12 Kenyatta Avenue", "national_id": f"9991750{place}1", "email": f"{family}@example.org"}
        patient = person(doctor, family, date(1971, 2, 3 + place), **more)
        sign(desk_for("nurse"), patient, "research")
        charting.add_problem(doctor, patient, NewProblem(f"Hypertension of Mr {family}", "I10", "confirmed"))
        charting.add_allergy(doctor, patient, NewAllergy(f"the soap of {family}'s wife", reaction="hives"))
        vitals.record_vitals(doctor, patient, {"heart_rate": "92"}, note="for Mr Balogun")
        made.append(patient)
    return made


def contents(done: Anonymised) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    with zipfile.ZipFile(done.files[0]) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    manifest = json.loads(texts.pop("manifest.json"))
    text = "".join(texts.values())
    return manifest, [json.loads(line) for line in text.splitlines()], UUID.sub("", text)


def test_what_leaves_is_coded_dated_by_year_and_names_nobody(desk: Desk, people: list[str], tmp_path: Path) -> None:
    done = anonymise(desk, asked(tmp_path / "out.zip"), quiet)
    manifest, resources, text = contents(done)
    for told in ("okonkwo", "adeyemi", "balogun", "chidi", "kenyatta", "803", "9991750", "1971", "MRN", *people):
        assert told.casefold() not in text.casefold()
    told_of = [each for each in resources if each["resourceType"] == "Patient"]
    ids = {each.pop("id") for each in told_of}
    (one,) = {json.dumps(each, sort_keys=True) for each in told_of}
    assert json.loads(one) == {
        "resourceType": "Patient", "gender": "male", "extension": [{"url": unnamed.AGE_GROUP, "valueString": "55-59"}],
    }  # fmt: skip
    (problem, *_others) = [each for each in resources if each["resourceType"] == "Condition"]
    assert problem["code"] == {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10"}]}
    (sign_, *_others) = [each for each in resources if each["resourceType"] == "Observation"]
    assert (sign_["effectiveDateTime"], sign_["valueQuantity"]["value"]) == ("2026", 92)
    assert sign_["subject"]["reference"].removeprefix("Patient/") in ids
    assert (manifest["k"], manifest["patients"], manifest["approval"]) == (3, 3, "IRB-2026-7")
    assert manifest["left_out"]["records"]["allergies, not coded"] == 3


def test_the_order_of_the_lines_is_not_that_of_registration(desk: Desk, desk_for: DeskFor, tmp_path: Path) -> None:
    codes = [f"Z{number:02}" for number in range(40, 56)]
    for place, code in enumerate(codes):
        patient = person(desk_for("doctor"), "Okonkwo", date(1971, 2, 3 + place))
        sign(desk_for("nurse"), patient, "research")
        charting.add_problem(desk_for("doctor"), patient, NewProblem("Something", code, "confirmed"))
    _manifest, resources, _text = contents(anonymise(desk, asked(tmp_path / "out.zip"), quiet))
    problems = [each for each in resources if each["resourceType"] == "Condition"]
    found = [each["code"]["coding"][0]["code"] for each in problems]
    assert sorted(found) == codes
    assert found != codes  # by chance they are once in 20,000,000,000,000


@pytest.mark.parametrize("state", ["absent", "expired", "withdrawn"])
def test_only_those_whose_consent_is_in_force_are_in_it(
    desk: Desk, desk_for: DeskFor, people: list[str], tmp_path: Path, state: str, store: Store
) -> None:
    other = person(desk_for("doctor"), "Nwosu", date(1971, 5, 6))
    put_in_state(desk_for("nurse"), other, "research", state)
    done = anonymise(desk, asked(tmp_path / "out.zip"), quiet)
    assert done.manifest["patients"] == 3
    assert done.manifest["left_out"]["patients"]["no consent to research in force"] == 1
    with store.read() as connection:
        rows = connection.execute(select(access.c.patient).where(access.c.subject == "research.research_record")).all()
        entries = connection.execute(select(journal.c.kind).where(journal.c.session == desk.session.id)).scalars().all()
    assert sorted(row.patient for row in rows) == sorted(people)
    assert "research.exported" in entries
    (listed,) = research.exports_made(desk)
    assert (listed.export.approval, listed.export.k, listed.export.sha256) == ("IRB-2026-7", 3, done.manifest["sha256"])


def test_a_restricted_record_stays_here_though_its_patient_agreed(
    desk: Desk, desk_for: DeskFor, people: list[str], tmp_path: Path
) -> None:
    restrictions.restrict_record(desk_for("nurse").once(), people[0], ["role:nurse"], "A neighbour works here")
    done = anonymise(desk, asked(tmp_path / "out.zip"), quiet)
    assert done.manifest["patients"] == 2
    assert done.manifest["left_out"]["patients"]["record restricted by the patient"] == 1


def test_dates_that_are_shifted_keep_their_distance_and_are_no_longer_true(
    take: Take, desk: Desk, desk_for: DeskFor, people: list[str], tmp_path: Path
) -> None:
    doctor = desk_for("doctor")
    for patient in people:
        charting.add_problem(doctor, patient, NewProblem("x", "E11", "confirmed", onset_on=date(2020, 1, 1)))
        charting.add_problem(doctor, patient, NewProblem("x", "J45", "confirmed", onset_on=date(2020, 3, 1)))
    done = anonymise(desk, asked(tmp_path / "out.zip", level="shifted"), quiet)
    _manifest, resources, _text = contents(done)
    onset: dict[str, list[date]] = {}
    for each in resources:
        if "onsetDateTime" in each:
            onset.setdefault(each["subject"]["reference"], []).append(date.fromisoformat(each["onsetDateTime"]))
    assert len(onset) == 3
    for first, second in onset.values():
        assert (second - first).days == 60
        assert first != date(2020, 1, 1)


def test_a_trace_of_anybody_refuses_and_leaves_no_file(
    desk: Desk, people: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = unnamed._WRITERS["problems"]

    def careless(at: Any, row: Any) -> Any:
        kind, members = real(at, row) or ("", {})
        return kind, {**members, "note": [{"text": row["title"]}]}

    monkeypatch.setitem(unnamed._WRITERS, "problems", careless)
    for name in ("out.zip", "out.ndjson"):
        with pytest.raises(Refusal, match="names patients"):
            anonymise(desk, asked(tmp_path / name), quiet)
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []
    assert research.exports_made(desk) == ()


def test_a_name_in_the_purpose_is_found_too(desk: Desk, people: list[str], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="names patients"):
        anonymise(desk, asked(tmp_path / "out.zip", purpose="About Chidi Balogun"), quiet)
    assert not (tmp_path / "out.zip").exists()


def test_records_from_elsewhere_leave_by_their_codes_alone(
    take: Take, desk: Desk, desk_for: DeskFor, people: list[str], store: Store, tmp_path: Path
) -> None:
    take(bundle(everything()))
    with store.read() as connection:
        came = connection.exec_driver_sql("SELECT id FROM patients WHERE family_name LIKE 'Ó%'").scalar_one()
    sign(desk_for("nurse"), came, "research")
    done = anonymise(desk, asked(tmp_path / "out.ndjson", preserve=()), quiet)
    lines = UUID.sub("", Path(done.files[0]).read_text())
    assert json.loads(Path(done.files[1]).read_text())["k"] == 4
    for told in ("lafsd", "Amadi", "1234567893", PATIENT, "H-77", "Clavulanate", "0100", "2019-05"):
        assert told not in lines
    assert '"code":"6298-4"' in lines or '"code":"2823-3"' in lines
    assert '"value":6.50' in lines


def test_too_few_people_a_file_that_is_there_and_a_missing_folder_are_refused_by_name(
    desk: Desk, people: list[str], tmp_path: Path
) -> None:
    (tmp_path / "there.zip").write_text("x")
    for request, field in (
        (asked(tmp_path / "out.zip", k=4), "k"), (asked(tmp_path / "there.zip"), "out"),
        (asked(tmp_path / "none" / "out.zip"), "out"), (asked(tmp_path / "out.zip", approval=" "), "approval"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            anonymise(desk, request, quiet)
        assert refused.value.field == field
    assert (tmp_path / "there.zip").read_text() == "x"
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize("level", ["full", "shifted"])
def test_what_leaves_is_sound_fhir(desk: Desk, people: list[str], tmp_path: Path, level: str) -> None:
    done = anonymise(desk, asked(tmp_path / "out.ndjson", level=level), quiet)
    (report,) = check_paths([Path(done.files[0])], Strictness())
    wrong = [one.what for one in report.problems if one.severity in {"error", "fatal"}]
    # A vital sign of a year alone is told on purpose, and the manifest says so.
    assert [what for what in wrong if "vs-1" not in what] == []
    assert bool(wrong) == (level == "full")


def test_who_may_not_export_is_refused(desk_for: DeskFor, people: list[str], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="may not"):
        anonymise(desk_for("nurse"), asked(tmp_path / "out.zip"), quiet)
