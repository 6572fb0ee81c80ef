"""Taking files in: exact, idempotent, all of a person or nothing, and every refusal by name."""

import gzip
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.incoming import Imported, import_fhir
from clinic_desktop.services import charting, numbers
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.chart import Chart, open_chart
from clinic_desktop.services.counts import counts
from clinic_desktop.services.flags import flags
from clinic_desktop.services.patients import find_patients, patient_banner
from clinic_desktop.services.prescribing import check_medicine
from clinic_desktop.store.engine import Store
from tests.fhir import (
    ALLERGY,
    PATIENT,
    POTASSIUM,
    Take,
    bundle,
    everything,
    head,
    person,
    potassium,
    taker,
    text,
)

DeskFor = Callable[[str], Desk]


def patient_of(desk: Desk) -> str:
    (found,) = find_patients(desk, "olafsdottir")
    return found.patient_id


def chart_of(desk_for: DeskFor) -> Chart:
    doctor = desk_for("doctor")
    return open_chart(doctor, patient_of(doctor))


def told(done: Imported) -> list[str]:
    return [f"{one.where}: {one.what}" for one in done.problems]


def test_every_kind_comes_in_and_is_counted(take: Take, desk: Desk) -> None:
    done = take(bundle([*everything(), {"resourceType": "CarePlan", "id": "c", "status": "active"}]))
    assert done.problems == []
    assert {kind: asdict(each) for kind, each in done.kept.items()} == {
        kind: {"read": n, "new": n, "same": 0, "changed": 0}
        for kind, n in {
            "AllergyIntolerance": 1, "Condition": 1, "DiagnosticReport": 1, "Encounter": 1, "Immunization": 1,
            "MedicationRequest": 1, "Observation": 2, "Patient": 1, "Practitioner": 1, "Procedure": 1,
        }.items()
    }  # fmt: skip
    assert done.not_kept == {"CarePlan": 1}
    found = counts(desk)
    assert (found.patients, found.encounters, found.observations, found.conditions) == (1, 1, 2, 1)
    assert (found.medications, found.allergies, found.immunizations, found.procedures) == (1, 1, 1, 1)


def test_the_same_again_changes_nothing(take: Take, store: Store) -> None:
    take(bundle(everything()))
    before = head(store)
    done = take(bundle(everything()))
    assert head(store) == before
    assert all(each.same == each.read for each in done.kept.values())


def test_the_order_of_members_is_no_change(take: Take, store: Store) -> None:
    take(bundle(everything()))
    before = head(store)
    turned = [dict(reversed(each.items())) for each in everything()]
    take(bundle(list(reversed(turned))))
    assert head(store) == before


def test_what_changed_elsewhere_is_changed_here_with_its_entry(take: Take, store: Store, desk: Desk) -> None:
    take(bundle(everything()))
    before = head(store)
    done = take(bundle([person(maritalStatus={"text": "Married"}), potassium("4.10")]))
    assert asdict(done.kept["Observation"]) == {"read": 1, "new": 0, "same": 0, "changed": 1}
    assert head(store) > before
    (value,) = [one for one in flags(desk, patient_of(desk)) if one.loinc == "2823-3"]
    assert (value.value, value.flag) == ("4.10", "N")


def test_what_somebody_changed_here_is_not_overwritten(take: Take, desk_for: DeskFor) -> None:
    take(bundle(everything()))
    (allergy,) = chart_of(desk_for).allergies
    charting.deactivate_allergy(desk_for("doctor"), allergy.id, "Tolerated it since")
    louder = [each | {"criticality": "low"} if each["id"] == ALLERGY else each for each in everything()]
    done = take(bundle(louder))
    assert told(done) == [
        f"AllergyIntolerance/{ALLERGY}: it was changed here and elsewhere; what stands here was left as it is"
    ]
    assert chart_of(desk_for).allergies == ()


def test_what_comes_in_is_seen_by_those_who_treat(take: Take, desk_for: DeskFor) -> None:
    take(bundle(everything()))
    chart = chart_of(desk_for)
    assert [(one.title, one.status) for one in chart.problems] == [("Hypertension", "active")]
    assert [(one.substance, one.severity, one.reaction) for one in chart.allergies] == [
        ("Allergy to penicillin", "severe", "Hives")
    ]
    assert [one.name for one in chart.medicines] == ["Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet"]
    assert [(one.code, str(one.value), one.flag) for one in chart.vitals] == [
        ("8480-6", "181", "HH"), ("8462-4", "92", "H"),
    ]  # fmt: skip
    assert [(one.name, one.value, one.flag) for one in chart.results] == [("Potassium", "6.50", "HH")]
    (visit,) = chart.timeline.visits
    assert (visit.practitioner, visit.is_elsewhere, visit.when) == ("Ngozi Amadi", True, "2019-05-06T23:30:00-08:00")
    assert {(one.title, one.on) for one in chart.acts} == {
        ("Appendectomy", "1988-07"), ("Metabolic panel", "2019-05-06"),
    }  # fmt: skip
    banner = patient_banner(desk_for("doctor"), patient_of(desk_for("doctor")))
    assert banner.allergies == ("Allergy to penicillin",)


