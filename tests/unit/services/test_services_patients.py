"""Registering, changing and finding patients, on a real encrypted store."""

import csv
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain import patients as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import access, identity, patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patient_parts import Contact, OtherName
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store import search
from clinic_desktop.store.engine import Store

DeskFor = Callable[[str], Desk]
CORPUS = Path(os.environ.get("CLINIC_CORPUS", "/nowhere")) / "text_names"
LINKAGE = CORPUS.parent / "record_linkage"
OKAFOR = NewPatient(
    "Okafor", "Chiamaka Ngozi", "female", date(1985, 7, 4), "day", "+234 803 123 4567", national_id="ABC-12345678"
)


@pytest.fixture
def desk(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


def names(desk: Desk, text: str) -> list[str]:
    return [hit.name for hit in patients.find_patients(desk, text)]


def test_a_registered_patient_is_kept_whole_and_shown_as_entered(desk: Desk) -> None:
    new = replace(
        OKAFOR, insurer="NHIS", insurance_number="77", insurance_share=80, alert="Deaf",
        contacts=(Contact("Ngozi", "mother", "0803"), Contact("Emeka", "brother")),
        other_names=(OtherName("maiden", "Eze", "Chiamaka"),),
    )  # fmt: skip
    done = patients.register_patient(desk, new)
    shown = patients.patient_details(desk, done.patient_id)
    assert shown.patient == new
    assert shown.mrn == done.mrn
    assert shown.name == "OKAFOR, Chiamaka Ngozi"


def test_registering_twice_under_one_act_id_registers_once(desk: Desk) -> None:
    once = desk.once()
    assert patients.register_patient(once, OKAFOR) == patients.register_patient(once, OKAFOR)
    assert len(names(desk, "okafor")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "ok", "okafor", "OKAFOR ch", "chiamaka okafor", "ngozi okaf", "okaf chi ngo", "Okâfor", "okafro",
        "okafor chimaka",
        "okaphor", "eze", "okafor 1985", "1985 okafor", "okafor 19", "1985", "4/7/1985", "okafor 4 jul 1985",
        "+2348031234567", "08031234567", "0803 123 4567", "1234567", "803-123", "okafor 4567", "ABC-12345678",
        "abc12345678", "12345678", "1985-07-04",
    ],
)  # fmt: skip
def test_a_patient_is_found_however_people_type(desk: Desk, text: str) -> None:
    patients.register_patient(desk, replace(OKAFOR, other_names=(OtherName("maiden", "Eze", "Chiamaka"),)))
    patients.register_patient(desk, NewPatient("Balogun", "Tunde", "male", date(1970, 1, 2), "day", "07022223333"))
    assert names(desk, text)[:1] == ["OKAFOR, Chiamaka Ngozi"]


def test_a_record_number_is_found_whole_begun_and_by_its_count(desk: Desk, store: Store) -> None:
    mrn = patients.register_patient(desk, OKAFOR).mrn
    with store.write(act="w", session=None) as unit:
        unit.conn.exec_driver_sql(
            "INSERT INTO workstations (id, revision, code, name, made_at) VALUES ('w', 1, 'A7', 'A7', '')"
        )
    for text in (
        mrn,
        mrn.lower(),
        mrn[:-2],
        mrn.replace("-", ""),
        "A7-000001",
        "a7-1",
        "000001",
        "001",
    ):
        assert names(desk, text) == ["OKAFOR, Chiamaka Ngozi"], text


@pytest.mark.parametrize("text", ["", " ", "o", "1", "12", "balogun", "okafor 1999", "x okafor zzz", "99999999"])
def test_what_does_not_fit_finds_nobody(desk: Desk, text: str) -> None:
    patients.register_patient(desk, OKAFOR)
    assert names(desk, text) == []


def test_exact_names_come_first_and_misspelt_ones_below(desk: Desk) -> None:
    for family in ("Smyth", "Smithson", "Smith"):
        patients.register_patient(desk, NewPatient(family, "John", "male"))
    assert names(desk, "smith")[:2] == ["SMITH, John", "SMITHSON, John"]
    hits = patients.find_patients(desk, "smith john")
    assert [hit.name for hit in hits] == ["SMITH, John", "SMITHSON, John", "SMYTH, John"]
    assert hits[0].score == 1.0 > hits[1].score > hits[2].score


