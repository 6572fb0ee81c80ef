"""The safety check, against a small pack written here."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.alerts import PREGNANCY_NOT_KNOWN
from clinic_desktop.domain.doses import Strength
from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.domain.safety import (
    Alert,
    Allergy,
    CrossReaction,
    DoseRange,
    Drug,
    Interaction,
    Kind,
    Membership,
    PatientFacts,
    Tier,
    check,
)

CLASSES = {
    "warfarin": (("vitamin_k", "therapeutic"), ("pregnancy_avoid", "pregnancy")),
    "ibuprofen": (("nsaids", "therapeutic"), ("nsaids", "allergy"), ("pregnancy_caution", "pregnancy")),
    "naproxen": (("nsaids", "therapeutic"), ("nsaids", "allergy")),
    "amoxicillin": (("penicillins", "therapeutic"), ("penicillins", "allergy")),
    "cefalexin": (("cephalosporins", "therapeutic"), ("cephalosporins", "allergy")),
    "haloperidol": (("qt", "interaction"),),
    "ondansetron": (("qt", "interaction"),),
    "methotrexate": (),
    "paracetamol": (),
}
RULES = (
    Interaction("qt", "qt", "qt", "contraindicated", "QT.", "Avoid.", "List"),
    Interaction("w+n", "warfarin", "nsaids", "major", "Bleeding.", "Avoid.", "Label"),
    Interaction("w+i", "warfarin", "ibuprofen", "minor", "Bleeding.", "Watch.", "Label"),
    Interaction("p+h", "paracetamol", "haloperidol", "minor", "Little.", "Nothing.", "Label"),
)
CROSS = (CrossReaction("penicillins", "cephalosporins", "warn", "May react.", "Guideline"),)


def _range(ingredient: str, **limits: object) -> DoseRange:
    values: dict[str, object] = {
        "route": "oral", "age_from_months": 144, "age_to_months": None, "per_kg": False, "min_single": None,
        "max_single": None, "max_daily": None, "max_weekly": None, "absolute_max_single": None,
        "absolute_max_daily": None, "unit": "mg", "source": "Label",
    }  # fmt: skip
    made = {name: Decimal(value) if isinstance(value, int) and "m" in name[:3] and name[:3] in {"min", "max"} else value
            for name, value in (values | limits).items()}  # fmt: skip
    return DoseRange(ingredient=ingredient, **made)  # type: ignore[arg-type]


DOSES = {
    "paracetamol": (
        _range("paracetamol", min_single=500, max_single=1000, max_daily=4000),
        _range(
            "paracetamol", age_from_months=2, age_to_months=144, per_kg=True, min_single=10, max_single=15,
            max_daily=75, absolute_max_daily=Decimal(4000),
        ),
    ),
    "methotrexate": (_range("methotrexate", max_single=25, max_weekly=25),),
}  # fmt: skip
ADULT = PatientFacts(age_months=480, weight_kg=Decimal(70), sex="female", pregnant=False)


class Small:
    """A pack in memory."""

    label = "Small 1"

    def named(self, phrases: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        known = {name: (name,) for name in CLASSES} | {
            "brufen": ("ibuprofen",),
            "penicillin": ("penicillins",),
            "penicillins": ("penicillins",),
        }
        return {phrase: known[phrase] for phrase in phrases if phrase in known}

    def memberships(self, ingredients: Collection[str]) -> Mapping[str, tuple[Membership, ...]]:
        return {
            each: tuple(Membership(group, use, "Label") for group, use in CLASSES[each])
            for each in ingredients
            if each in CLASSES
        }

    def interactions(self, codes: Collection[str]) -> Sequence[Interaction]:
        return [rule for rule in RULES if rule.a in codes and rule.b in codes]

    def cross_reactions(self, groups: Collection[str]) -> Sequence[CrossReaction]:
        return [cross for cross in CROSS if cross.group in groups]

    def doses(self, ingredients: Collection[str]) -> Mapping[str, tuple[DoseRange, ...]]:
        return {each: DOSES[each] for each in ingredients if each in DOSES}


def alerts(
    new: Sequence[str | Drug],
    old: Sequence[str] = (),
    allergies: Sequence[str | Allergy] = (),
    patient: PatientFacts = ADULT,
) -> tuple[Alert, ...]:
    return check(
        [each if isinstance(each, Drug) else Drug(each) for each in new],
        [Drug(each) for each in old],
        [each if isinstance(each, Allergy) else Allergy(each) for each in allergies],
        patient,
        Small(),
    )


def shape(found: Sequence[Alert]) -> list[tuple[str, str, str, str]]:
    return [(each.tier.value, each.kind.value, each.drug, each.with_) for each in found]


def test_two_of_one_contraindicated_class_stop_wherever_they_stand() -> None:
    assert shape(alerts(["haloperidol"], ["ondansetron"])) == [("stop", "interaction", "haloperidol", "ondansetron")]
    assert shape(alerts(["ondansetron", "haloperidol"])) == [("stop", "interaction", "ondansetron", "haloperidol")]
    assert alerts([], ["ondansetron", "haloperidol"]) == ()


def test_a_drug_given_twice_is_a_duplicate_and_does_not_interact_with_itself() -> None:
    assert shape(alerts(["haloperidol"], ["haloperidol"])) == [("warn", "duplicate", "haloperidol", "haloperidol")]


def test_the_most_severe_rule_of_a_pair_is_told_once() -> None:
    (found,) = alerts(["warfarin"], ["Brufen 400 mg tablets"])
    assert (found.tier, found.rule, found.source, found.pack) == (Tier.WARN, "interaction:w+n", "Label", "Small 1")
    assert found.text == "warfarin with Brufen 400 mg tablets: Bleeding. Avoid."


def test_two_medicines_written_on_one_line_are_checked_against_each_other() -> None:
    text = "ibuprofen 400 mg warfarin 5 mg"
    (found,) = [each for each in alerts([text]) if each.kind == Kind.INTERACTION]
    assert (found.tier, found.rule) == (Tier.WARN, "interaction:w+n")
    assert [each for each in alerts(["warfarin warfarin"]) if each.kind == Kind.INTERACTION] == []


def test_a_minor_interaction_is_quiet() -> None:
    assert [each.tier for each in alerts(["paracetamol"], ["haloperidol"])] == [Tier.QUIET]


def test_a_drug_nobody_knows_is_said_to_be_not_checked_and_never_silent() -> None:
    assert shape(alerts(["Nosuchdrug 5 mg"])) == [("warn", "not_checked", "Nosuchdrug 5 mg", "")]
    assert shape(alerts(["paracetamol"], ["Nosuchdrug"])) == [("warn", "not_checked", "Nosuchdrug", "")]
    assert shape(alerts([Drug("Odd", ("odd",))])) == [("warn", "not_checked", "Odd", "")]
    assert shape(alerts([""])) == [("warn", "not_checked", "", "")]
    assert [each.kind for each in alerts(["paracetamol 500 mg / nosuchdrug 5 mg"])] == [Kind.NOT_CHECKED]


@pytest.mark.parametrize(
    "allergy", ["amoxicillin", Allergy("x", "amoxicillin"), Allergy("x", "penicillins"), "Penicillin allergy"]
)
def test_an_allergy_stops_the_ingredient_and_its_class(allergy: str | Allergy) -> None:
    (found,) = alerts(["amoxicillin"], (), [allergy])
    assert (found.tier, found.kind, found.line) == (Tier.STOP, Kind.ALLERGY, 0)


def test_cross_reactivity_warns_and_does_not_stop() -> None:
    (found,) = alerts(["cefalexin"], (), ["penicillin"])
    assert (found.tier, found.kind, found.source) == (Tier.WARN, Kind.ALLERGY, "Guideline")
    (other,) = alerts(["cefalexin"], (), ["amoxicillin"])
    assert other.tier == Tier.WARN
    assert alerts(["paracetamol"], (), ["penicillin"]) == ()


def test_an_allergy_nobody_knows_is_not_checked() -> None:
    assert shape(alerts(["paracetamol"], (), ["bee venom"])) == [("warn", "not_checked", "", "bee venom")]


def test_of_an_allergy_half_known_the_other_half_is_said() -> None:
    found = alerts(["paracetamol"], (), ["ibuprofen bee venom"])
    assert [each.text for each in found] == [
        "The reference pack does not know “bee venom” in the allergy “ibuprofen bee venom”: that part was not checked."
    ]


def test_of_several_cross_reactions_the_loudest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    loud = (
        CrossReaction("nsaids", "cephalosporins", "quiet", "Seldom.", "Guideline"),
        CrossReaction("penicillins", "cephalosporins", "stop", "Often.", "Guideline"),
    )
    monkeypatch.setattr(Small, "cross_reactions", lambda _self, groups: [each for each in loud if each.group in groups])
    (found,) = alerts(["cefalexin"], (), ["ibuprofen and penicillin"])
    assert (found.tier, found.text) == (Tier.STOP, "The patient is allergic to ibuprofen and penicillin: Often.")


def test_a_code_that_is_gone_from_the_pack_is_read_by_its_words_or_not_checked() -> None:
    assert [each.tier for each in alerts(["amoxicillin"], (), [Allergy("Penicillin", "old_code")])] == [Tier.STOP]
    assert shape(alerts(["amoxicillin"], (), [Allergy("Odd", "old_code")])) == [("warn", "not_checked", "", "Odd")]


def test_the_same_ingredient_or_class_twice_warns() -> None:
    assert shape(alerts(["ibuprofen"], ["Brufen"])) == [("warn", "duplicate", "ibuprofen", "Brufen")]
    assert shape(alerts(["ibuprofen", "naproxen"])) == [("warn", "duplicate", "ibuprofen", "naproxen")]
    assert not [each for each in alerts(["haloperidol"], ["ondansetron"]) if each.kind == Kind.DUPLICATE]


def _paracetamol(amount: str, frequency: str = "qds", unit: str = "tablet") -> Drug:
    return Drug(
        "paracetamol",
        ("paracetamol",),
        (Strength(Decimal(500), "mg"),),
        Dose(Decimal(amount), unit, "oral", frequency, 5),
    )


@pytest.mark.parametrize(
    ("drug", "found"),
    [
        (_paracetamol("2"), []),
        (_paracetamol("2", "q4h"), [("warn", "dose:paracetamol:daily")]),
        (_paracetamol("3"), [("warn", "dose:paracetamol:daily"), ("warn", "dose:paracetamol:single")]),
        (_paracetamol("4.5"), [("stop", "dose:paracetamol:daily"), ("stop", "dose:paracetamol:single")]),
        (_paracetamol("400", "od", "mg"), [("quiet", "dose:paracetamol:low")]),
        (_paracetamol("100", "od", "mg"), [("warn", "dose:paracetamol:low")]),
        (_paracetamol("5", "od", "mL"), [("warn", "dose:paracetamol:not_checked")]),
    ],
)
def test_adult_doses(drug: Drug, found: list[tuple[str, str]]) -> None:
    assert [(each.tier.value, each.rule) for each in alerts([drug])] == found


def test_a_childs_dose_goes_by_weight_and_under_the_adult_cap() -> None:
    child = PatientFacts(age_months=60, weight_kg=Decimal(18))
    assert alerts([_paracetamol("250", "qds", "mg")], patient=child) == ()
    (over,) = alerts([_paracetamol("300", "od", "mg")], patient=child)
    assert over.text == "300 mg of paracetamol in one dose is over the usual most of 270 mg."
    heavy = PatientFacts(age_months=140, weight_kg=Decimal(90))
    assert [each.rule for each in alerts([_paracetamol("1050", "qds", "mg")], patient=heavy)] == [
        "dose:paracetamol:daily"
    ]


@pytest.mark.parametrize(
    "patient",
    [PatientFacts(), PatientFacts(age_months=60)],
)
def test_without_age_weight_or_a_range_the_dose_is_said_to_be_not_checked(patient: PatientFacts) -> None:
    (found,) = alerts([_paracetamol("1")], patient=patient)
    assert (found.tier, found.kind) == (Tier.WARN, Kind.NOT_CHECKED)


def test_methotrexate_every_day_stops_and_every_week_does_not() -> None:
    def dose(frequency: str) -> Drug:
        return Drug("methotrexate", ("methotrexate",), (Strength(Decimal("2.5"), "mg"),),
                    Dose(Decimal(6), "tablet", "oral", frequency, 28))  # fmt: skip

    assert alerts([dose("weekly")]) == ()
    assert [(each.tier, each.rule) for each in alerts([dose("od")])] == [(Tier.STOP, "dose:methotrexate:weekly")]


def test_pregnancy_stops_and_warns_only_where_it_is_known() -> None:
    pregnant = PatientFacts(age_months=360, pregnant=True)
    assert [(each.tier, each.kind) for each in alerts(["warfarin", "paracetamol"], patient=pregnant)] == [
        (Tier.STOP, Kind.PREGNANCY)
    ]
    assert [each.tier for each in alerts(["ibuprofen"], patient=pregnant)] == [Tier.WARN]
    assert alerts(["warfarin"]) == ()


def test_a_pregnancy_that_is_not_known_is_asked_for_once() -> None:
    woman = PatientFacts(age_months=312, sex="female")
    (asked,) = alerts(["warfarin", "ibuprofen", "paracetamol"], patient=woman)[:1]
    assert (asked.tier, asked.kind, asked.line, asked.rule) == (Tier.WARN, Kind.PREGNANCY, -1, PREGNANCY_NOT_KNOWN)
    assert "warfarin, ibuprofen" in asked.text
    assert sum(each.kind == Kind.PREGNANCY for each in alerts(["warfarin", "ibuprofen"], patient=woman)) == 1
    assert alerts(["paracetamol"], patient=woman) == ()


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({"age_months": 312, "sex": "male"}, False),
        ({"age_months": 312, "sex": "unknown"}, True),
        ({"age_months": 119, "sex": "female"}, False),
        ({"age_months": 120, "sex": "female"}, True),
        ({"age_months": 115, "oldest_months": 126, "sex": "female"}, True),
        ({"age_months": 660, "sex": "female"}, False),
        ({"sex": "female"}, True),
        ({"age_months": 312, "sex": "female", "pregnant": False}, False),
    ],
)
def test_pregnancy_is_asked_for_where_it_may_be(facts: dict[str, Any], asked: bool) -> None:
    assert bool(alerts(["warfarin"], patient=PatientFacts(**facts))) == asked


PARACETAMOL = Drug("paracetamol", ("paracetamol",), (Strength(Decimal(500), "mg"),),
                   Dose(Decimal(1), "tablet", "oral", "qds", 5))  # fmt: skip


def test_an_age_that_is_a_span_is_checked_only_where_both_ends_agree() -> None:
    weight = {"weight_kg": Decimal(40), "pregnant": False}
    between = PatientFacts(age_months=140, oldest_months=151, **weight)  # type: ignore[arg-type]
    (found,) = alerts([PARACETAMOL], patient=between)
    assert (found.tier, found.kind) == (Tier.WARN, Kind.NOT_CHECKED)
    assert "the birth date is not exact" in found.text
    assert alerts([PARACETAMOL], patient=PatientFacts(age_months=130, oldest_months=141, **weight)) == ()  # type: ignore[arg-type]
    # Born this year: new-born or eleven months old, of which the pack knows only the second.
    (found,) = alerts([PARACETAMOL], patient=PatientFacts(age_months=0, oldest_months=11, **weight))  # type: ignore[arg-type]
    assert found.kind == Kind.NOT_CHECKED


@pytest.mark.parametrize(
    ("months", "days", "stale"),
    [(12, 92, False), (12, 93, True), (60, 366, False), (60, 367, True), (143, 367, True)],
)
def test_a_weight_that_was_outgrown_checks_no_dose(months: int, days: int, stale: bool) -> None:
    child = PatientFacts(age_months=months, weight_kg=Decimal(40), weight_days=days, pregnant=False)
    found = alerts([PARACETAMOL], patient=child)
    assert [each.kind for each in found] == ([Kind.NOT_CHECKED] if stale else [])
    assert all("Weigh again" in each.text for each in found)


def test_a_medicine_with_no_usual_dose_so_young_is_warned_of() -> None:
    dose = Drug("methotrexate", ("methotrexate",), (Strength(Decimal("2.5"), "mg"),),
                Dose(Decimal(1), "tablet", "oral", "weekly", 28))  # fmt: skip
    (found,) = alerts([dose], patient=PatientFacts(age_months=60, weight_kg=Decimal(18)))
    assert (found.tier, found.kind, found.source) == (Tier.WARN, Kind.DOSE, "Label")
    assert found.text == "methotrexate has no usual dose under 12 years: it may not be for this age."


names = st.lists(st.sampled_from(sorted(CLASSES)), max_size=6)


@given(names)
def test_interactions_and_duplicates_do_not_depend_on_the_order(drugs: list[str]) -> None:
    def pairs(found: Sequence[Alert]) -> list[tuple[str, str, tuple[str, ...]]]:
        return sorted((each.tier.value, each.rule, tuple(sorted((each.drug, each.with_)))) for each in found)

    assert pairs(alerts(drugs)) == pairs(alerts(drugs[::-1]))


@given(names, names)
def test_one_more_medicine_never_silences_an_alert(new: list[str], old: list[str]) -> None:
    before = {(each.rule, each.drug, each.with_) for each in alerts(new, old)}
    after = {(each.rule, each.drug, each.with_) for each in alerts(new, [*old, "warfarin"])}
    assert before <= after


@given(names, names)
def test_the_loudest_come_first(new: list[str], old: list[str]) -> None:
    order = [list(Tier).index(each.tier) for each in alerts(new, old, ["penicillin"])]
    assert order == sorted(order)
