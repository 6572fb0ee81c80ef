"""What is said of an allergy beside its name is in the chart or before a person; none known is never guessed."""

from typing import Any

import pytest

from sync.port import Kind
from sync.records.allergy import AllergyIntolerance
from tests.unit.sync.remotes.test_heard_in_full import HEALIFY, STUDIO, heard, reactions, unread


@pytest.mark.parametrize(
    ("item", "stands", "asked"),
    [
        ({"allergen": "Codeine", "severity": "severe"}, [("reaction not stated", "severe")], True),
        ({"allergen": "none", "severity": "severe"}, [("reaction not stated", "severe")], True),
        ({"allergen": "Codeine", "noted": "anaphylaxis, 2021"}, [], True),
        ({"allergen": "Codeine", "noted": "2021-06-12T08:00:00Z"}, [], False),
    ],
)
def test_how_grave_it_was_is_in_the_chart_with_no_reaction_said_and_words_are_no_day(
    item: dict[str, Any], stands: list[tuple[str, str]], asked: bool
) -> None:
    found = heard(STUDIO, Kind.PATIENT, {"allergies": [item]})
    assert reactions(found) == [stands]
    assert unread(STUDIO, Kind.PATIENT, {"allergies": [item]}) == ({"allergies"} if asked else set())
    assert heard(STUDIO, Kind.PATIENT, {"allergies": [item]}, *found) == found


@pytest.mark.parametrize(
    ("remote", "body"),
    [
        (STUDIO, {"allergies": [{"allergen": "NKDA", "noted": "except peanuts: anaphylaxis"}]}),
        (STUDIO, {"allergies": [{"allergen": "NKDA", "comment": "except peanuts"}]}),
        (STUDIO, {"allergies": [{"allergen": "none", "reaction": {"text": "anaphylaxis"}}]}),
        (STUDIO, {"allergies": [{"allergen": "none"}, "Penicillin"]}),
        (STUDIO, {"allergies": [{"allergen": "none"}, {"reaction": "anaphylaxis"}]}),
        (HEALIFY, {"medical_history": {"allergies": ["No known allergies", {"name": "Penicillin"}]}}),
    ],
)
def test_that_none_is_known_is_read_only_where_nothing_else_is_said(remote: Any, body: dict[str, Any]) -> None:
    assert [one for one in heard(remote, Kind.PATIENT, body) if isinstance(one, AllergyIntolerance)] == []
    assert unread(remote, Kind.PATIENT, body) == set(body)
