"""A medical history there that is not shown, not understood, or not all of it never reads as "no allergies"."""

from collections.abc import Mapping
from typing import Any

import pytest

from sync.port import Kind, Seen, Story
from sync.records.allergy import AllergyIntolerance
from sync.records.elements import Resource
from sync.remotes.arocord_hims import history
from sync.remotes.arocord_hims.remote import ArocordRemote
from sync.telling.words import words
from sync.transport.outcomes import Call, Forbidden, Garbled, Misshapen, NotThere, Outcome, Unanswered
from tests.unit.sync.remote_laws import Recorder
from tests.unit.sync.stories import Linked

HISTORY = "GET /patients/{id}/medical-history"
PATIENT = {"success": True, "data": {"patient": {"id": "p1", "demographics": {"first_name": "Ada"}}}}


def raising(outcome: type[Outcome], status: int) -> Any:
    """An answer that is an outcome."""

    def answer(call: Call) -> Any:
        raise outcome(call, status)

    return answer


def paged(rows: list[Any], size: int, *, total: int | None = None, most: int = 10_000) -> Any:
    """A list in pages of `size`; behind `most` rows it gives nothing more."""

    def answer(call: Call) -> Any:
        start = int(call.query.get("offset") or 0)
        said = {} if total is None else {"pagination": {"total": total, "limit": size, "offset": start}}
        return {"success": True, "data": {"medical_history": rows[:most][start : start + size]} | said}

    return answer


def read(answer: Any) -> tuple[Seen, int]:
    """A patient as read with such a history, and how often the history was asked for."""
    recorder = Recorder({"GET /patients/{id}": PATIENT, HISTORY: answer})
    seen = ArocordRemote(recorder, {}).read(Kind.PATIENT, "p1")
    return seen, sum(call.endpoint == HISTORY for call in recorder.calls)


def is_asked_about(seen: Seen) -> bool:
    return "medical_history" in ArocordRemote(Recorder({}), {}).unread(seen, Linked())


def allergies(seen: Seen) -> list[str | None]:
    laid = ArocordRemote(Recorder({}), {}).adopt(seen, None, Linked())
    return [words(each.code) for each in laid if isinstance(each, AllergyIntolerance)]


PENICILLIN = {"id": "h0", "type": "allergy", "description": "Penicillin - anaphylaxis"}
FINDINGS = [{"id": f"h{n}", "type": "diagnosis", "description": f"Finding {n}"} for n in range(1, 41)]


@pytest.mark.parametrize(
    "answer",
    [
        raising(Forbidden, 403),
        raising(NotThere, 404),
        raising(Garbled, 200),
        {"success": True, "data": None},
        {"success": False, "error": {"code": "FORBIDDEN", "message": "no"}},
        {"success": True, "data": {"history": {"allergy": [PENICILLIN]}}},
        {"success": True, "data": {"medical_history": {"allergy": [PENICILLIN]}, "items": []}},
        {"success": True, "data": {"medical_history": [], "allergies": [PENICILLIN]}},
        {"success": True, "data": {"medical_history": [], "allergies": {"active": [PENICILLIN]}}},
        {"success": True, "data": {"medical_history": ["Penicillin"]}},
        {"success": True, "data": {"medical_history": [None]}},
        {"success": True, "data": {"medical_history": [{"description": "allergic to penicillin"}]}},
        {"success": True, "data": {"medical_history": [{"type": "allergy_alert", "description": "Penicillin"}]}},
        {"success": True, "data": {"medical_history": [{"type": ["allergy"], "description": "Penicillin"}]}},
        {"success": True, "data": {"medical_history": [{"type": "allergy", "description": "Penicillin\ud800"}]}},
        {"success": True, "data": {"medical_history": [{"type": "visit", "allergies": ["Penicillin"]}]}},
    ],
)  # fmt: skip
def test_a_history_that_is_not_read_leaves_the_patient_readable_and_is_before_a_person(answer: Any) -> None:
    seen, _asked = read(answer)
    assert seen.body["first_name"] == "Ada"
    assert is_asked_about(seen)
    assert allergies(seen) == []


def test_what_was_never_answered_is_asked_again_and_reads_as_nothing() -> None:
    with pytest.raises(Unanswered):
        read(raising(Unanswered, 0))


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"type": "Drug_Allergy", "allergen": "Penicillin"}, "Penicillin"),
        ({"allergen": "Penicillin"}, "Penicillin"),
        ({"type": "allergy", "name": "Allergy", "allergen": "Latex"}, "Latex"),
        ({"type": "adverse reaction", "substance": "Latex"}, "Latex"),
        ({"type": "allergy", "name": "Egg", "adverse_reactions": None}, "Egg"),
    ],
)
def test_an_allergy_by_another_word_is_one(item: Mapping[str, Any], name: str) -> None:
    seen, _asked = read({"success": True, "data": {"medical_history": [item]}})
    assert allergies(seen) == [name]
    assert not is_asked_about(seen)


