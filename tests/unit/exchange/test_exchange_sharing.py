"""A record shared as records: the parts that were agreed on, sealed, opened elsewhere with its password alone."""

import base64
import contextlib
import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.envelope import open_sealed, seal
from clinic_desktop.exchange.incoming import Asked, import_fhir
from clinic_desktop.exchange.outgoing import bundle_of
from clinic_desktop.exchange.sharing import sealed_records
from clinic_desktop.exchange.validation.checking import check_resource
from clinic_desktop.services import charting, merging, sharing, vitals
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy, NewProblem
from clinic_desktop.services.patients import NewPatient, find_patients, register_patient
from clinic_desktop.services.sharing import NewShare, new_password
from sync.records.exact import dumps, loads
from tests.conftest import DeskFor
from tests.unit.services.consent_case import register, sign

UNTIL = date(2026, 3, 20)
NEW = NewShare(
    "Dr Bello", "healthcare_provider", "A second opinion", ("allergies", "vitals"), UNTIL, ("view", "keep"), form="fhir"
)


@pytest.fixture
def doctor(desk_for: DeskFor) -> Desk:
    return desk_for("doctor")


@pytest.fixture
def patient(doctor: Desk) -> str:
    made = register(doctor)
    charting.add_allergy(doctor.once(), made, NewAllergy("penicillin"))
    charting.add_problem(doctor.once(), made, NewProblem("Essential hypertension", "I10"))
    vitals.record_vitals(doctor.once(), made, {"pressure": "128/82"})
    sign(doctor, made, "disclosure")
    return made


def opened(copy: sharing.SealedCopy) -> dict[str, object]:
    found: dict[str, object] = loads(open_sealed(copy.content, copy.password).content.decode())
    return found


def kinds(bundle: dict[str, object]) -> set[str]:
    return {entry["resource"]["resourceType"] for entry in bundle["entry"]}  # type: ignore[attr-defined]


def test_the_parts_that_were_shared_are_in_it_and_no_other_and_every_copy_is_noted(doctor: Desk, patient: str) -> None:
    share = sharing.share_record(doctor.once(), patient, NEW)
    copy = sealed_records(doctor, share.share_id)
    assert b"penicillin" not in copy.content
    bundle = opened(copy)
    assert kinds(bundle) == {"Patient", "AllergyIntolerance", "Observation"}
    assert bundle["identifier"] == {"system": "urn:x-clinic-desktop:share", "value": share.number}
    assert [one for one in check_resource(bundle) if one.severity == "error"] == []
    (shown,) = sharing.shares_of(doctor, patient)
    assert shown.form == "fhir"
    assert [one.sha256 for one in shown.copies] == [hashlib.sha256(copy.content).hexdigest()]
    assert sealed_records(doctor, share.share_id).password != copy.password


def person_shared(doctor: Desk, patient: str, *sections: str) -> dict[str, Any]:
    share = sharing.share_record(doctor.once(), patient, replace(NEW, sections=sections))
    (found,) = [
        entry["resource"]
        for entry in opened(sealed_records(doctor, share.share_id))["entry"]  # type: ignore[attr-defined]
        if entry["resource"]["resourceType"] == "Patient"
    ]
    return dict(found)


def test_how_a_patient_is_reached_is_in_it_only_where_that_was_agreed_on(doctor: Desk) -> None:
    reached = NewPatient(
        "Okafor", "Ada", "female", phone="+254711222333", email="ada@example.org", address="Moi Avenue 4",
        city="Nairobi", national_id="29384756", insurer="NHIF",
        insurance_number="NH-55-112233",
    )  # fmt: skip
    made = register_patient(doctor.once(), reached).patient_id
    charting.add_allergy(doctor.once(), made, NewAllergy("penicillin"))
    sign(doctor, made, "disclosure")
    without = person_shared(doctor, made, "allergies")
    assert not without.keys() & {"telecom", "address", "contact", "extension", "text"}
    assert [name["family"] for name in without["name"]] == ["Okafor"]
    told = dumps(without)
    for secret in ("254711222333", "example.org", "Moi Avenue", "Nairobi", "29384756", "NH-55-112233"):
        assert secret not in told
    sign(doctor, made, "communication")
    with_it = person_shared(doctor, made, "allergies", "contact")
    assert "Moi Avenue 4" in dumps(with_it["address"])
    assert "254711222333" in dumps(with_it["telecom"])


def test_numbers_and_former_names_that_came_from_elsewhere_do_not_go_on_with_a_share(
    doctor: Desk, desk: Desk, tmp_path: Path
) -> None:
    person = {
        "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1980-02-03",
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Secret words</div>'},
        "extension": [{"url": "http://example.org/mothers-maiden-name", "valueString": "Secret mother"}],
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-47-1234"}],
        "name": [{"use": "official", "family": "Okafor", "given": ["Ada"]}, {"use": "maiden", "family": "Secret"}],
        "telecom": [{"system": "phone", "value": "555-0199"}],
        "address": [{"line": ["1 Secret Road"], "city": "Boston"}],
    }  # fmt: skip
    path = tmp_path / "person.json"
    path.write_text(dumps(person))
    assert import_fhir(desk, [path], lambda _words: None).problems == []
    (hit,) = find_patients(doctor, "okafor")
    sign(doctor, hit.patient_id, "disclosure")
    told = dumps(person_shared(doctor, hit.patient_id, "allergies"))
    for secret in ("Secret", "999-47-1234", "555-0199", "Boston"):
        assert secret not in told


