"""Records that go out: as they came, as the chart says now, and what was done here as others read it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.outgoing import bundle_of, export_all
from clinic_desktop.services import charting, merging, restrictions, vitals
from clinic_desktop.services.access import who_saw
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.chart import open_chart
from clinic_desktop.services.charting import NewAllergy, NewProblem, OutsideMedicine
from clinic_desktop.services.patients import NewPatient, find_patients, register_patient
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from sync.records.exact import Json, dumps, loads
from tests.fhir import ALLERGY, PATIENT, Take, bundle, everything, head, person, taker, text

DeskFor = Callable[[str], Desk]


def patient_of(desk: Desk) -> str:
    (found,) = find_patients(desk, "olafsdottir")
    return found.patient_id


def resources(bundle: Json) -> dict[tuple[str, str], Json]:
    return {(one["resource"]["resourceType"], one["resource"]["id"]): one["resource"] for one in bundle["entry"]}


def test_what_came_goes_out_as_it_came_to_the_last_figure(take: Take, desk: Desk) -> None:
    take(bundle(everything()))
    out = resources(bundle_of(desk, patient_of(desk)))
    came = {(one["resourceType"], one["id"]): loads(text(one)) for one in everything()}
    assert out.keys() == came.keys()
    for key, resource in came.items():
        assert dumps(_sorted(out[key])) == dumps(_sorted(resource)), key
    assert '"value":6.50' in dumps(list(out.values()))


def _sorted(document: object) -> object:
    if isinstance(document, dict):
        return {name: _sorted(document[name]) for name in sorted(document)}
    return [_sorted(each) for each in document] if isinstance(document, list) else document


def test_another_clinic_gets_the_same_chart(take: Take, desk: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    take(bundle(everything()))
    first = bundle_of(desk, patient_of(desk))
    done = taker(elsewhere, tmp_path)(dumps(first))
    assert done.problems == []
    second = bundle_of(elsewhere, patient_of(elsewhere))
    assert dumps(_sorted(resources(second)[("Patient", PATIENT)])) == dumps(
        _sorted(resources(first)[("Patient", PATIENT)])
    )
    assert resources(second) == resources(first)


def test_what_the_chart_says_now_goes_out_and_the_rest_stays_as_it_came(
    take: Take, desk: Desk, desk_for: DeskFor
) -> None:
    take(bundle(everything()))
    doctor = desk_for("doctor")
    (allergy,) = open_chart(doctor, patient_of(doctor)).allergies
    charting.deactivate_allergy(doctor, allergy.id, "Tolerated it")
    out = resources(bundle_of(desk, patient_of(desk)))[("AllergyIntolerance", ALLERGY)]
    assert out["clinicalStatus"]["coding"][0]["code"] == "inactive"
    assert out["criticality"] == "high"
    assert out["reaction"] == [{"manifestation": [{"text": "Hives"}], "severity": "moderate"}]


def test_what_was_done_here_goes_out_and_is_the_same_chart_elsewhere(
    desk: Desk, desk_for: DeskFor, elsewhere: Desk, tmp_path: Path
) -> None:
    doctor = desk_for("doctor")
    new = NewPatient("Ólafsdóttir", "Björk", "female", None, "unknown", phone="+354 555 0100", city="Akureyri")
    patient = register_patient(desk, new).patient_id
    vitals.record_vitals(doctor, patient, {"pressure": "128/82", "weight": "71.5"})
    charting.add_problem(doctor, patient, NewProblem("Essential hypertension", "I10"))
    charting.add_allergy(
        doctor, patient, NewAllergy("Aspirin", ingredient="aspirin", reaction="Wheeze", severity="severe")
    )
    charting.add_outside_medicine(doctor, patient, OutsideMedicine("St John's wort", "1 a day"))
    out = bundle_of(desk, patient)
    found = {one["resource"]["resourceType"]: one["resource"] for one in out["entry"]}
    assert found["Condition"]["code"]["coding"][0] == {
        "system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10", "display": "Essential hypertension",
    }  # fmt: skip
    assert found["AllergyIntolerance"]["reaction"] == [{"manifestation": [{"text": "Wheeze"}], "severity": "severe"}]
    signs = {one["resource"]["code"]["text"]: one["resource"] for one in out["entry"]
             if one["resource"]["resourceType"] == "Observation"}  # fmt: skip
    assert dumps(signs["Weight"]["valueQuantity"]) == (
        '{"value":71.5,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}'
    )
    assert taker(elsewhere, tmp_path)(dumps(out)).problems == []
    again = bundle_of(elsewhere, patient_of(elsewhere))
    assert resources(again) == resources(out)


def test_a_clinic_knows_its_own_records_when_they_come_back(
    take: Take, desk: Desk, desk_for: DeskFor, store: Store
) -> None:
    patient = register_patient(desk, NewPatient("Ólafsdóttir", "Björk", "female", None, "unknown")).patient_id
    vitals.record_vitals(desk_for("doctor"), patient, {"pressure": "128/82"})
    out = dumps(bundle_of(desk, patient))
    before = head(store)
    done = take(out)
    assert done.problems == []
    assert head(store) == before
    assert all(each.same == each.read for each in done.kept.values())


def test_to_hand_out_is_in_the_access_log(take: Take, desk: Desk, desk_for: DeskFor) -> None:
    take(bundle(everything()))
    patient = patient_of(desk)
    bundle_of(desk_for("doctor"), patient)
    assert "departures.patient_record" in json.dumps(who_saw(desk, patient), default=str)
    with pytest.raises(Refusal):
        bundle_of(desk_for("front_desk"), patient)


def test_everybody_goes_into_a_folder_with_the_people_and_places_they_name(
    take: Take, desk: Desk, tmp_path: Path
) -> None:
    take(bundle(everything()))
    done = export_all(desk, tmp_path / "out", lambda _words: None)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 2
    assert names[1] == "people-and-places.json"
    assert (done.records["Patient"], done.records["Practitioner"], done.records["Observation"]) == (1, 1, 2)


def test_a_restricted_record_stays_here_and_is_counted(
    take: Take, desk: Desk, desk_for: DeskFor, tmp_path: Path
) -> None:
    take(bundle(everything()))
    patient = patient_of(desk)
    restrictions.restrict_record(desk_for("nurse").once(), patient, ["role:laboratory"], "A known person")
    done = export_all(desk, tmp_path / "out", lambda _words: None)
    assert (done.restricted, "Patient" in done.records) == (1, False)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["people-and-places.json"]
    with pytest.raises(ConsentRefusal):
        bundle_of(desk, patient)


def test_an_allergy_that_comes_for_a_merged_registration_is_on_the_one_that_was_kept(
    take: Take, desk: Desk, desk_for: DeskFor
) -> None:
    take(bundle([person()]))
    other = patient_of(desk)
    front = desk_for("front_desk")
    kept = register_patient(front.once(), NewPatient("Olafsdottir", "Hrafnhildur", "female")).patient_id
    charting.confirm_no_known_allergies(desk_for("doctor").once(), kept)
    merging.merge(front.once(), kept, other, chosen={"born_on": "other"}, reason="the same person")
    take(bundle(everything()))
    assert open_chart(desk_for("doctor"), kept).patient.allergy_state == "listed"
    with desk.store.read() as connection:
        row = connection.execute(select(patients.c.allergy_state).where(patients.c.id == kept)).scalar_one()
    assert row == "listed"
    out = resources(bundle_of(desk, kept))
    assert ("AllergyIntolerance", ALLERGY) in out
    assert ("Patient", kept) in out