def test_what_has_no_place_here_asks_nobody() -> None:
    items = [{"type": "immunization", "name": "MMR", "allergies": []}, FINDINGS[0]]
    seen, asked = read({"success": True, "data": {"medical_history": items}})
    assert not is_asked_about(seen)
    assert asked == 1


@pytest.mark.parametrize(
    ("answer", "most"),
    [
        (paged([*FINDINGS, PENICILLIN], 30, total=41), 2),
        (paged([*FINDINGS, PENICILLIN], 30), 3),
        (paged([*FINDINGS, PENICILLIN], 7, total=41), 8),
        (paged([*FINDINGS[:3], PENICILLIN], 100), 1),
        (paged([*FINDINGS[:3], PENICILLIN], 100, total=4), 1),
        (paged([*FINDINGS[:11], PENICILLIN], 100, total=12), 1),
    ],
)
def test_the_allergy_at_the_end_of_a_history_is_read_with_no_more_requests_than_that_needs(
    answer: Any, most: int
) -> None:
    seen, asked = read(answer)
    assert allergies(seen) == ["Penicillin - anaphylaxis"]
    assert not is_asked_about(seen)
    assert asked <= most


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (paged([PENICILLIN, *FINDINGS], 30, total=41, most=30), history.NOT_ALL),
        (lambda _call: paged([PENICILLIN, *FINDINGS], 30, total=41)(Call(HISTORY, "GET", "/")), history.NOT_ALL),
        ({"success": True, "data": {"medical_history": [], "total": 3}}, history.NOT_ALL),
        (paged([PENICILLIN, *({"type": "diagnosis", "name": f"F {n}"} for n in range(400))], 20), history.TOO_MUCH),
    ],
)
def test_where_not_all_of_it_is_shown_what_is_shown_is_taken_in_and_a_person_is_asked(answer: Any, why: str) -> None:
    seen, asked = read(answer)
    assert seen.body["medical_history"][-1] == {"type": "", "said": why}
    assert is_asked_about(seen)
    assert asked <= 20
    assert allergies(seen) == (["Penicillin - anaphylaxis"] if len(seen.body["medical_history"]) > 1 else [])


def test_a_page_that_is_refused_takes_nothing_from_those_before_it() -> None:
    first = paged([PENICILLIN, *FINDINGS], 30, total=41)
    refused = raising(Forbidden, 403)
    seen, asked = read(lambda call: (refused if call.query.get("offset") else first)(call))
    assert allergies(seen) == ["Penicillin - anaphylaxis"]
    assert is_asked_about(seen)
    assert asked == 2


def test_a_patient_whose_words_no_text_holds_is_of_another_shape_and_says_nothing_else() -> None:
    way = Recorder({"GET /patients/{id}": {"data": {"patient": {"id": "p1", "mrn": "\ud800"}}}})
    with pytest.raises(Misshapen):
        ArocordRemote(way, {}).read(Kind.PATIENT, "p1")


# What is said beside a name


def said_of(item: Mapping[str, Any]) -> Seen:
    """A patient of whose past one thing is said."""
    stamps = {"id": "h1", "patient_id": "p1", "recorded_on": "2019-04-02", "created_at": None}
    return read({"success": True, "data": {"medical_history": [{**stamps, "type": "allergy", **item}]}})[0]


def laid_over(seen: Seen, *here: Resource) -> list[AllergyIntolerance]:
    remote = ArocordRemote(Recorder({}), {})
    first = remote.adopt(Seen(Kind.PATIENT, "p1", {"first_name": "Ada"}), None, Linked())[0]
    laid = remote.adopt(seen, Story(Kind.PATIENT, "p", 1, "p", first, here), Linked())
    return [each for each in laid if isinstance(each, AllergyIntolerance)]


def how(one: AllergyIntolerance) -> tuple[Any, ...]:
    reactions = [(each.manifestation[0].text, each.severity) for each in one.reaction]
    return words(one.code), reactions, one.criticality


@pytest.mark.parametrize(
    ("item", "stands"),
    [
        (
            {"description": "Codeine", "reaction": "anaphylaxis", "severity": "Severe", "criticality": "HIGH"},
            ("Codeine", [("anaphylaxis", "severe")], "high"),
        ),
        ({"name": "Egg", "reactions": ["hives", "wheeze"]}, ("Egg", [("hives; wheeze", None)], None)),
        ({"name": "Egg", "severity": "moderate"}, ("Egg", [("reaction not stated", "moderate")], None)),
        ({"name": "Egg", "reaction": "x", "severity": "Life-threatening"}, ("Egg", [("x", "severe")], None)),
        ({"name": "Egg", "active": True, "deleted": False, "since": "2019"}, ("Egg", [], None)),
    ],
)
def test_how_somebody_reacted_and_how_gravely_is_taken_in_with_the_name(
    item: Mapping[str, Any], stands: tuple[Any, ...]
) -> None:
    seen = said_of(item)
    found = laid_over(seen)
    assert [how(each) for each in found] == [stands]
    assert not is_asked_about(seen)
    assert laid_over(seen, *found) == found, "it is added once"


