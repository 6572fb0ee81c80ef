"""Record linkage: how likely two registrations are the same person, and on what evidence.

Fellegi and Sunter (1969): each field adds the logarithm of how much more often it agrees in one person's two records
than in two people's. The weights below are those of a clinic: two-letter typing errors, swapped names and swapped day
and month are common within one person; a shared address or telephone is common within one household.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import product

import jellyfish
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from clinic_desktop.domain.patients import digits_of, identifier_of, words_of

# At and above this two registrations are called the same person; measured in tests/unit/domain/test_domain_identity.py.
LIKELY = 0.9

# One pair in so many that come as far as being compared is the same person: log2.
PRIOR = -7.0


@dataclass(frozen=True)
class Person:
    """What is known of one registration; the names are folded once, here."""

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
    family: tuple[str, ...] = field(init=False, repr=False)
    given: tuple[str, ...] = field(init=False, repr=False)
    numbers: tuple[str, ...] = field(init=False, repr=False)
    identifier: str = field(init=False, repr=False)
    place: tuple[str, ...] = field(init=False, repr=False)

    def __repr__(self) -> str:
        return "Person()"

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "family", tuple(words_of(self.family_name)))
        put(self, "given", tuple(words_of(self.given_names)))
        put(self, "numbers", tuple(n for n in (digits_of(p) for p in self.phones) if len(n) >= 6))
        put(self, "identifier", identifier_of(self.national_id))
        put(self, "place", tuple(words_of(self.address)))


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


def compare(a: Person, b: Person) -> Likeness:
    """Compare two registrations."""
    name, birth, identifier = _names(a, b), _birth(a, b), _identifier(a, b)
    household = _household(a, b)
    found = [e for e in (name, birth, _sex(a, b), identifier, *household) if e is not None]
    if name is not None and _perhaps_twins(name, birth, identifier, household):
        found.append(Evidence("household", "perhaps twins", -10.0))
    weight = PRIOR + sum(evidence.weight for evidence in found)
    if not any(e.weight > 0 and e.field not in {"name", "sex", "place"} for e in found):
        # Namesakes are many: a name alone, even with the town, says "look", never "the same".
        weight = min(weight, NAME_ALONE)
    weight = max(min(weight, 40.0), -40.0)
    return Likeness(round(1.0 / (1.0 + 2.0**-weight), 4), tuple(found))


NAME_ALONE = 0.5


def _perhaps_twins(
    name: Evidence, birth: Evidence | None, identifier: Evidence | None, household: list[Evidence]
) -> bool:
    return (
        name.finding.endswith("given different")
        and birth is not None
        and birth.finding == "same"
        and (identifier is None or identifier.weight < 0)
        and any(e.weight >= HOME for e in household)
    )


def _names(a: Person, b: Person) -> Evidence | None:
    if not (a.family or a.given) or not (b.family or b.given):
        return None
    best = _name_pair(a.family, a.given, b.family, b.given)
    for family, given in a.other_names:
        best = max(best, _name_pair(tuple(words_of(family)), tuple(words_of(given)), b.family, b.given, "other name"))
    for family, given in b.other_names:
        best = max(best, _name_pair(a.family, a.given, tuple(words_of(family)), tuple(words_of(given)), "other name"))
    return Evidence("name", best[1], round(best[0], 2))


def _name_pair(
    family_a: tuple[str, ...],
    given_a: tuple[str, ...],
    family_b: tuple[str, ...],
    given_b: tuple[str, ...],
    how: str = "",
) -> tuple[float, str]:
    straight = _part(family_a, family_b, FAMILY), _part(given_a, given_b, GIVEN)
    weight = straight[0][0] + straight[1][0]
    finding = how or _name_finding(straight[0][1], straight[1][1])
    if family_a and given_a and family_b and given_b:
        crossed = _part(family_a, given_b, FAMILY), _part(given_a, family_b, GIVEN)
        swapped = crossed[0][0] + crossed[1][0] - 1.0
        if swapped > weight + 1.0:
            return swapped, "swapped"
    return weight, finding


def _name_finding(family: str, given: str) -> str:
    if family == given:
        return family
    return f"family {family}, given {given}"


# Weight in bits of each level of agreement. A given name is often shortened, or a second one given; a family name
# changes at marriage: neither ever counts so far against that an agreeing identity number could not outweigh it.
FAMILY = {
    "same": 8.0,
    "close": 6.5,
    "similar": 3.5,
    "sounds alike": 3.0,
    "part": 4.0,
    "not given": 0.0,
    "different": -5.0,
}
GIVEN = {
    "same": 6.0,
    "close": 4.5,
    "similar": 2.0,
    "sounds alike": 2.0,
    "part": 4.0,
    "not given": 0.0,
    "different": -5.5,
}


def _part(a: tuple[str, ...], b: tuple[str, ...], weights: dict[str, float]) -> tuple[float, str]:
    level = _level(a, b)
    return weights[level], level


@lru_cache(maxsize=65_536)
def _level(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    """How two names agree, the best over their words for names of several."""
    if not a or not b:
        return "not given"
    whole_a, whole_b = "".join(a), "".join(b)
    if whole_a == whole_b or sorted(a) == sorted(b):
        return "same"
    if _close(whole_a, whole_b):
        return "close"
    if (len(a) > 1 or len(b) > 1) and any(x == y and len(x) > 2 for x, y in product(a, b)):
        return "part"
    shorter, longer = sorted((whole_a, whole_b), key=len)
    if len(shorter) <= 2 and longer.startswith(shorter):
        return "similar"
    alike = max(JaroWinkler.similarity(x, y) for x, y in (*product(a, b), (whole_a, whole_b)))
    if alike >= 0.88:
        return "similar"
    if sound(whole_a) and sound(whole_a) == sound(whole_b) and alike >= 0.7:
        return "sounds alike"
    return "different"


def _close(a: str, b: str) -> bool:
    allowed = 1 if max(len(a), len(b)) <= 5 else 2
    if min(len(a), len(b)) < 3:
        return False
    return DamerauLevenshtein.distance(a, b, score_cutoff=allowed) <= allowed


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """How a name sounds (metaphone); empty for scripts other than Latin."""
    return jellyfish.metaphone(word).replace(" ", "") if word.isascii() and word.isalpha() else ""


def _birth(a: Person, b: Person) -> Evidence | None:
    if a.born_on is None or b.born_on is None:
        return None
    vague = {a.born_precision, b.born_precision} & {"year", "estimated", "month"}
    years = abs(a.born_on.year - b.born_on.year)
    if vague:
        if years <= 1:
            return Evidence("birth", "year agrees", 3.0)
        return Evidence("birth", "year near", 0.5) if years <= 4 else Evidence("birth", "different", -5.0)
    finding = _dates_agree(a.born_on, b.born_on)
    return Evidence("birth", finding, BIRTH[finding])


BIRTH = {
    "same": 9.5,
    "day and month swapped": 7.5,
    "one digit differs": 6.0,
    "two digits differ": 2.5,
    "year near": -1.5,
    "different": -6.5,
    "another generation": -14.0,
}
# A father and a son of one name and one house: no slip of the pen makes both day and year differ by so much.
GENERATION_YEARS = 14


def _dates_agree(a: date, b: date) -> str:
    if a == b:
        return "same"
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "day and month swapped"
    text_a, text_b = a.strftime("%Y%m%d"), b.strftime("%Y%m%d")
    edits = DamerauLevenshtein.distance(text_a, text_b)
    if edits == 1:
        return "one digit differs"
    if edits == 2 and (a.year == b.year or (a.month, a.day) == (b.month, b.day)):
        return "two digits differ"
    if abs(a.year - b.year) >= GENERATION_YEARS and (a.month, a.day) != (b.month, b.day):
        return "another generation"
    return "year near" if abs(a.year - b.year) <= 1 and (a.month == b.month or a.day == b.day) else "different"


def _sex(a: Person, b: Person) -> Evidence | None:
    if "unknown" in {a.sex, b.sex}:
        return None
    return Evidence("sex", "same", 0.9) if a.sex == b.sex else Evidence("sex", "different", -4.5)


# A household shares its address, its place and often its telephone: together they count no more than this.
HOME = 5.0


def _household(a: Person, b: Person) -> list[Evidence]:
    found = [e for e in (_phone(a, b), *_home(a, b)) if e is not None]
    left = HOME + 1.5
    kept: list[Evidence] = []
    for evidence in found:
        weight = min(evidence.weight, left)
        left -= max(weight, 0.0)
        kept.append(Evidence(evidence.field, evidence.finding, weight))
    return kept


def _phone(a: Person, b: Person) -> Evidence | None:
    if not a.numbers or not b.numbers:
        return None
    # With or without the country's prefix: the last nine digits are the subscriber's.
    if any(x[-9:] == y[-9:] for x, y in product(a.numbers, b.numbers)):
        return Evidence("phone", "same", 5.5)
    if any(len(x) == len(y) and DamerauLevenshtein.distance(x, y) == 1 for x, y in product(a.numbers, b.numbers)):
        return Evidence("phone", "one digit differs", 3.5)
    return Evidence("phone", "different", -0.8)


def _identifier(a: Person, b: Person) -> Evidence | None:
    x, y = a.identifier, b.identifier
    if len(x) < 4 or len(y) < 4:
        return None
    if x == y:
        return Evidence("national id", "same", 15.0)
    if DamerauLevenshtein.distance(x, y) == 1:
        return Evidence("national id", "one digit differs", 8.0)
    return Evidence("national id", "different", -4.0)


def _home(a: Person, b: Person) -> list[Evidence]:
    """Address, place and postal code; a household shares them, so together they are worth less than a birth date."""
    found: list[Evidence] = []
    if a.place and b.place:
        alike = _places(a.place, b.place)
        finding = "same" if alike == 1 else "close" if alike >= 0.7 else "different"
        found.append(Evidence("address", finding, {"same": 5.0, "close": 3.5, "different": -0.7}[finding]))
    code_a, code_b = identifier_of(a.postal_code), identifier_of(b.postal_code)
    city_a, city_b = "".join(words_of(a.city)), "".join(words_of(b.city))
    if code_a and code_b and code_a == code_b:
        found.append(Evidence("place", "same", 2.5))
    elif city_a and city_b:
        same = city_a == city_b or _close(city_a, city_b)
        found.append(Evidence("place", "same" if same else "different", 1.5 if same else -0.7))
    elif code_a and code_b:
        found.append(Evidence("place", "different", -0.7))
    return found


def _places(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """The share of the shorter address's words that the other has, typing errors allowed."""
    if sorted(a) == sorted(b):
        return 1.0
    shorter, longer = sorted((a, b), key=len)
    hits = sum(any(x == y or (len(x) > 3 and _close(x, y)) for y in longer) for x in shorter)
    # A street number alone, or the word "street", is no shared address.
    letters = sum(len(x) for x in shorter if x in longer or any(_close(x, y) for y in longer))
    return min(hits / max(len(shorter), 1), 0.99) if letters >= 6 else 0.0


def blocks(person: Person) -> Iterator[str]:
    """The keys two registrations of one person are likely to share; only those that share one are compared.

    Each key leaves out what another relies on, so that one wrong field never hides a duplicate.
    """
    if len(person.identifier) >= 4:
        yield f"i{person.identifier}"
    for number in person.numbers:
        yield f"p{number[-8:]}"
    sounds = sorted({(sound(word) or word)[:4] for word in (*person.family, *person.given) if len(word) > 1})
    if person.born_on is not None:
        for part in sounds:
            yield f"b{person.born_on:%Y%m%d}{part[:1]}"
            yield f"d{person.born_on:%m%d}{part[:3]}"
            yield f"y{person.born_on.year}{part}"
    family = "".join(person.family)
    given = "".join(person.given)
    if family and given:
        yield "n" + "|".join(sorted((sound(family) or family, sound(given) or given)))
    if person.postal_code:
        for part in sounds:
            yield f"c{identifier_of(person.postal_code)}{part[:3]}"
    if len(person.place) > 1:
        # With a name: half a village may live in one road.
        for part in sounds:
            yield f"a{' '.join(sorted(person.place))}|{part[:2]}"
