"""The eleven steps: states, minimums, merging, what signing needs; and every rule of the rules file."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import consultation as path
from clinic_desktop.domain.consultation import Diagnosis, Facts, State
from clinic_desktop.domain.consultation_rules import RuleBook, RulesError, evaluate, read_rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.paths import resources

TEXT = (resources() / "consultation" / "rules.json").read_text(encoding="utf-8")
BOOK = read_rules(TEXT)

# A grown patient whose rules all keep quiet in a new visit.
PLAIN = Facts(preset="new", age_months=480, allergy_state="none_known")

# Each rule: facts under which it must decide its step, and what of them to change so that it must not.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "vitals.fresh": ({"vitals_age_hours": 23}, {"complaint": "chest pain since noon"}),
    "vitals.child": ({"age_months": 59}, {"weight_fresh": True}),
    "vitals.pregnant": ({"pregnant": True, "vitals_age_hours": 5}, {"vitals_age_hours": 3}),
    "vitals.emergency": ({"preset": "emergency", "vitals_age_hours": 2}, {"preset": "new"}),
    "vitals.refill": ({"preset": "refill"}, {"preset": "new"}),
    "vitals.severe": ({"severity": "severe"}, {"vitals_age_hours": 0}),
    "symptoms.preset": ({"preset": "results_review"}, {"preset": "emergency"}),
    "history.recent": ({"history_age_days": 29}, {"news_since_history": True}),
    "history.carried": ({"preset": "follow_up", "history_age_days": 90}, {"allergy_state": "not_asked"}),
    "history.allergies": ({"allergy_state": "not_asked", "history_age_days": 1}, {"allergy_state": "listed"}),
    "history.results": ({"preset": "results_review"}, {"preset": "new"}),
    "examination.severe": ({"red_flag": True}, {"red_flag": False}),
    "examination.vitals": ({"vitals_abnormal": True}, {"vitals_abnormal": False}),
    "examination.carried": ({"preset": "follow_up"}, {"preset": "antenatal"}),
    "examination.preset": ({"preset": "refill"}, {"preset": "child"}),
    "investigations.carried": ({"preset": "follow_up"}, {"results_pending": 1}),
    "investigations.preset": ({"preset": "procedure"}, {"preset": "new"}),
    "diagnosis.carried": ({"preset": "follow_up", "active_problems": 1}, {"active_problems": 0}),
    "diagnosis.preset": ({"preset": "child"}, {"preset": "new"}),
    "diagnosis.waiting": ({"preset": "results_review", "results_pending": 1}, {"results_pending": 0}),
    "diagnosis.critical": (
        {"preset": "follow_up", "active_problems": 1, "results_critical": 1},
        {"results_critical": 0},
    ),
    "plan.carried": ({"preset": "follow_up", "active_problems": 2}, {"active_problems": 0}),
    "plan.refill": ({"preset": "refill"}, {"preset": "new"}),
    "prescription.preset": ({"preset": "procedure"}, {"preset": "refill"}),
    "follow_up.preset": ({"preset": "refill"}, {"preset": "follow_up"}),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_decides_its_step_and_only_where_it_should(rule: str) -> None:
    facts, other = CASES[rule]
    step = rule.partition(".")[0]
    verdict = evaluate(BOOK, replace(PLAIN, **facts))[step]
    assert (verdict.rule, verdict.version) == (rule, BOOK.version)
    assert verdict.text
    assert "{" not in verdict.text
    changed = evaluate(BOOK, replace(PLAIN, **{**facts, **other})).get(step)
    assert changed is None or changed.rule != rule


def test_every_rule_has_a_case_and_a_source() -> None:
    assert {rule.id for rule in BOOK.rules} == set(CASES)
    assert all(rule.source and rule.reason for rule in BOOK.rules)


def test_a_new_visit_of_a_patient_nothing_is_known_of_leaves_nothing_out() -> None:
    verdicts = evaluate(BOOK, Facts(preset="new"))
    assert {verdict.state for verdict in verdicts.values()} <= {State.NOT_STARTED}


def test_a_severe_complaint_asks_for_what_a_follow_up_would_leave_out() -> None:
    facts = replace(PLAIN, preset="follow_up")
    assert evaluate(BOOK, facts)["examination"].state == State.SKIPPED_BY_RULE
    assert evaluate(BOOK, replace(facts, severity="severe"))["examination"].state == State.NOT_STARTED


@pytest.mark.parametrize("preset", path.PRESETS)
def test_identity_and_signature_are_never_left_out(preset: str) -> None:
    verdicts = evaluate(BOOK, replace(PLAIN, preset=preset, history_age_days=1, vitals_age_hours=1, active_problems=3))
    assert not path.NEVER_SKIPPED & verdicts.keys()


@pytest.mark.parametrize(
    "change",
    [
        {"step": "lunch"},
        {"effect": "hide"},
        {"when": {"fact": "mood", "is": "good"}},
        {"when": {"fact": "preset"}},
        {"reason": "Because of {weather}."},
        {"step": "final_review"},
    ],
)
def test_a_rule_with_a_word_nobody_knows_is_refused(change: dict[str, Any]) -> None:
    raw = json.loads(TEXT)
    raw["rules"][0] |= change
    with pytest.raises(RulesError):
        read_rules(json.dumps(raw))


def test_two_rules_of_one_id_are_refused() -> None:
    raw = json.loads(TEXT)
    raw["rules"].append(raw["rules"][0])
    with pytest.raises(RulesError):
        read_rules(json.dumps(raw))


def test_without_rules_every_step_is_asked_for() -> None:
    assert evaluate(RuleBook("0", ()), PLAIN) == {}


# States -----------------------------------------------------------------------------------------------------------


@given(st.sampled_from(path.STEPS), st.lists(st.sampled_from(list(State)), max_size=30))
def test_however_a_step_is_moved_it_can_always_still_be_completed(step: str, wishes: list[State]) -> None:
    state = State.NOT_STARTED
    for wish in wishes:
        try:
            after = path.move(state, wish, step)
        except Refusal:
            continue
        assert after == wish
        assert after not in {State.SKIPPED_BY_RULE, State.BLOCKED, State.NOT_APPLICABLE} or after == state
        assert not (after == State.SKIPPED_BY_PERSON and step in path.NEVER_SKIPPED)
        state = after
    reachable, seen = {state}, {state}
    while reachable:
        reachable = {to for each in reachable for to in path.MOVES[each]} - seen
        seen |= reachable
    assert State.COMPLETED in seen


@given(st.sampled_from(list(State)))
def test_writing_in_a_step_never_leaves_it_looking_untouched(state: State) -> None:
    after = path.touched(state)
    assert after in {State.IN_PROGRESS, State.REOPENED, State.COMPLETED}


def test_a_completed_step_is_reopened_before_it_is_skipped() -> None:
    with pytest.raises(Refusal):
        path.move(State.COMPLETED, State.SKIPPED_BY_PERSON, "plan")
    assert path.move(path.move(State.COMPLETED, State.REOPENED, "plan"), State.SKIPPED_BY_PERSON, "plan")


# Merging ----------------------------------------------------------------------------------------------------------

FIELDS = st.dictionaries(st.sampled_from("abcd"), st.text(max_size=3), max_size=4)


@given(FIELDS, FIELDS, FIELDS)
def test_two_people_writing_at_once_lose_nothing_in_silence(
    start: dict[str, str], first: dict[str, str], second: dict[str, str]
) -> None:
    start = {name: value for name, value in start.items() if value}
    seen = dict(start)  # both opened the step when it stood so
    after_first = path.merge(start, seen, first)
    conflict, after_both = None, after_first
    try:
        after_both = path.merge(after_first, seen, second)
    except Refusal as refused:
        conflict = refused.field
    if conflict is not None:
        assert conflict in first.keys() & second.keys()
        return
    for name, value in first.items():
        if name not in second:
            assert after_both.get(name, "") == value
    for name, value in second.items():
        assert after_both.get(name, "") == value
        theirs = first.get(name, seen.get(name, ""))
        assert theirs in {seen.get(name, ""), value}


# Minimums and signing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "facts", "lacking", "enough"),
    [
        ("patient_overview", {}, {"identity.name": "1"}, {"identity.name": "1", "identity.born_on": "1"}),
        ("patient_overview", {}, {}, {"identity.card": "1"}),
        (
            "patient_overview",
            {"alerts": 1},
            {"identity.card": "1"},
            {"identity.card": "1", "alerts_read": "1"},
        ),
        ("symptoms", {}, {"complaint": "cough"}, {"complaint": "cough", "onset": "3 days"}),
        ("history", {}, {}, {"medicines_reconciled": "1"}),
        ("examination", {}, {}, {"system.respiratory": "normal"}),
        ("examination", {}, {"system.respiratory": ""}, {"not_indicated": "telephone review"}),
        ("diagnosis", {}, {}, {Diagnosis("J20.9", "Acute bronchitis", "confirmed").key: "confirmed Acute bronchitis"}),
        ("plan", {}, {"note": "x"}, {"advice": "rest"}),
        ("prescription", {}, {}, {"no_medicine": "1"}),
        ("follow_up", {}, {}, {"none": "1"}),
        ("follow_up", {}, {}, {"date": "2026-04-01"}),
    ],
)
def test_a_step_is_complete_with_its_minimum_and_not_before(
    step: str, facts: dict[str, Any], lacking: dict[str, str], enough: dict[str, str]
) -> None:
    known = replace(PLAIN, **facts)
    assert path.missing(step, lacking, known)
    assert path.missing(step, enough, known) == ()


def test_investigations_need_nothing() -> None:
    assert path.missing("investigations", {}, PLAIN) == ()


def test_history_needs_an_allergy_state() -> None:
    unasked = replace(PLAIN, allergy_state="not_asked")
    assert [each.field for each in path.missing("history", {"medicines_reconciled": "1"}, unasked)] == ["allergies"]


def test_vitals_need_each_sign_that_is_wanted() -> None:
    lacks = path.missing("vitals", {}, replace(PLAIN, vitals_missing=("Weight", "Temperature")))
    assert [each.message.format(**each.facts) for each in lacks] == [
        "Not measured yet: Weight.",
        "Not measured yet: Temperature.",
    ]


def test_signing_needs_identity_allergies_and_no_hard_stop() -> None:
    known = {"identity.name": "1", "identity.mrn": "1"}
    assert path.signing_needs(known, PLAIN, 0) == ()
    assert [each.step for each in path.signing_needs({}, PLAIN, 0)] == ["patient_overview"]
    unasked = replace(PLAIN, allergy_state="not_asked")
    assert [each.step for each in path.signing_needs(known, unasked, 0)] == ["history"]
    assert [each.step for each in path.signing_needs(known, PLAIN, 1)] == ["prescription"]


def test_what_is_open_is_listed_and_stops_nothing() -> None:
    states = dict.fromkeys(path.STEPS, State.COMPLETED) | {"plan": State.IN_PROGRESS, "follow_up": State.NOT_STARTED}
    found = path.unresolved(states, {}, replace(PLAIN, results_critical=2))
    assert [each.step for each in found] == ["plan", "follow_up", "investigations"]


def test_diagnoses_come_back_as_they_were_put_in() -> None:
    coded = Diagnosis("E11.9", "Type 2 diabetes mellitus without complications", "confirmed")
    words = Diagnosis(None, "Tiredness, cause unclear", "provisional")
    content = {each.key: each.value for each in (coded, words)}
    assert path.diagnoses(content) == (coded, words)


def test_a_step_says_what_it_leans_on() -> None:
    states = dict.fromkeys(path.STEPS, State.NOT_STARTED) | {"history": State.SKIPPED_BY_RULE}
    assert path.leaning_on("diagnosis", states) == ("examination",)