def test_names_without_blanks_between_words_are_found_by_one_sign(desk: Desk) -> None:
    patients.register_patient(desk, NewPatient("王", "小明", "male"))
    patients.register_patient(desk, NewPatient("김", "민수", "male"))
    assert names(desk, "王") == names(desk, "明") == names(desk, "王小明") == ["王, 小明"]
    assert names(desk, "민수") == ["김, 민수"]


def test_an_index_follows_every_change_and_forgets_nothing_but_keeps_the_former_name(desk: Desk, store: Store) -> None:
    done = patients.register_patient(desk, OKAFOR)
    revision = patients.patient_details(desk, done.patient_id).revision
    patients.change_patient(desk, done.patient_id, replace(OKAFOR, family_name="Eze", phone="0111222333"), revision)
    assert names(desk, "eze") == names(desk, "okafor") == names(desk, "0111222333") == ["EZE, Chiamaka Ngozi"]
    assert names(desk, "2348031234567") == []
    with store.write(act="check", session=None) as unit:
        search.check(unit.conn)


def test_a_registration_somebody_else_changed_is_not_overwritten(desk: Desk) -> None:
    done = patients.register_patient(desk, OKAFOR)
    patients.change_patient(desk, done.patient_id, replace(OKAFOR, city="Enugu"), 1)
    with pytest.raises(Refusal):
        patients.change_patient(desk, done.patient_id, replace(OKAFOR, city="Lagos"), 1)
    assert patients.patient_details(desk, done.patient_id).patient.city == "Enugu"


def test_contacts_changed_in_another_window_are_not_overwritten(desk: Desk) -> None:
    done = patients.register_patient(desk, replace(OKAFOR, contacts=(Contact("A", "mother", "0801"),)))
    seen = patients.patient_details(desk, done.patient_id).revision
    patients.change_patient(desk, done.patient_id, replace(OKAFOR, contacts=(Contact("A", "mother", "0802"),)), seen)
    with pytest.raises(Refusal, match="meanwhile"):
        patients.change_patient(desk, done.patient_id, replace(OKAFOR, contacts=()), seen)
    assert patients.patient_details(desk, done.patient_id).patient.contacts == (Contact("A", "mother", "0802"),)


def test_a_contact_that_goes_is_out_of_sight_and_not_erased(desk: Desk, store: Store) -> None:
    done = patients.register_patient(desk, replace(OKAFOR, contacts=(Contact("A", "mother"), Contact("B", "aunt"))))
    patients.change_patient(desk, done.patient_id, replace(OKAFOR, contacts=(Contact("B", "aunt"),)), 1)
    assert patients.patient_details(desk, done.patient_id).patient.contacts == (Contact("B", "aunt"),)
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM patient_contacts").scalar_one() == 2


def test_likely_duplicates_appear_with_score_and_evidence(desk: Desk) -> None:
    done = patients.register_patient(desk, OKAFOR)
    patients.register_patient(desk, NewPatient("Balogun", "Tunde", "male", date(1970, 1, 2), "day"))
    draft = identity.Draft("Chiamaka", "Okafro", "female", date(1985, 4, 7), "day")
    (found,) = identity.likely_duplicates(desk, draft)
    assert found.patient_id == done.patient_id
    assert found.score >= 0.9
    assert {e.field: e.finding for e in found.evidence}["birth"] == "day and month swapped"
    assert identity.likely_duplicates(desk, replace(draft, patient_id=done.patient_id)) == ()
    assert identity.likely_duplicates(desk, identity.Draft()) == ()


def test_duplicates_over_the_whole_clinic_are_pairs_with_evidence(desk: Desk) -> None:
    a = patients.register_patient(desk, OKAFOR)
    b = patients.register_patient(desk, replace(OKAFOR, given_names="Chimaka", national_id=None))
    patients.register_patient(desk, NewPatient("Balogun", "Tunde", "male", date(1985, 7, 4), "day"))
    (pair,) = identity.duplicates(desk)
    assert {pair.a_id, pair.b_id} == {a.patient_id, b.patient_id}
    assert pair.score >= 0.9


