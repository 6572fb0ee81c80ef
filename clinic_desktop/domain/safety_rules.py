"""The rules of the safety check, one function each; `safety.check` asks them all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from clinic_desktop.domain.alerts import (
    PREGNANCY_NOT_KNOWN,
    Alert,
    Allergy,
    CrossReaction,
    Interaction,
    Kind,
    Line,
    Membership,
    PatientFacts,
    SafetyPack,
    Tier,
    Use,
)
from clinic_desktop.domain.doses import strengths_by_ingredient
from clinic_desktop.domain.drugs import Named
from clinic_desktop.domain.patients import may_be_pregnant
from clinic_desktop.domain.safety_doses import dose_findings

_SEVERITY_TIER = {
    "contraindicated": Tier.STOP,
    "major": Tier.WARN,
    "moderate": Tier.WARN,
    "minor": Tier.QUIET,
}
_SEVERITY_ORDER = {"contraindicated": 0, "major": 1, "moderate": 2, "minor": 3}
_LOUDNESS = {Tier.STOP: 0, Tier.WARN: 1, Tier.QUIET: 2}
NOT_KNOWN = "The reference pack does not know “{drug}”: nothing about it was checked."
NOT_KNOWN_PART = "The reference pack does not know “{part}” in “{drug}”: that part was not checked."


def _alert(
    line: Line,
    tier: Tier,
    kind: Kind,
    template: str,
    *,
    source: str,
    pack: str,
    rule: str,
    with_: str = "",
    **facts: str,
) -> Alert:
    facts = {"drug": line.drug.name, "with": with_, **facts}
    return Alert(tier, kind, line.drug.name, with_, template, tuple(facts.items()), source, pack, rule, line.number)


def unknown_drugs(lines: Sequence[Line], pack: str) -> Iterator[Alert]:
    """Say of every line, current ones too, what the pack does not know."""
    for line in lines:
        for part in line.unknown:
            template = NOT_KNOWN_PART if line.ingredients else NOT_KNOWN
            yield _alert(
                line,
                Tier.WARN,
                Kind.NOT_CHECKED,
                template,
                source="",
                pack=pack,
                rule="not_checked:drug",
                part=part,
            )


def interactions(new: Sequence[Line], old: Sequence[Line], pack: SafetyPack) -> Iterator[Alert]:
    """One alert for each pair of drugs: the most severe rule, the most specific among equals."""
    lines = (*new, *old)
    codes = {code for line in lines for _, sides in line.sides for code in sides}
    rules = _by_side(pack.interactions(codes)) if codes else {}
    for place, line in enumerate(new):
        # Two medicines written on one line are two medicines.
        written = [replace(line, ingredients=tuple(code for code in codes if code in line.ingredients))
                   for codes in line.apart]  # fmt: skip
        for one, other in combinations(written, 2):
            found = _worst(one, other, rules)
            if found is not None:
                yield _interaction(one, other, found, pack.label)
        for other in lines[place + 1 :]:
            found = _worst(line, other, rules)
            if found is not None:
                yield _interaction(line, other, found, pack.label)


def _by_side(rules: Sequence[Interaction]) -> Mapping[str, Mapping[str, Interaction]]:
    found: dict[str, dict[str, Interaction]] = {}
    for rule in rules:
        for mine, theirs in ((rule.a, rule.b), (rule.b, rule.a)):
            others = found.setdefault(mine, {})
            before = others.get(theirs)
            if before is None or _SEVERITY_ORDER[rule.severity] < _SEVERITY_ORDER[before.severity]:
                others[theirs] = rule
    return found


def _worst(line: Line, other: Line, rules: Mapping[str, Mapping[str, Interaction]]) -> Interaction | None:
    """The most severe rule between two drugs; a drug does not interact with itself."""
    best: tuple[int, int, str] | None = None
    found: Interaction | None = None
    for mine, my_sides in line.sides:
        for theirs, their_sides in other.sides:
            if mine == theirs:
                continue
            for a in my_sides & rules.keys():
                for b in their_sides & rules[a].keys():
                    rule = rules[a][b]
                    rank = (_SEVERITY_ORDER[rule.severity], (a != mine) + (b != theirs), rule.rule)
                    if best is None or rank < best:
                        best, found = rank, rule
    return found


def _interaction(line: Line, other: Line, rule: Interaction, pack: str) -> Alert:
    return _alert(
        line,
        _SEVERITY_TIER[rule.severity],
        Kind.INTERACTION,
        "{drug} with {with}: {effect} {management}",
        source=rule.source,
        pack=pack,
        rule=f"interaction:{rule.rule}",
        with_=other.drug.name,
        effect=rule.effect,
        management=rule.management,
        severity=rule.severity,
    )


def allergic(
    new: Sequence[Line],
    allergies: Sequence[Allergy],
    meanings: Sequence[Named],
    groups_of: Mapping[str, Sequence[Membership]],
    pack: SafetyPack,
) -> Iterator[Alert]:
    """Stop a drug that is what the patient is allergic to, or of its class; say what may cross-react."""
    groups = _allergy_groups(meanings, groups_of)
    crosses: dict[str, list[CrossReaction]] = {}
    asked = {code for each in groups for code in each} if new else set()
    for cross in pack.cross_reactions(asked) if asked else ():
        crosses.setdefault(cross.group, []).append(cross)
    for allergy, meaning, mine in zip(allergies, meanings, groups, strict=True):
        if new and (meaning.unknown or not meaning.codes):
            yield _allergy_unknown(allergy, meaning, pack.label)
        for line in new:
            alert = _allergy(line, allergy, meaning, mine, crosses, pack.label)
            if alert is not None:
                yield alert


def _allergy_groups(meanings: Sequence[Named], groups_of: Mapping[str, Sequence[Membership]]) -> list[set[str]]:
    """The codes an allergy stands for: itself and, where it is an ingredient, its allergy classes."""
    found = []
    for each in meanings:
        codes = set(each.codes)
        for code in each.codes:
            codes |= {place.group for place in groups_of.get(code, ()) if place.use == Use.ALLERGY}
        found.append(codes)
    return found


def _allergy_unknown(allergy: Allergy, meaning: Named, pack: str) -> Alert:
    whole = "The reference pack does not know the allergy “{with}”: nothing was checked against it."
    part = "The reference pack does not know “{part}” in the allergy “{with}”: that part was not checked."
    return Alert(
        Tier.WARN,
        Kind.NOT_CHECKED,
        "",
        allergy.text,
        part if meaning.codes else whole,
        (("with", allergy.text), ("part", ", ".join(meaning.unknown))),
        "",
        pack,
        "not_checked:allergy",
        -1,
    )


def _allergy(
    line: Line,
    allergy: Allergy,
    meaning: Named,
    mine: set[str],
    crosses: Mapping[str, Sequence[CrossReaction]],
    pack: str,
) -> Alert | None:
    best: Alert | None = None
    for ingredient in line.ingredients:
        if ingredient in meaning.codes:
            return _alert(
                line,
                Tier.STOP,
                Kind.ALLERGY,
                "The patient is allergic to {with}.",
                source="Recorded allergy",
                pack=pack,
                rule=f"allergy:{ingredient}",
                with_=allergy.text,
            )
        classes = line.codes(ingredient, Use.ALLERGY)
        same = sorted(mine & set(classes))
        if same:
            best = _alert(
                line,
                Tier.STOP,
                Kind.ALLERGY,
                "The patient is allergic to {with}, of the same class.",
                source=classes[same[0]],
                pack=pack,
                rule=f"allergy:{same[0]}",
                with_=allergy.text,
            )
            continue
        for cross in (each for group in sorted(mine) for each in crosses.get(group, ())):
            if cross.other in classes and (best is None or _LOUDNESS[Tier(cross.tier)] < _LOUDNESS[best.tier]):
                best = _alert(
                    line,
                    Tier(cross.tier),
                    Kind.ALLERGY,
                    "The patient is allergic to {with}: {note}",
                    source=cross.source,
                    pack=pack,
                    rule=f"allergy:{cross.group}>{cross.other}",
                    with_=allergy.text,
                    note=cross.note,
                )
    return best


def duplicates(new: Sequence[Line], old: Sequence[Line], pack: str) -> Iterator[Alert]:
    """Warn of the same ingredient twice, else of two of one therapeutic class."""
    lines = (*new, *old)
    for place, line in enumerate(new):
        for other in lines[place + 1 :]:
            same = sorted(set(line.ingredients) & set(other.ingredients))
            if same:
                yield _alert(
                    line,
                    Tier.WARN,
                    Kind.DUPLICATE,
                    "{drug} and {with} both hold {ingredient}.",
                    source="Same ingredient",
                    pack=pack,
                    rule=f"duplicate:{same[0]}",
                    with_=other.drug.name,
                    ingredient=same[0].replace("_", " "),
                )
                continue
            for group in sorted(line.therapeutic.keys() & other.therapeutic.keys())[:1]:
                yield _alert(
                    line,
                    Tier.WARN,
                    Kind.DUPLICATE,
                    "{drug} and {with} are of one class: {group}.",
                    source=line.therapeutic[group],
                    pack=pack,
                    rule=f"duplicate:{group}",
                    with_=other.drug.name,
                    group=group.replace("_", " "),
                )


def doses(new: Sequence[Line], patient: PatientFacts, pack: SafetyPack) -> Iterator[Alert]:
    """Compare each structured dose with the pack's range for the patient's age, weight and route."""
    asked = {each for line in new if line.drug.dose for each in line.ingredients}
    ranges = pack.doses(asked) if asked else {}
    for line in new:
        dose = line.drug.dose
        if dose is None:
            continue
        strengths = strengths_by_ingredient(line.ingredients, line.drug.strengths)
        for ingredient in line.ingredients:
            known = ranges.get(ingredient, ())
            for found in dose_findings(dose, strengths.get(ingredient), known, patient):
                yield _alert(
                    line,
                    found.tier,
                    Kind.NOT_CHECKED if found.not_checked else Kind.DOSE,
                    found.template,
                    source=found.source,
                    pack=pack.label,
                    rule=f"dose:{ingredient}:{found.what}",
                    ingredient=ingredient.replace("_", " "),
                    **dict(found.facts),
                )


def pregnancy(new: Sequence[Line], patient: PatientFacts, pack: str) -> Iterator[Alert]:
    """Stop what is contraindicated in pregnancy and warn of what needs care; ask once where it is not known."""
    if patient.pregnant is None and may_be_pregnant(patient.sex, patient.ages):
        yield from _pregnancy_not_known(new, pack)
    if not patient.pregnant:
        return
    for line in new:
        for ingredient in line.ingredients:
            for group, source in line.codes(ingredient, Use.PREGNANCY).items():
                avoid = group == "pregnancy_avoid"
                yield _alert(
                    line,
                    Tier.STOP if avoid else Tier.WARN,
                    Kind.PREGNANCY,
                    "{drug} is to be avoided in pregnancy." if avoid else "{drug} needs care in pregnancy.",
                    source=source,
                    pack=pack,
                    rule=f"pregnancy:{ingredient}",
                )


def _pregnancy_not_known(new: Sequence[Line], pack: str) -> Iterator[Alert]:
    """One question for the whole prescription, naming what it turns on."""
    concerned: dict[str, str] = {}
    for line in new:
        for ingredient in line.ingredients:
            for source in line.codes(ingredient, Use.PREGNANCY).values():
                concerned.setdefault(line.drug.name, source)
    if concerned:
        names = ", ".join(concerned)
        yield Alert(
            Tier.WARN,
            Kind.PREGNANCY,
            names,
            "",
            "Pregnancy is not known: ask. To be avoided in pregnancy, or needing care: {drug}.",
            (("drug", names),),
            "; ".join(dict.fromkeys(concerned.values())),
            pack,
            PREGNANCY_NOT_KNOWN,
            -1,
        )