def test_a_share_made_under_a_registration_that_was_merged_since_gives_the_whole_person(
    doctor: Desk, patient: str, desk_for: DeskFor, desk: Desk
) -> None:
    share = sharing.share_record(doctor.once(), patient, NEW)
    stands = register(doctor)
    charting.add_allergy(doctor.once(), stands, NewAllergy("latex"))
    merging.merge(desk_for("front_desk"), stands, patient, chosen={}, reason="same card")
    bundle = opened(sealed_records(doctor, share.share_id))
    found = [entry["resource"]["resourceType"] for entry in bundle["entry"]]  # type: ignore[attr-defined]
    assert (found.count("Patient"), found.count("AllergyIntolerance")) == (1, 2)
    assert bundle_of(desk, patient)["entry"] == bundle_of(desk, stands)["entry"]


def test_another_clinic_takes_it_in_with_the_password_until_its_day(
    doctor: Desk, patient: str, elsewhere: Desk, tmp_path: Path, clock: SetClock
) -> None:
    copy = sealed_records(doctor, sharing.share_record(doctor.once(), patient, NEW).share_id)
    path = tmp_path / "record.fhir.jwe"
    path.write_bytes(copy.content)

    def taken(password: str) -> list[tuple[str, str]]:
        done = import_fhir(elsewhere, [path], lambda _words: None, asked=Asked(password=password))
        return [(one.where, one.what) for one in done.problems]

    assert taken("")[0][0] == "password"
    assert taken("AAAA-AAAA")[0] == ("password", "This is not the password of this file.")
    assert find_patients(elsewhere, "okafor") == ()
    assert taken(copy.password.lower()) == []
    assert len(find_patients(elsewhere, "okafor")) == 1
    clock.advance(timedelta(days=30))
    assert "2026-03-20" in taken(copy.password)[0][1]


def test_no_copy_without_consent_after_withdrawal_or_by_a_role_that_may_not(
    doctor: Desk, patient: str, desk_for: DeskFor
) -> None:
    share = sharing.share_record(doctor.once(), patient, NEW)
    with pytest.raises(Refusal):
        sealed_records(desk_for("cashier"), share.share_id)
    sharing.withdraw_share(doctor.once(), share.share_id, "Changed my mind", expect=1)
    with pytest.raises(Refusal, match="withdrawn"):
        sealed_records(doctor, share.share_id)
    other = register(doctor, "Bello")
    with pytest.raises(ConsentRefusal):
        sharing.share_record(doctor.once(), other, NEW)


def test_records_cannot_be_shared_as_if_they_could_not_be_copied(doctor: Desk, patient: str) -> None:
    for form, permissions, field in (("fhir", ("view",), "permission_keep"), ("fax", ("view", "keep"), "form")):
        new = NewShare("Dr Bello", "other", "x", ("allergies",), UNTIL, permissions, form=form)
        with pytest.raises(Refusal) as refused:
            sharing.share_record(doctor.once(), patient, new)
        assert refused.value.field == field


@given(st.binary(max_size=2000), st.integers(0, 10_000))
def test_what_is_sealed_is_opened_whole_and_a_changed_byte_is_found(content: bytes, place: int) -> None:
    password = "7K3P-0QZN-AAAA-BBBB-CCCC-DDDD"
    closed = seal(content, password, UNTIL)
    found = open_sealed(closed, password)
    assert (found.content, found.until) == (content, UNTIL)
    at = place % len(closed)
    other = closed[:at] + (b"A" if closed[at : at + 1] != b"A" else b"B") + closed[at + 1 :]
    with contextlib.suppress(Refusal):
        assert open_sealed(other, password).content == content  # the last bits of a part may mean nothing


@pytest.mark.parametrize("broken", [b"", b"eyJ", b"eyJhIjoxfQ....", b"a.b.c.d.e", b"\xff.\xff", b"eyJ" * 400])
def test_what_is_no_sealed_file_is_refused_in_words(broken: bytes) -> None:
    with pytest.raises(Refusal):
        open_sealed(broken, new_password())


def test_a_header_that_asks_for_a_night_of_work_is_refused_at_once() -> None:
    closed = seal(b"x", "P", UNTIL).decode().split(".")
    head = json.loads(base64.urlsafe_b64decode(closed[0] + "=="))
    head["p2c"] = 2_000_000_000
    closed[0] = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
    with pytest.raises(Refusal, match="damaged"):
        open_sealed(".".join(closed).encode(), "P")