def test_an_allergy_that_came_in_stops_the_medicine(take: Take, desk_for: DeskFor) -> None:
    take(bundle(everything()))
    doctor = desk_for("doctor")
    found = check_medicine(doctor, patient_of(doctor), "amoxicillin", "")
    assert [row.tier for row in found.alerts if row.kind == "allergy"] == ["stop"]


def test_an_allergy_the_pack_does_not_know_is_said_to_be_unchecked(take: Take, desk_for: DeskFor) -> None:
    odd = {
        "resourceType": "AllergyIntolerance", "id": ALLERGY, "patient": {"reference": f"Patient/{PATIENT}"},
        "code": {"text": "Qzwx dust"},
    }  # fmt: skip
    take(bundle([person(), odd]))
    doctor = desk_for("doctor")
    found = check_medicine(doctor, patient_of(doctor), "paracetamol", "")
    assert any("Qzwx dust" in str(row) for row in found.alerts)


def test_no_known_allergy_is_no_allergy(take: Take, desk_for: DeskFor) -> None:
    none = {
        "resourceType": "AllergyIntolerance", "id": ALLERGY, "patient": {"reference": f"Patient/{PATIENT}"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy"}]},
    }  # fmt: skip
    take(bundle([person(), none]))
    assert chart_of(desk_for).patient.allergy_state == "not_asked"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("<Patient/>", "no JSON"),
        ("[1, 2]", "no JSON object"),
        ('{"a": 1}', "no resourceType"),
        ('{"resourceType": "Pateint"}', "no resource of FHIR R4"),
        ('{"resourceType": "MedicationOrder"}', "DSTU2"),
        ('{"resourceType": "CapabilityStatement", "fhirVersion": "3.0.2"}', "3.0.2"),
        (text(person(birthDate="1970-02-30")), "no day of the calendar"),
        (text(person(birthDate="03.02.1970")), "no date"),
        (text(person(gender="f")), "male"),
        (text(person(name="Olafsdottir")), "name"),
        (text(person(name=[{"family": "A\x00B"}])), "NUL"),
        (text(person()).replace("Björk", "\\ud800"), "half a character"),
        (text(person(extension=json.loads("[" * 90 + "]" * 90))), "nested too deep"),
        ("[" * 20_000, "no JSON object"),
        ('{"resourceType": "Patient", "x": ' + "[" * 20_000, "too deep"),
        (text(person(multipleBirthInteger=int("9" * 80))), "nothing measures"),
        (bundle([potassium("1e999999")]), "nothing measures"),
        (bundle(everything())[:-40], "stops halfway"),
        (bundle(everything())[:2000], "stops halfway"),
        (bundle(everything()).replace('"type": "transaction",', ""), "Bundle.type"),
        (bundle([person(), person(gender="male")]), "say different things"),
        (bundle([person(), potassium(subject={"reference": "Practitioner/1"})]), "not about Practitioner"),
        (bundle(everything(), "history"), "no state of records"),
        ('{"resourceType": "Patient", "id": "a", "id": "b"}', "stands twice"),
    ],
)
def test_a_file_that_is_refused_is_named_with_its_fault_and_leaves_nothing(
    take: Take, store: Store, content: str, said: str
) -> None:
    good = head(store)
    done = take(content)
    assert head(store) == good
    assert done.kept == {}
    (problem,) = done.problems
    assert problem.file.endswith("0-file.json")
    assert said in f"{problem.where}: {problem.what}"


def test_the_other_files_of_the_call_still_go_in(take: Take) -> None:
    done = take('{"resourceType": "Patient", ', bundle(everything()), "{}")
    assert len(done.problems) == 2
    assert done.kept["Patient"].new == 1


def test_a_compressed_file_that_stops_halfway_is_refused(desk: Desk, tmp_path: Path, store: Store) -> None:
    before = head(store)
    path = tmp_path / "half.json.gz"
    path.write_bytes(gzip.compress(bundle(everything()).encode())[:-30])
    done = import_fhir(desk, [path], lambda _words: None)
    assert "stops halfway" in told(done)[0]
    assert head(store) == before


def test_lines_are_read_one_resource_each_and_a_broken_one_refuses_its_file(take: Take, store: Store) -> None:
    whole = "\n".join(text(each) for each in everything())
    assert take(whole, name="all.ndjson").kept["Observation"].new == 2
    before = head(store)
    done = take(whole + '\n{"resourceType": "Patient", "id"', name="more.ndjson")
    assert "line 12" in told(done)[0]
    assert head(store) == before


def test_dangling_references_are_told_and_the_record_is_kept(take: Take) -> None:
    lost = potassium(encounter={"reference": "Encounter/none"}, performer=[{"reference": "#gone"}])
    done = take(bundle([person(), lost]))
    assert sorted(told(done)) == [
        f"Observation/{POTASSIUM}.encounter: “Encounter/none” is neither in these files nor in this clinic",
        f"Observation/{POTASSIUM}.performer[0]: “#gone” leads to no record",
    ]
    assert done.kept["Observation"].new == 1


