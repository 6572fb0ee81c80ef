"""Record linkage: how likely two registrations are the same person, and on what evidence.

Fellegi and Sunter (1969), with one explanation more. What two registrations share is explained in three ways: they are
one person, two people of one home, or two strangers; each field says how probable it is under each, and the score is
the probability of the first. A home shares its address, its telephone, its family name and, with twins, its birth
date, so these can never make one person of two alone. Among strangers a value is as probable as it is common in the
clinic's own registrations (Winkler 2000, frequency-based matching): sharing a rare name says more than a common one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from math import log2

from clinic_desktop.domain import likeness
from clinic_desktop.domain.likeness import Found, sound
from clinic_desktop.domain.patients import digits_of, identifier_of, words_of

__all__ = ["LIKELY", "SMALLEST", "Evidence", "Frequencies", "Likeness", "Person", "blocks", "compare", "learn", "sound"]

# At and above this two registrations are called the same person; measured in tests/unit/domain/test_domain_identity.py.
LIKELY = 0.9

# How many duplicates and how many of one's own home a registration has among the others, before anything is compared.
# Duplicate rates of patient indexes: 8 to 12 % of records (AHIMA 2009; Just et al., Perspect Health Inf Manag 2016).
DUPLICATES = 0.1
HOUSEHOLD = 1.0
# Both are learnt from the clinic's own registrations; this many of them weigh as much as the figures above.
PRIOR_REGISTRATIONS = 100
# Identical registrations are caught while they are typed: that few are seen does not prove that few are there.
FEWEST_DUPLICATES, MOST_DUPLICATES = 0.05, 0.3
# More at one address or telephone are a hostel, an office or an unknown one, not a home.
LARGEST_HOME = 12
# A clinic that has only begun has as few namesakes as a village; it is not thereby surer than a town.
SMALLEST = 1_000

# Namesakes are many: a name alone, even with the town, says "look", never "the same".
NAME_ALONE = 0.5
ALONE = frozenset({"name", "sex", "place"})


@dataclass(frozen=True)
class Person:
    """What is known of one registration; the names are folded once, here. `contacts` are telephone numbers."""

    family_name: str = ""
    given_names: str = ""
    sex: str = "unknown"
    born_on: date | None = None
    born_precision: str = "unknown"
    phones: tuple[str, ...] = ()
    national_id: str = ""
    address: str = ""
    city: str = ""
    postal_code: str = ""
    other_names: tuple[tuple[str, str], ...] = ()
    contacts: tuple[str, ...] = ()
    family: tuple[str, ...] = field(init=False, repr=False)
    given: tuple[str, ...] = field(init=False, repr=False)
    others: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = field(init=False, repr=False)
    numbers: tuple[str, ...] = field(init=False, repr=False)
    contact_numbers: tuple[str, ...] = field(init=False, repr=False)
    identifier: str = field(init=False, repr=False)
    home: tuple[str, ...] = field(init=False, repr=False)
    town: str = field(init=False, repr=False)
    code: str = field(init=False, repr=False)

    def __repr__(self) -> str:
        return "Person()"

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "family", tuple(words_of(self.family_name)))
        put(self, "given", tuple(words_of(self.given_names)))
        others = ((tuple(words_of(family)), tuple(words_of(given))) for family, given in self.other_names)
        put(self, "others", tuple(others))
        put(self, "numbers", _numbers(self.phones))
        put(self, "contact_numbers", _numbers(self.contacts))
        put(self, "identifier", identifier_of(self.national_id))
        put(self, "home", tuple(words_of(self.address)))
        put(self, "town", "".join(words_of(self.city)))
        put(self, "code", identifier_of(self.postal_code))

    @property
    def places(self) -> tuple[str, ...]:
        """The keys under which its place is counted: postal code and town."""
        return tuple(key for key in (f"c{self.code}" if self.code else "", f"t{self.town}" if self.town else "") if key)


def _numbers(phones: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(number for number in (digits_of(phone) for phone in phones) if len(number) >= 6)


def _none(_value: object) -> float:
    return 0.0


@dataclass(frozen=True)
class Frequencies:
    """How common a value is among the clinic's registrations, the two compared left out: shares of 1."""

    people: int = 0
    duplicates: float = DUPLICATES
    household: float = HOUSEHOLD
    name: Callable[[str], float] = _none
    birth: Callable[[date], float] = _none
    place: Callable[[str], float] = _none

    def __repr__(self) -> str:
        return f"Frequencies({self.people})"

    def of_name(self, words: tuple[str, ...]) -> float:
        """The share of people with a name: that of its rarest word, the only one everybody with it must have."""
        return min((self.name(word) for word in words), default=0.0)


@dataclass(frozen=True)
class Evidence:
    """What one field says: its weight in bits, for (+) or against (-) the two being one person."""

    field: str
    finding: str
    weight: float


@dataclass(frozen=True)
class Likeness:
    """The probability that two registrations are one person, and why."""

    score: float
    evidence: tuple[Evidence, ...]


UNKNOWN = Frequencies()


