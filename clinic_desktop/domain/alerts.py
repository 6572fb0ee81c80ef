"""The words of the safety check: what goes in, what a reference pack answers, and the alerts that come out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from clinic_desktop.domain.doses import Strength
from clinic_desktop.domain.prescribing import Dose

PREGNANCY_NOT_KNOWN = "pregnancy:not_known"  # the rule whose alert can be answered beside the lines


class Tier(StrEnum):
    """How loud: `stop` needs a reason to go on, `warn` shows beside the line, `quiet` waits to be asked."""

    STOP = "stop"
    WARN = "warn"
    QUIET = "quiet"


class Kind(StrEnum):
    """What an alert is about."""

    INTERACTION = "interaction"
    ALLERGY = "allergy"
    DUPLICATE = "duplicate"
    DOSE = "dose"
    PREGNANCY = "pregnancy"
    NOT_CHECKED = "not_checked"


class Use(StrEnum):
    """What a class is for: only therapeutic ones make duplicates, only allergy ones answer an allergy."""

    THERAPEUTIC = "therapeutic"
    INTERACTION = "interaction"
    ALLERGY = "allergy"
    PREGNANCY = "pregnancy"


@dataclass(frozen=True)
class Drug:
    """One medicine as the check sees it; without `ingredients` they are read from the name."""

    name: str
    ingredients: tuple[str, ...] = ()
    strengths: tuple[Strength, ...] = ()
    dose: Dose | None = None


@dataclass(frozen=True)
class Allergy:
    """One recorded allergy: the words, and the ingredient or class where it was picked from the pack."""

    text: str
    code: str | None = None


@dataclass(frozen=True)
class PatientFacts:
    """What of a patient the rules ask for; `None` is "not known".

    Where only the month or year of birth is known, `age_months` is the youngest the patient may be and
    `oldest_months` the oldest. `weight_days` is how long ago the patient was weighed.
    """

    age_months: int | None = None
    weight_kg: Decimal | None = None
    sex: str | None = None
    pregnant: bool | None = None
    oldest_months: int | None = None
    weight_days: int = 0

    @property
    def ages(self) -> tuple[int, int] | None:
        """The youngest and the oldest the patient may be, in months; None where the age is not known."""
        if self.age_months is None:
            return None
        return self.age_months, self.age_months if self.oldest_months is None else self.oldest_months


@dataclass(frozen=True)
class Membership:
    """An ingredient's place in one class."""

    group: str
    use: str
    source: str


@dataclass(frozen=True)
class Interaction:
    """A rule between two codes, each an ingredient or a class; severity as in the pack."""

    rule: str
    a: str
    b: str
    severity: str
    effect: str
    management: str
    source: str


@dataclass(frozen=True)
class CrossReaction:
    """An allergy to one class that may answer to another; `tier` says how loudly."""

    group: str
    other: str
    tier: str
    note: str
    source: str


@dataclass(frozen=True)
class DoseRange:
    """The usual dose of one ingredient by one route at one age; amounts in `unit`, per kg where `per_kg`."""

    ingredient: str
    route: str
    age_from_months: int
    age_to_months: int | None
    per_kg: bool
    min_single: Decimal | None
    max_single: Decimal | None
    max_daily: Decimal | None
    max_weekly: Decimal | None
    absolute_max_single: Decimal | None
    absolute_max_daily: Decimal | None
    unit: str
    source: str


class SafetyPack(Protocol):
    """The few questions the check asks of a reference pack, each for all drugs at once."""

    @property
    def label(self) -> str:
        """Name and version."""
        ...

    def named(self, phrases: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """The ingredients and allergy classes that folded phrases stand for, without those nobody knows."""
        ...

    def memberships(self, ingredients: Collection[str]) -> Mapping[str, tuple[Membership, ...]]:
        """The classes of each ingredient; an ingredient the pack does not know is left out."""
        ...

    def interactions(self, codes: Collection[str]) -> Sequence[Interaction]:
        """Every rule whose two sides are both among the codes."""
        ...

    def cross_reactions(self, groups: Collection[str]) -> Sequence[CrossReaction]:
        """What allergies to these classes may answer to."""
        ...

    def doses(self, ingredients: Collection[str]) -> Mapping[str, tuple[DoseRange, ...]]:
        """The dose ranges of each ingredient."""
        ...


@dataclass(frozen=True)
class Alert:
    """One thing to know about a line; `template` and `facts` are for gettext, `text` is the English."""

    tier: Tier
    kind: Kind
    drug: str
    with_: str
    template: str
    facts: tuple[tuple[str, str], ...]
    source: str
    pack: str
    rule: str
    line: int

    @property
    def text(self) -> str:
        """The alert in English."""
        return self.template.format(**dict(self.facts))


@dataclass(frozen=True)
class Line:
    """A drug with what the pack knows of it; `number` is its place among the proposed, -1 if current."""

    number: int
    drug: Drug
    ingredients: tuple[str, ...]
    unknown: tuple[str, ...]
    groups: Mapping[str, tuple[Membership, ...]]
    apart: tuple[tuple[str, ...], ...] = ()

    def codes(self, ingredient: str, *uses: Use) -> dict[str, str]:
        """The ingredient's classes of some uses, with their sources."""
        return {each.group: each.source for each in self.groups.get(ingredient, ()) if each.use in uses}

    @cached_property
    def sides(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Each ingredient with every code an interaction may name it by."""
        uses = (Use.THERAPEUTIC, Use.INTERACTION)
        return tuple((each, frozenset((each, *self.codes(each, *uses)))) for each in self.ingredients)

    @cached_property
    def therapeutic(self) -> dict[str, str]:
        """The therapeutic classes of all ingredients, with their sources."""
        found: dict[str, str] = {}
        for each in self.ingredients:
            found |= self.codes(each, Use.THERAPEUTIC)
        return found