def test_a_patient_who_is_only_spoken_of_is_filled_in_when_they_come(take: Take, desk: Desk) -> None:
    first = take(bundle([potassium()]))
    assert first.kept["Observation"].new == 1
    assert [one.where for one in first.problems] == [f"Observation/{POTASSIUM}.subject"]
    second = take(bundle([person()]))
    assert (second.problems, asdict(second.kept["Patient"])["new"]) == ([], 1)
    assert counts(desk).patients == 1
    assert flags(desk, patient_of(desk))[0].value == "6.50"


def test_an_id_without_an_address_never_turns_one_person_into_another(take: Take, store: Store) -> None:
    mine = person(id="1")
    other = person(id="1", name=[{"family": "Haddad", "given": ["Omar"]}], birthDate="1950-01-01")
    take(text(mine))
    before = head(store)
    done = take(text(other))
    assert head(store) == before
    assert "Another person" in told(done)[0]
    assert take(text(other), source="https://other.example/fhir").kept["Patient"].new == 1


def test_references_of_every_kind_find_their_record(take: Take, desk_for: DeskFor) -> None:
    doctor = {
        "resourceType": "Practitioner", "id": "p9", "name": [{"family": "Amadi"}],
        "identifier": [{"system": "urn:npi", "value": "77"}],
    }  # fmt: skip
    visits = [
        {"reference": "Practitioner/p9"},
        {"reference": "https://h.example/fhir/Practitioner/p9"},
        {"reference": "Practitioner?identifier=urn:npi|77"},
        {"identifier": {"system": "urn:npi", "value": "77"}, "type": "Practitioner"},
    ]
    resources = [
        {
            "resourceType": "Encounter", "id": f"e{place}", "status": "finished", "class": {"code": "AMB"},
            "subject": {"reference": "Patient/p1"}, "participant": [{"individual": who}],
        }
        for place, who in enumerate(visits)
    ]  # fmt: skip
    entries = [
        {"fullUrl": f"https://h.example/fhir/{each['resourceType']}/{each['id']}", "resource": each}
        for each in (person(id="p1"), doctor, *resources)
    ]
    done = take(text({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    assert done.problems == []
    assert [one.practitioner for one in chart_of(desk_for).timeline.visits] == ["Amadi"] * 4


def test_a_contained_medicine_gives_the_prescription_its_name(take: Take, desk_for: DeskFor) -> None:
    inside = {"resourceType": "Medication", "id": "m", "code": {"text": "Warfarin 5 MG Oral Tablet"}}
    asked = {
        "resourceType": "MedicationRequest", "id": "r", "status": "active", "intent": "order", "contained": [inside],
        "medicationReference": {"reference": "#m"}, "subject": {"reference": f"Patient/{PATIENT}"},
    }  # fmt: skip
    take(bundle([person(), asked]))
    assert [one.name for one in chart_of(desk_for).medicines] == ["Warfarin 5 MG Oral Tablet"]


def test_a_full_disk_in_the_middle_leaves_whole_people_and_the_next_run_completes(
    desk: Desk, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "two"
    folder.mkdir()
    (folder / "1.json").write_text(bundle(everything()))
    second = bundle(everything())
    for n in "1234 5 6".replace(" ", ""):
        second = second.replace(n * 8, f"b{n * 7}")
    (folder / "2.json").write_text(second.replace("a1111111", "c1111111").replace("-8111-", "-9111-"))
    from clinic_desktop.store.unit import Transaction

    real, count = Transaction.create, 0

    def create(self: Transaction, *args: object, **kwargs: object) -> str:
        nonlocal count
        count += 1
        if count == 40:
            raise dbapi2.OperationalError("database or disk is full")
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Transaction, "create", create)
    with pytest.raises(Exception, match="full"):
        import_fhir(desk, [folder], lambda _words: None)
    monkeypatch.undo()
    found = counts(desk)
    assert (found.patients, found.encounters, found.observations, found.allergies) == (1, 1, 2, 1)
    assert import_fhir(desk, [folder], lambda _words: None).problems == []
    found = counts(desk)
    assert (found.patients, found.encounters, found.observations) == (2, 2, 4)


def test_only_an_administrator_may_bring_records_in(desk_for: DeskFor, tmp_path: Path, store: Store) -> None:
    before = head(store)
    with pytest.raises(Refusal):
        taker(desk_for("doctor"), tmp_path)(bundle(everything()))
    assert head(store) == before


def test_a_patient_who_came_in_has_a_number_of_this_clinic(take: Take, desk: Desk) -> None:
    take(bundle([person()]))
    mrn = patient_banner(desk, patient_of(desk)).mrn
    assert mrn.startswith("MRN-A7-")
    assert numbers.patient_by_mrn(desk, mrn) == patient_of(desk)
    assert [one.patient_id for one in find_patients(desk, "H-77")] == [patient_of(desk)]