def compare(a: Person, b: Person, among: Frequencies = UNKNOWN) -> Likeness:
    """Compare two registrations, given how common their values are in the clinic."""
    found = [one for one in _fields(a, b, among) if one is not None]
    others = max(among.people, SMALLEST)
    same = among.duplicates / others
    home = among.household / others
    stranger = 1.0 - same - home
    for one in found:
        same, home, stranger = same * one.same, home * one.home, stranger * one.stranger
    score = same / (same + home + stranger)
    if not any(one.field not in ALONE and one.same > max(one.home, one.stranger) for one in found):
        score = min(score, NAME_ALONE)
    at_home = home > stranger
    evidence = [Evidence(one.field, one.finding, _bits(one, at_home=at_home)) for one in found]
    if at_home and score < LIKELY:
        evidence.append(Evidence("household", likeness.relation([(one.field, one.finding) for one in found]), 0.0))
    return Likeness(round(score, 4), tuple(evidence))


def _bits(one: Found, *, at_home: bool) -> float:
    return round(log2(one.same / (one.home if at_home else one.stranger)), 2)


def _fields(a: Person, b: Person, among: Frequencies) -> Iterator[Found | None]:
    yield _names(a, b, among)
    yield likeness.births(a.born_on, a.born_precision, b.born_on, b.born_precision, among.birth)
    yield likeness.sexes(a.sex, b.sex)
    yield likeness.identifiers(a.identifier, b.identifier)
    yield likeness.phones(a.numbers, b.numbers)
    yield likeness.contacts(a.numbers, a.contact_numbers, b.numbers, b.contact_numbers)
    yield likeness.addresses(a.home, b.home)
    yield likeness.places(a.code, a.town, b.code, b.town, among.place)


def _names(a: Person, b: Person, among: Frequencies) -> Found | None:
    """The names they bear now, or the pair of a present and a former one that fits better."""
    pairs = [((a.family, a.given), (b.family, b.given), "")]
    pairs += [(other, (b.family, b.given), "other name") for other in a.others]
    pairs += [((a.family, a.given), other, "other name") for other in b.others]
    found = [one for x, y, how in pairs if (one := likeness.names(x, y, among.of_name, how)) is not None]
    return max(found, key=lambda one: one.same / one.stranger, default=None)


def learn(sample: Sequence[Person], people: int) -> tuple[float, float]:
    """How many duplicates and how many of its own home a registration has, learnt from a sample of the clinic's.

    Counted are pairs of one name and one birth date, and pairs at one address or telephone who are plainly two. In a
    sample of a larger clinic most partners are not to be seen: it says as much as its share of all registrations.
    """
    homes: dict[object, set[int]] = defaultdict(set)
    names: Counter[object] = Counter()
    named = known = 0
    for place, one in enumerate(sample):
        keys = [tuple(sorted(one.home))] if len(one.home) > 1 else []
        keys += [(number[-9:],) for number in one.numbers]
        known += bool(keys)
        for key in keys:
            homes[key].add(place)
        if one.family and one.given and one.born_on is not None and one.born_precision == "day":
            named += 1
            names[one.family, one.given, one.born_on] += 1
    pairs = {
        (a, b)
        for members in homes.values()
        if 1 < len(members) <= LARGEST_HOME
        for a, b in combinations(sorted(members), 2)
        if _plainly_two(sample[a], sample[b])
    }
    twice = sum(count * (count - 1) // 2 for count in names.values())
    return (
        max(FEWEST_DUPLICATES, min(MOST_DUPLICATES, _learnt(DUPLICATES, 2 * twice, named, people))),
        min(HOUSEHOLD, _learnt(HOUSEHOLD, 2 * len(pairs), known, people)),
    )


def _learnt(prior: float, seen: int, registrations: int, people: int) -> float:
    shown = registrations * min(1.0, registrations / max(people, 1))
    return (PRIOR_REGISTRATIONS * prior + seen) / (PRIOR_REGISTRATIONS + shown)


def _plainly_two(a: Person, b: Person) -> bool:
    """Another given name, and another birth date or sex."""
    birth = likeness.births(a.born_on, a.born_precision, b.born_on, b.born_precision, _none)
    other_birth = birth is not None and birth.finding in {"different", "another generation"}
    other_sex = a.sex != b.sex and "unknown" not in {a.sex, b.sex}
    return likeness.level(a.given, b.given) == "different" and (other_birth or other_sex)


def blocks(person: Person) -> Iterator[str]:
    """The keys two registrations of one person are likely to share; only those that share one are compared.

    Each key leaves out what another relies on, so that one wrong field never hides a duplicate.
    """
    if len(person.identifier) >= 4:
        yield f"i{person.identifier}"
    for number in person.numbers:
        yield f"p{number[-8:]}"
    every = {*person.family, *person.given, *(word for family, given in person.others for word in (*family, *given))}
    sounds = sorted({(sound(word) or word)[:4] for word in every if len(word) > 1})
    if person.born_on is not None:
        for part in sounds:
            yield f"b{person.born_on:%Y%m%d}{part[:1]}"
            yield f"d{person.born_on:%m%d}{part[:3]}"
            yield f"y{person.born_on.year}{part}"
    family = "".join(person.family)
    given = "".join(person.given)
    if family and given:
        yield "n" + "|".join(sorted((sound(family) or family, sound(given) or given)))
    if person.code:
        for part in sounds:
            yield f"c{person.code}{part[:3]}"
    if len(person.home) > 1:
        # With a name: half a village may live in one road.
        for part in sounds:
            yield f"a{' '.join(sorted(person.home))}|{part[:2]}"
