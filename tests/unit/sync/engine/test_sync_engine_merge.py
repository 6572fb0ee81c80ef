"""The merge over every case of a small domain, and over random bodies: nothing is lost or decided in silence."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.engine.merge import Decided, Meeting, Merged, meet, merge
from sync.port import Rule
from sync.telling.dress import normal_form, without_additions


def same(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def unordered(value: Any) -> str:
    return json.dumps(sorted(map(same, value)) if isinstance(value, list) else value, sort_keys=True)


SCALARS = (None, "a", "b", "c")
TEXTS = (None, "a", "a\nb", "a\nbc", "a\nc", "x")
STATES = ("booked", "arrived", "cancelled", "completed")
SETS: tuple[list[str], ...] = ([], ["a"], ["b"], ["a", "b"], ["c"], ["a", "c"])
BLOCKS = (None, {"x": 1}, {"x": 2}, {"y": 1}, {"x": 1, "y": 2}, {"x": 2, "y": 1})
LISTS: tuple[list[dict[str, int]], ...] = ([], [{"k": 1, "v": 1}], [{"k": 1, "v": 2}], [{"k": 2, "v": 1}],
                                           [{"k": 1, "v": 1}, {"k": 2, "v": 1}])  # fmt: skip
ENDED = Rule("status", final=frozenset({"cancelled", "completed"}))
ALLERGIES = Rule("set", removal=True)
DOMAINS: tuple[tuple[Rule, tuple[Any, ...]], ...] = (
    (Rule(), SCALARS),
    (Rule("text"), TEXTS),
    (ENDED, STATES),
    (Rule("set"), SETS),
    (ALLERGIES, SETS),
    (Rule("block"), BLOCKS),
    (Rule("keyed", key=("k",)), LISTS),
    (Rule("keyed", key=("k",), removal=True), LISTS),
    (Rule(theirs=True), SCALARS),
)


def cases() -> Iterator[tuple[Rule, Any, Any, Any, Any]]:
    """Every (base here, here, base there, there) of every domain."""
    for rule, values in DOMAINS:
        for four in product(values, repeat=4):
            yield rule, *four


def canon(rule: Rule) -> Any:
    return unordered if rule.way == "set" else same


def test_there_are_enough_cases() -> None:
    assert sum(1 for _ in cases()) >= 5_000


def test_without_a_conflict_both_sides_end_the_same_unless_neither_changed() -> None:
    for rule, base, mine, base_there, theirs in cases():
        key = canon(rule)
        met = meet(rule, base, mine, base_there, theirs, key)
        if rule.way in {"keyed", "block"} and key(base) != key(base_there):
            continue  # an item in which they agreed to differ stays as it is on each side
        if not rule.theirs and not met.conflict and (key(base) != key(mine) or key(base_there) != key(theirs)):
            assert key(met.here) == key(met.there), (rule, base, mine, base_there, theirs)


def test_what_one_side_alone_changed_goes_across_whole() -> None:
    for rule, base, mine, base_there, theirs in cases():
        key = canon(rule)
        by_us, by_them = key(base) != key(mine), key(base_there) != key(theirs)
        if by_us == by_them or rule.theirs or rule.removal or rule.way in {"status", "text"}:
            continue
        met = meet(rule, base, mine, base_there, theirs, key)
        value = mine if by_us else theirs
        assert (key(met.here), key(met.there), met.conflict) == (key(value), key(value), ""), (rule, base, mine, theirs)


WHO = Rule(identity=True)


def test_who_somebody_is_is_never_taken_in_because_a_system_alone_says_so() -> None:
    for rule, values in ((WHO, SCALARS), (Rule("keyed", key=("k",), identity=True), LISTS)):
        for base, mine, base_there, theirs in product(values, repeat=4):
            met = meet(rule, base, mine, base_there, theirs, same)
            if same(base_there) == same(theirs) or same(mine) == same(theirs):
                continue
            if rule.way == "keyed" and base is None and base_there is None:
                continue  # they have never met: what each has is put together
            assert met.conflict, (rule, base, mine, base_there, theirs)
            assert (met.here, met.there) == (mine, theirs)


def test_who_somebody_is_goes_out_when_we_alone_changed_it_and_comes_in_when_a_person_says_so() -> None:
    assert meet(WHO, "1985", "1986", "1985", "1985", same) == Meeting("1986", "1986")
    for keep, value in (("here", "1985"), ("there", "1990")):
        decided = Decided(keep, "1985", "1990")
        assert meet(WHO, "1985", "1985", "1985", "1990", same, decided=decided) == Meeting(value, value)
    # Decided about these two values and no others.
    assert meet(WHO, "1985", "1985", "1985", "1991", same, decided=Decided("there", "1985", "1990")).conflict


def test_a_number_of_theirs_that_becomes_another_one_is_asked_about_and_never_sent_back() -> None:
    number = Rule(theirs=True, identity=True)
    assert not meet(number, None, None, None, "MRN-1", same).conflict
    moved = meet(number, "MRN-1", "MRN-1", "MRN-1", "MRN-2", same)
    assert moved.conflict
    assert moved.there == "MRN-2"
    settled = meet(number, "MRN-1", "MRN-1", "MRN-1", "MRN-2", same, decided=Decided("here", "MRN-1", "MRN-2"))
    assert (settled.there, settled.conflict) == ("MRN-2", "")


def test_of_two_different_values_of_one_field_a_person_decides() -> None:
    for base, mine, theirs in product(SCALARS, repeat=3):
        if len({base, mine, theirs}) == 3:
            assert meet(Rule(), base, mine, base, theirs, same) == Meeting(mine, theirs, "both changed it")


def test_no_allergy_is_ever_taken_out_without_a_person() -> None:
    for base, mine, base_there, theirs in product(SETS, repeat=4):
        met = meet(ALLERGIES, base, mine, base_there, theirs, unordered)
        assert set(mine) <= set(met.here), (base, mine, base_there, theirs)
        assert set(theirs) <= set(met.there), (base, mine, base_there, theirs)
        if (set(base_there) - set(theirs)) & set(mine) or (set(base) - set(mine)) & set(theirs):
            assert met.conflict or unordered(mine) == unordered(theirs)


def test_every_allergy_that_is_new_arrives_on_the_other_side() -> None:
    for base, mine, base_there, theirs in product(SETS, repeat=4):
        met = meet(ALLERGIES, base, mine, base_there, theirs, unordered)
        if not (set(base) - set(mine)):
            assert set(theirs) - set(base_there) <= set(met.here) | set(base)
        if not (set(base_there) - set(theirs)):
            assert set(mine) - set(base) <= set(met.there) | set(base_there)


def test_what_has_ended_never_goes_on_by_itself() -> None:
    for base, mine, base_there, theirs in product(STATES, repeat=4):
        met = meet(ENDED, base, mine, base_there, theirs, same)
        if mine in ENDED.final and not met.conflict:
            assert met.here in ENDED.final or (base != mine and base_there == theirs)
        if {mine, theirs} == {"cancelled", "completed"} and (base != mine or base_there != theirs):
            assert met.conflict


def test_both_additions_to_a_note_are_kept() -> None:
    met = meet(Rule("text"), "first", "first\nours", "first", "first\ntheirs", same)
    assert met == Meeting("first\nours\ntheirs", "first\nours\ntheirs")
    again = meet(Rule("text"), "first", "first\nours\ntheirs", "first", "first\ntheirs", same)
    assert again.here == "first\nours\ntheirs"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "both"),
    [
        ("seen", "seen\nAspirin 25 mg", "seen\n5 mg", "seen\nAspirin 25 mg\n5 mg"),
        ("called\nagain", "called\nagain\nours", "called\nagain\ncalled", "called\nagain\nours\ncalled"),
        ("seen", "seen\none\ntwo\nthree", "seen\ntwo\nthree", "seen\none\ntwo\nthree"),
        ("seen", "seen\nours", "seen  ", "seen\nours"),
    ],
)
def test_what_they_add_to_a_text_is_there_in_whole_lines(base: str, ours: str, theirs: str, both: str) -> None:
    assert meet(Rule("text"), base, ours, base, theirs, same) == Meeting(both, both)


SAID = st.lists(st.sampled_from(["5 mg", "25 mg", "5", "mg", "called", ""]), max_size=4)


@given(SAID, SAID, SAID)
def test_no_line_that_either_side_has_added_to_a_text_is_lost(
    base: list[str], ours: list[str], theirs: list[str]
) -> None:
    before, here, there = ("\n".join(lines) for lines in (base, [*base, *ours], [*base, *theirs]))
    met = meet(Rule("text"), before, here, before, there, same)
    assert met == Meeting(met.here, met.here)
    said = met.here.splitlines()
    for added in (ours, theirs):
        for line in filter(None, added):
            assert said.count(line) >= [*base, *added].count(line), (line, said)


def test_a_word_that_goes_on_is_no_addition() -> None:
    met = meet(Rule("text"), "take 1", "take 1\nwith food", "take 1", "take 10 mg", same)
    assert met == Meeting("take 1\nwith food", "take 10 mg", "both changed it")


def test_text_that_was_taken_out_there_stays_here_until_a_person_says() -> None:
    met = meet(Rule("text"), "first\nmore", "first\nmore", "first\nmore", "first", same)
    assert met == Meeting("first\nmore", "first", "text was taken out there")
    both = meet(Rule("text"), "first", "ours", "first", "theirs", same)
    assert both.conflict


def test_an_item_in_which_they_differ_stays_on_each_side_as_it_is_while_another_comes() -> None:
    rule = Rule("keyed", key=("name",), removal=True)
    bare, full = [{"name": "Warfarin"}], [{"name": "Warfarin", "dosage": "3 mg"}]
    new = [{"name": "Amoxicillin", "dosage": "500 mg"}]
    assert meet(rule, bare, bare + new, full, full, same) == Meeting(bare + new, full + new)
    assert meet(rule, bare, bare, full, full + new, same) == Meeting(bare + new, full + new)
    folate = [{"name": "Folate", "dosage": "5 mg"}]
    both = meet(rule, bare, bare + new, full, full + folate, same)
    assert both == Meeting(bare + new + folate, full + new + folate)


def test_what_is_added_to_a_text_in_which_they_differ_is_for_a_person() -> None:
    met = meet(Rule("text"), "seen", "seen\nours", "seen\ntheirs", "seen\ntheirs", same)
    assert met == Meeting("seen\nours", "seen\ntheirs", "they say something else there")
    assert meet(Rule("text"), "seen", "seen\nours", "SEEN.", "SEEN.", same) == Meeting("seen\nours", "seen\nours")


def test_a_list_with_two_of_one_key_is_not_merged_by_guessing() -> None:
    twice = [{"k": 1, "v": 1}, {"k": 1, "v": 2}]
    assert meet(Rule("keyed", key=("k",)), [], twice, [], [{"k": 3}], same).conflict
    assert meet(Rule("keyed", key=("k",)), [], ["no object"], [], [{"k": 3}], same).conflict
    assert meet(Rule("keyed", key=("k",), removal=True), [], twice, [], [{"k": 3}], same).conflict
    assert meet(Rule("block"), {}, "no object", {}, {"x": 1}, same).conflict


def test_neither_side_changed_where_each_still_says_what_it_said() -> None:
    assert meet(Rule(), "+1-555", "+1-555", "1555", "1555", same) == Meeting("+1-555", "1555")


@pytest.mark.parametrize(("keep", "value"), [("here", "a"), ("there", "b")])
def test_a_decision_holds_for_the_two_values_it_was_about_and_no_others(keep: str, value: str) -> None:
    decided = Decided(keep, "a", "b")
    assert meet(Rule(), None, "a", None, "b", same, decided=decided) == Meeting(value, value)
    assert meet(Rule(), None, "a", None, "c", same, decided=decided).conflict


@pytest.mark.parametrize(
    ("sent", "got", "form"),
    [
        ("Main St.", "MAIN ST", True), ("a", "b", False), ("...", "", False), (1, "1.0", True), (1, 2, False),
        (1, "one", False), ([1, "a"], [1, "A"], True), ([1], [1, 2], False), ({"a": "x", "b": None}, {"a": "X"}, True),
        ({"a": "x"}, {"b": "x"}, False), ("a", ["a"], False), (None, "a", False), ("7", 7, True), (None, 7, False),
        ("1.5 mg", "15 mg", False), ("1.5 mg", "1.5  MG.", True), ("1/2 tablet", "12 tablet", False),
        ("5-10 mg", "510 mg", False), (".5 mg", "5 mg", False), ("-2", "2", False), ("<5", "5", False),
        ("take 5, twice", "Take 5 twice", True), ("5 mg (daily)", "5MG DAILY", True), ("5 10", "510", False),
        ("कि", "का", False), ("กี", "กา", False), ("Jose\u0301", "JOSÉ", True), ("O'Brien", "OBRIEN", True),
        ("Smith-Jones", "SMITH JONES", True), ("A-", "A", False), ("Rh -", "Rh", False), ("2-½", "2½", False),
        ("1-2 mg", "1 - 2 mg", True), ("Take 1, 5 mg", "Take 1,5 mg", False), ("A\u2013", "A", False),
        ("A\u2013", "A-", True), ("Ana\u2010Maria", "ANA MARIA", True), ("אָב", "אב", False),
    ],
)  # fmt: skip
def test_the_same_in_another_dress(sent: Any, got: Any, *, form: bool) -> None:
    assert normal_form(sent, got) is form


def whole(mine: Any, theirs: Any, **how: Any) -> Merged:
    rules = {"name": Rule(), "phone": Rule(), "id": Rule(theirs=True)}
    given_: dict[str, Any] = {"base_mine": {}, "base_theirs": {}, "hidden": frozenset(), "decided": {}} | how
    return merge(rules, mine, theirs, canon=lambda _name: same, **given_)


def test_what_a_list_does_not_show_was_not_removed() -> None:
    met = whole({"name": "a", "phone": "1"}, {"name": "a"}, base_mine={"name": "a", "phone": "1"})
    assert (met.adopt, met.tell, met.here["phone"]) == (frozenset(), frozenset(), "1")


def test_what_is_hidden_is_never_adopted_and_is_told_where_it_changed_here() -> None:
    mask = {"name": "a", "phone": "[ENCRYPTED]"}
    same_here = whole({"name": "a", "phone": "1"}, mask, base_mine={"phone": "1"}, hidden=frozenset({"phone"}))
    assert same_here.here["phone"] == "1"
    assert not same_here.tell
    changed = whole({"name": "a", "phone": "2"}, mask, base_mine={"phone": "1"}, hidden=frozenset({"phone"}))
    assert (changed.tell, changed.there["phone"]) == (frozenset({"phone"}), "2")


def test_a_conflict_of_one_field_does_not_hold_up_the_others() -> None:
    base = {"name": "a", "phone": "1"}
    met = whole({"name": "b", "phone": "2"}, {"name": "c", "phone": "1"}, base_mine=base, base_theirs=base)
    assert set(met.conflicts) == {"name"}
    assert (met.tell, met.adopt) == (frozenset({"phone"}), frozenset())
    assert (met.there["name"], met.here["name"]) == ("c", "b")


def test_what_was_not_sent_is_no_other_dress_of_what_was() -> None:
    sent = {"line": "1 main st", "city": None, "many": [{"a": "x"}]}
    got = {"line": "1 Main St.", "city": "Far", "zip": None, "many": [{"a": "X", "b": 1}]}
    assert normal_form(sent, got)
    assert without_additions(sent, got) == {"line": "1 Main St.", "zip": None, "many": [{"a": "X"}]}
    assert without_additions("a", "A") == "A"


WORDS = st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)


@given(base=WORDS, mine=WORDS, theirs=WORDS)
def test_a_set_takes_both_sides_changes_and_nothing_else(base: list[str], mine: list[str], theirs: list[str]) -> None:
    met = meet(Rule("set"), base, mine, base, theirs, unordered)
    expected = (set(mine) | set(theirs)) - (set(base) - set(mine)) - (set(base) - set(theirs))
    assert set(met.here) == set(met.there) == expected


@given(base=WORDS, mine=WORDS, theirs=WORDS)
def test_meeting_again_after_both_took_it_over_changes_nothing(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    first = meet(Rule("set"), base, mine, base, theirs, unordered)
    again = meet(Rule("set"), base, first.here, theirs, first.there, unordered)
    assert unordered(again.here) == unordered(first.here)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abk"), inner, max_size=3),
    max_leaves=6,
)


@given(rule=st.sampled_from([rule for rule, _ in DOMAINS]), base=TREES, mine=TREES, base_there=TREES, theirs=TREES)
def test_a_shape_that_nobody_documented_is_never_a_crash(
    rule: Rule, base: Any, mine: Any, base_there: Any, theirs: Any
) -> None:
    met = meet(rule, base, mine, base_there, theirs, same)
    if met.conflict and not rule.removal:
        assert (same(met.here), same(met.there)) == (same(mine), same(theirs))


@pytest.mark.parametrize(
    ("rule", "ours", "theirs", "added"),
    [
        (Rule("set", removal=True), "latex", "dust", "kiwi"),
        (Rule("keyed", key=("name",), removal=True), {"name": "a"}, {"name": "b"}, {"name": "c"}),
    ],
)  # fmt: skip
def test_what_they_have_added_is_not_wiped_by_a_decision_for_what_is_said_here(
    rule: Rule, ours: object, theirs: object, added: object
) -> None:
    asked = Decided("here", [ours], [theirs, added])
    found = meet(rule, [ours, theirs], [ours], [ours, theirs], [theirs, added], same, decided=asked, beside=True)
    assert found.there == [ours, added], "what was said on both sides and is said here no more is taken out there"
    alone = meet(rule, [ours, theirs], [ours], [ours, theirs], [theirs, added], same, decided=asked)
    assert alone.there == [ours], "where nothing of theirs has a place beside ours, here is what is said here"
