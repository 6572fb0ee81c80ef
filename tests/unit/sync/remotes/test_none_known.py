"""Words that say that no allergy is known are no allergy, from whatever system; what names one is always one."""

from typing import Any

import pytest

from sync.port import Kind, Seen, Story
from sync.records.allergy import AllergyIntolerance
from sync.records.elements import CodeableConcept, Resource
from sync.records.patient import Patient
from sync.remotes.arocord_hims.remote import ArocordRemote
from sync.remotes.healify.mapping.bodies import adopt as healify
from sync.remotes.healify.mapping.bodies import unread as healify_unread
from sync.remotes.hms_enterprise.mapping import telling as hms
from sync.remotes.practice_studio.mapping.bodies import adopt as studio
from sync.remotes.practice_studio.mapping.bodies import unread as studio_unread
from sync.telling.allergies import ANY, AROUND, DRUG, FOOD, names_one, none_known
from sync.telling.words import NOBODY
from tests.unit.sync.remote_laws import Recorder

SAID = {
    ANY: (
        "none", "None.", "NIL", "no", "NKA", "N.K.A.", "No known allergies", "no known allergy", "none known",
        "No Known Allergies (NKA)", "nil known", "Denies allergies", "Allergies: none", "No allergies known to date",
        "\u202enone\u202c", "Sin alergias conocidas", "ninguna", "Aucune allergie connue", "Pas d’allergie connue",
        "Néant", "keine", "Keine Allergien bekannt", "nenhuma", "Sem alergias", "nessuna", "Nessuna allergia nota",
    ),
    DRUG: (
        "NKDA", "nkda", "N.K.D.A.", "No known drug allergies", "NO KNOWN  DRUG ALLERGY",
        "NKDA (no known drug allergies)",
        "no known medication allergies", "no allergies to medications", "Drug allergies: none known", "NKDA/NKFA",
        "no known drug or food allergies", "sin alergias medicamentosas conocidas", "sin alergia a medicamentos",
        "aucune allergie médicamenteuse connue", "Keine Arzneimittelallergien bekannt",
    ),
    FOOD: ("no known food allergies", "NKFA"),
    AROUND: ("No known environmental allergies",),
}  # fmt: skip
NAMES = (
    "Penicillin", "no known allergies except latex", "none to eggs", "No penicillin", "No known drug allergies; latex",
    "NKDA - latex", "none (penicillin?)", "nickel", "Noni", "Nystatin", "unknown", "not asked", "drug allergy", "🥜",
    "花生", "मूंगफली", "without", "NKDA " * 100, "Na valproate", "keine Angaben", "peanut and none",
)  # fmt: skip
NOTHING = ("-", "--", "—", "n/a", "N/A", "", "  ", ".", "null", "Not applicable")


def test_what_says_that_none_is_known_is_read_as_that_and_of_what() -> None:
    for code, texts in SAID.items():
        for text in texts:
            found = none_known(text)
            assert found is not None, text
            assert (found.coding[0].code, found.text) == (code, text.strip())
            assert not names_one(text)


def test_what_names_something_is_an_allergy_and_an_empty_box_is_neither() -> None:
    for text in NAMES:
        assert (names_one(text), none_known(text)) == (True, None), text
    for text in NOTHING:
        assert (names_one(text), none_known(text)) == (False, None), text
    for odd in (None, 7, ["none"], {"name": "none"}):
        assert (names_one(odd), none_known(odd)) == (False, None)


def arocord(texts: list[str], story: Story | None) -> tuple[tuple[Resource, ...], frozenset[str]]:
    remote = ArocordRemote(Recorder({}), {})
    seen = Seen(Kind.PATIENT, "p", {"medical_history": [{"type": "allergy", "name": text} for text in texts]})
    return remote.adopt(seen, story, NOBODY), remote.unread(seen, NOBODY)


def healify_says(texts: list[str], story: Story | None) -> tuple[tuple[Resource, ...], frozenset[str]]:
    seen = Seen(Kind.PATIENT, "p", {"medical_history": {"allergies": texts, "conditions": [], "medications": []}})
    return healify(seen, story, NOBODY), healify_unread(seen, NOBODY)


def studio_says(texts: list[str], story: Story | None) -> tuple[tuple[Resource, ...], frozenset[str]]:
    seen = Seen(Kind.PATIENT, "p", {"allergies": [{"allergen": text} for text in texts]})
    return studio(seen, story, NOBODY, "USD"), studio_unread(seen, NOBODY)


def hms_says(texts: list[str], story: Story | None) -> tuple[tuple[Resource, ...], frozenset[str]]:
    seen = Seen(Kind.PATIENT, "p", {"allergies": texts})
    return hms.adopt(seen, story, NOBODY), hms.unread(seen, NOBODY)


SYSTEMS = [arocord, healify_says, studio_says, hms_says]


def said(records: tuple[Resource, ...]) -> list[tuple[str | None, str | None]]:
    """The words of each allergy, and the code where it has one."""
    found = [each.code for each in records if isinstance(each, AllergyIntolerance) and each.code]
    return [(each.text, each.coding[0].code if each.coding else None) for each in found]


def patient(*rest: Resource) -> Story:
    return Story(Kind.PATIENT, "p", 1, "p", Patient(resource_type="Patient", id="p"), rest)


def latex() -> AllergyIntolerance:
    return AllergyIntolerance.model_validate({
        "resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "Latex"},
        "patient": {"reference": "Patient/p"},
    })  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_system_has_none_known_taken_for_an_allergy(system: Any) -> None:
    records, odd = system(["NKDA", "No known allergies", "-", "N/A"], None)
    assert sorted(said(records), key=str) == [("NKDA", DRUG), ("No known allergies", ANY)]
    assert odd == frozenset()
    again, _odd = system(["NKDA", "No known allergies", "-"], patient(*records[1:]))
    assert said(again) == said(records), "it is said once"


@pytest.mark.parametrize("system", SYSTEMS)
def test_that_none_is_known_overrules_no_allergy_that_stands_here_or_beside_it(system: Any) -> None:
    records, _odd = system(["none", "NKDA"], patient(latex()))
    assert said(records) == [("Latex", None), ("NKDA", DRUG)], "of drugs alone it says nothing of latex"
    records, _odd = system(["Peanut", "none"], patient())
    assert said(records) == [("Peanut", None)]
    same = latex().model_copy(update={"code": CodeableConcept(text="NONE")})
    records, _odd = system(["NONE"], patient(same))
    assert said(records) == [("NONE", None)], "what stands here in the very words is not said once more"


def test_where_it_is_told_an_empty_list_and_none_known_are_agreed() -> None:
    same = [hms.compared(Kind.PATIENT, {"allergies": each}) for each in ([], None, ["NKDA"], ["none", "-"])]
    assert same == [{"allergies": None}] * 4
    assert hms.compared(Kind.PATIENT, {"allergies": ["Latex", "none"]}) == {"allergies": ["Latex"]}


def test_a_reaction_beside_such_words_is_an_allergy_all_the_same() -> None:
    told = {"allergies": [{"allergen": "none", "reaction": "Anaphylaxis", "severity": "severe"}]}
    (_patient, one) = studio(Seen(Kind.PATIENT, "p", told), None, NOBODY, "USD")
    assert isinstance(one, AllergyIntolerance)
    assert not one.code or not one.code.coding