def test_the_banner_tells_who_this_is(desk: Desk) -> None:
    done = patients.register_patient(desk, replace(OKAFOR, alert="Deaf\nFalls"))
    facts = patients.patient_banner(desk, done.patient_id)
    assert (facts.name, facts.age, facts.allergy_state, facts.alerts) == (
        "OKAFOR, Chiamaka Ngozi", "40 y", "not_asked", ("Deaf", "Falls"),
    )  # fmt: skip
    assert "Okafor" not in repr(facts)


def test_searching_leaves_two_rows_for_a_use_and_none_for_a_key(desk: Desk, store: Store) -> None:
    done = patients.register_patient(desk, OKAFOR)
    use = access.note_search_opened(desk)
    for text in ("ok", "oka", "okaf"):
        patients.find_patients(desk, text)
    access.note_search_closed(desk, use, done.patient_id)
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT kind, patient, subject FROM access ORDER BY seq").all()
    assert [tuple(row) for row in rows] == [("search.opened", None, use), ("search.closed", done.patient_id, use)]


def test_only_an_administrator_asks_who_saw_a_patient_and_is_told(
    desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    done = patients.register_patient(desk, OKAFOR)
    clock.advance(timedelta(minutes=1))
    patients.patient_details(desk, done.patient_id)
    with pytest.raises(Refusal):
        access.who_saw(desk, done.patient_id)
    seen = access.who_saw(desk_for("administrator"), done.patient_id)
    assert [(one.wrote, one.what.split()[0]) for one in seen] == [(False, "chart"), (True, "patient.registered")]
    assert seen[0].at == desk.now


def test_a_laboratory_role_may_find_and_not_register(desk_for: DeskFor) -> None:
    desk = desk_for("laboratory")
    assert patients.find_patients(desk, "okafor") == ()
    with pytest.raises(Refusal):
        patients.register_patient(desk, OKAFOR)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not at hand")
def test_names_of_every_script_are_stored_found_and_shown_exactly(desk: Desk) -> None:
    picked: dict[tuple[str, str], str] = {}
    with (CORPUS / "person_names_by_locale.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            picked.setdefault((row["locale"], row["part"]), row["name"])
    assert len({locale for locale, _ in picked}) > 60
    for (locale, part), name in picked.items():
        done = patients.register_patient(desk, NewPatient(name, f"{locale}{part}", "unknown"))
        kept = patients.patient_details(desk, done.patient_id).patient
        assert kept.family_name == name
        assert done.patient_id in {hit.patient_id for hit in patients.find_patients(desk, name)}, (locale, name)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not at hand")
def test_hostile_strings_are_stored_found_and_shown_exactly(desk: Desk, store: Store) -> None:
    strings = json.loads((CORPUS / "blns.json").read_text(encoding="utf-8"))
    tried = 0
    for text in strings:
        if any(map(rules.unseen, text)) or not rules.visible(text) or len(text) > rules.LONGEST:
            with pytest.raises(Refusal):
                patients.register_patient(desk, NewPatient(text, "", "unknown"))
            continue
        done = patients.register_patient(desk, NewPatient(text, "", "unknown"))
        assert patients.patient_details(desk, done.patient_id).patient.family_name == text.strip()
        assert text.strip() in {
            patients.patient_details(desk, hit.patient_id).patient.family_name
            for hit in patients.find_patients(desk, text)
        }, text
        tried += 1
    assert tried > 200
    with store.write(act="check", session=None) as unit:
        search.check(unit.conn)


@pytest.mark.skipif(not LINKAGE.exists(), reason="the corpus is not at hand")
def test_duplicates_of_a_real_file_are_found_through_the_store(desk: Desk) -> None:
    who: dict[str, str] = {}
    with (LINKAGE / "febrl_dataset1.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            born = row["date_of_birth"]
            try:
                born_on = date(int(born[:4]), int(born[4:6]), int(born[6:]))
            except ValueError:
                born_on = None
            new = NewPatient(
                row["surname"], row["given_name"] or "?", "unknown", born_on, "day" if born_on else "unknown",
                national_id=row["soc_sec_id"], address=f"{row['street_number']} {row['address_1']} {row['address_2']}",
                city=row["suburb"], postal_code=row["postcode"],
            )  # fmt: skip
            who[patients.register_patient(desk, new).patient_id] = row["rec_id"].split("-")[1]
    found = identity.duplicates(desk)
    right = sum(who[pair.a_id] == who[pair.b_id] for pair in found)
    assert right / len(found) >= 0.99
    assert right / 500 >= 0.97