@pytest.mark.parametrize(
    ("item", "stands"),
    [
        ({"name": "Bee venom", "description": "Anaphylaxis 2019, adrenaline given"}, ["Bee venom"]),
        ({"name": "Egg", "notes": "only raw"}, ["Egg"]),
        ({"name": "Egg", "severity": "++"}, ["Egg"]),
        ({"name": "Egg", "reaction": {"text": "hives"}}, ["Egg"]),
        ({"name": "Egg", "active": False}, []),
        ({"name": "Egg", "entered_in_error": True}, []),
        ({"description": "NKDA", "notes": "except peanuts: anaphylaxis"}, []),
        ({"description": "NKDA", "name": "NKDA (peanuts?)"}, ["NKDA (peanuts?)"]),
        ({"description": "None", "reaction": "anaphylaxis to latex"}, ["None"]),
        ({"description": None, "reaction": "anaphylaxis to latex"}, []),
    ],
)
def test_what_has_no_place_beside_an_allergy_is_before_a_person_and_never_reads_as_none_known(
    item: Mapping[str, Any], stands: list[str]
) -> None:
    seen = said_of(item)
    assert is_asked_about(seen)
    found = laid_over(seen)
    assert [words(each.code) for each in found] == stands
    assert not [each for each in found if each.code and each.code.coding], "no statement that none is known"
    texts = [str(value) for name, value in item.items() if name in ("notes", "severity") and stands]
    notes = " ".join(note.text for each in found for note in each.note)
    assert all(text in notes for text in texts), "in the chart it stands in their words"


def test_words_that_none_is_known_say_so_where_nothing_else_is_said_and_not_beside_what_cannot_be_read() -> None:
    plain = said_of({"description": "NKDA"})
    assert [each.code.coding[0].code for each in laid_over(plain) if each.code] == ["409137002"]
    assert not is_asked_about(plain)
    rows = [{"type": "allergy", "name": "NKDA"}, {"type": "allergy", "allergen": ["Penicillin"]}]
    seen, _asked = read({"success": True, "data": {"medical_history": rows}})
    assert (laid_over(seen), is_asked_about(seen)) == ([], True)


def test_that_it_was_graver_there_stands_beside_what_was_written_here() -> None:
    mild = said_of({"name": "Codeine", "reaction": "rash", "severity": "mild"})
    ours = laid_over(mild)
    for graver in ({"reaction": "rash", "severity": "severe"}, {"reaction": "collapse"}, {"criticality": "high"}):
        found = laid_over(said_of({"name": "codeine", **graver}), *ours)
        assert found[: len(ours)] == ours
        assert len(found) == 2, graver
    assert laid_over(mild, *ours) == ours


@pytest.mark.parametrize(
    ("item", "asked"),
    [
        ({"type": "diagnosis", "name": "Asthma", "icd10": "J45", "diagnosed_on": "2019-01-01"}, False),
        ({"type": "diagnosis", "name": "Asthma", "severity": "moderate"}, True),
        ({"type": "diagnosis", "name": "Asthma", "notes": "never give beta blockers"}, True),
        ({"type": "medication", "name": "Warfarin", "dose": "5 mg", "route": "oral"}, False),
        ({"type": "medication", "name": "Warfarin", "end_date": "2020-01-01"}, True),
        ({"type": "medication", "name": "Warfarin", "is_active": False}, True),
    ],
)
def test_what_has_no_place_beside_a_diagnosis_or_a_medicine_is_before_a_person(
    item: Mapping[str, Any], asked: bool
) -> None:
    seen = said_of(item)
    assert is_asked_about(seen) is asked
    laid = ArocordRemote(Recorder({}), {}).adopt(seen, None, Linked())[1:]
    told = " ".join(note.text for each in laid for note in getattr(each, "note", ()))
    assert all(each in told for name, each in item.items() if name in ("icd10", "severity", "notes"))


def test_what_the_chart_is_given_is_the_same_before_there_is_a_patient_and_after() -> None:
    seen = said_of({"name": "Codeine", "reaction": "rash", "notes": "x"})
    before = list(ArocordRemote(Recorder({}), {}).adopt(seen, None, Linked())[1:])
    assert before == laid_over(seen), "or it would come twice"
