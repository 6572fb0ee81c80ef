"""The safety check of a prescription: every rule asked of every line, the loudest alerts first."""

from collections.abc import Mapping, Sequence

from clinic_desktop.domain import safety_rules as rules
from clinic_desktop.domain.alerts import (
    Alert,
    Allergy,
    CrossReaction,
    DoseRange,
    Drug,
    Interaction,
    Kind,
    Line,
    Membership,
    PatientFacts,
    SafetyPack,
    Tier,
    Use,
)
from clinic_desktop.domain.drugs import Named, fold, named, phrases

__all__ = [
    "Alert",
    "Allergy",
    "CrossReaction",
    "DoseRange",
    "Drug",
    "Interaction",
    "Kind",
    "Line",
    "Membership",
    "PatientFacts",
    "SafetyPack",
    "Tier",
    "Use",
    "check",
]

_LOUDNESS = {Tier.STOP: 0, Tier.WARN: 1, Tier.QUIET: 2}


def check(
    proposed: Sequence[Drug],
    current: Sequence[Drug],
    allergies: Sequence[Allergy],
    patient: PatientFacts,
    pack: SafetyPack,
) -> tuple[Alert, ...]:
    """Check the proposed lines against one another, the current medicines, the allergies and the patient.

    The loudest come first. What the pack does not know comes back as `not_checked`, never as silence.
    """
    drugs = (*proposed, *current)
    lines, meanings, groups = _read(drugs, len(proposed), allergies, pack)
    new, old = lines[: len(proposed)], lines[len(proposed) :]
    alerts = [
        *rules.unknown_drugs(lines, pack.label),
        *rules.interactions(new, old, pack),
        *rules.allergic(new, allergies, meanings, groups, pack),
        *rules.duplicates(new, old, pack.label),
        *rules.doses(new, patient, pack),
        *rules.pregnancy(new, patient, pack.label),
    ]
    return tuple(sorted(alerts, key=lambda each: (_LOUDNESS[each.tier], each.line, each.kind, each.with_)))


def _read(
    drugs: Sequence[Drug], proposed: int, allergies: Sequence[Allergy], pack: SafetyPack
) -> tuple[tuple[Line, ...], tuple[Named, ...], Mapping[str, tuple[Membership, ...]]]:
    """Resolve every name in one question to the pack, and the classes of all ingredients in another."""
    texts = [drug.name for drug in drugs if not drug.ingredients]
    # A code that was picked from another version of the pack may be gone: then the words are read instead.
    texts += [text for allergy in allergies for text in (allergy.text, _words(allergy.code or ""))]
    known = pack.named(frozenset().union(*(phrases(text) for text in texts))) if texts else {}
    found = [Named(drug.ingredients, ()) if drug.ingredients else named(drug.name, known) for drug in drugs]
    meanings = tuple(_meaning(allergy, known) for allergy in allergies)
    wanted = {code for each in (*found, *meanings) for code in each.codes}
    groups = pack.memberships(wanted)
    lines = (_line(place, proposed, drugs[place], each, groups) for place, each in enumerate(found))
    return tuple(lines), meanings, groups


def _meaning(allergy: Allergy, known: Mapping[str, tuple[str, ...]]) -> Named:
    if allergy.code and allergy.code in known.get(_words(allergy.code), ()):
        return Named((allergy.code,), ())
    return named(allergy.text, known)


def _words(code: str) -> str:
    return fold(code.replace("_", " "))


def _line(place: int, proposed: int, drug: Drug, found: Named, groups: Mapping[str, tuple[Membership, ...]]) -> Line:
    known = tuple(code for code in found.codes if code in groups)
    unknown = (*found.unknown, *(code for code in found.codes if code not in groups))
    if not known and not unknown:
        unknown = (drug.name,)
    return Line(
        place if place < proposed else -1, drug, known, unknown, {code: groups[code] for code in known}, found.apart
    )
