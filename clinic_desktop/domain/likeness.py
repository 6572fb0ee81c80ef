"""How the fields of two registrations agree, and how probable that is of one person, of one home and of strangers.

The probabilities are general ones, fitted to no file: a value typed twice agrees nine times out of ten and is
nearly always within a slip of the pen otherwise; families move, marry and change telephones. What is known of
strangers comes from how common the value is in the clinic (`of`), or from counting (a birth date has some 25
neighbours at one digit among the 25,000 days of seventy years).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

import jellyfish
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

Name = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Found:
    """What was found in one field, and its probability in one person, one home, and two strangers."""

    field: str
    finding: str
    same: float
    home: float
    stranger: float


# Names -------------------------------------------------------------------------------------------------

# Each level: its probability in one person; among strangers. There "same" and "part" are the shared name's own share.
# Given names are fewer than family names, so strangers agree in them more often.
FAMILY = {
    "same": (0.84, 0.0), "close": (0.07, 0.002), "part": (0.03, 0.0), "similar": (0.015, 0.01),
    "sounds alike": (0.005, 0.002), "different": (0.04, 0.98),
}  # fmt: skip
GIVEN = {
    "same": (0.79, 0.0), "close": (0.07, 0.006), "part": (0.07, 0.0), "similar": (0.03, 0.025),
    "sounds alike": (0.01, 0.004), "different": (0.03, 0.95),
}  # fmt: skip
# However rare a name is here, somebody else may come who bears it.
RAREST_FAMILY, RAREST_GIVEN = 0.0005, 0.002
# In one home most share the family name; one given name in thirty is handed down.
HOME_FAMILY, HOME_GIVEN = 0.75, 0.03
# One registration in a hundred has the two in each other's place. Family names are seldom given names: of strangers
# whose names agree, one in ten agrees crosswise.
SWAPPED, CROSSWISE = 0.01, 0.1
OTHER_NAME = 0.15


def names(a: Name, b: Name, of: Callable[[tuple[str, ...]], float], how: str = "") -> Found | None:
    """Compare two names (family, given), straight and with the two swapped; `how` marks one that is not the present."""
    straight = _pair(a, b, of)
    if straight is None:
        return None
    if how:
        return Found("name", how, straight.same * OTHER_NAME, straight.home, straight.stranger)
    crossed = _pair(a, (b[1], b[0]), of) if all((*a, *b)) else None
    if crossed is not None:
        stranger = crossed.stranger * CROSSWISE
        if crossed.same * SWAPPED / stranger > straight.same / straight.stranger:
            return Found("name", "swapped", crossed.same * SWAPPED, crossed.home * SWAPPED, stranger)
    return straight


def _pair(a: Name, b: Name, of: Callable[[tuple[str, ...]], float]) -> Found | None:
    family, given = level(a[0], b[0]), level(a[1], b[1])
    if family == given == "not given":
        return None
    same, home, stranger = 1.0, 1.0, 1.0
    # A family's name is misspelt as often as a person's.
    for found, x, y, levels, rarest, handed_down in (
        (family, a[0], b[0], FAMILY, RAREST_FAMILY, HOME_FAMILY),
        (given, a[1], b[1], GIVEN, RAREST_GIVEN, HOME_GIVEN),
    ):
        if found == "not given":
            continue
        likely, chance = levels[found]
        if found == "same":
            chance = max(of(x), rarest)
        elif found == "part":
            # Any of several words may be the one that agrees.
            chance = 2 * max(of(tuple(word for word in x if word in y)), rarest)
        same, stranger = same * likely, stranger * chance
        home *= handed_down * likely + (1 - handed_down) * chance
    finding = family if family == given else f"family {family}, given {given}"
    return Found("name", finding, same, home, stranger)


@lru_cache(maxsize=65_536)
def level(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    """How two names agree, the best over their words for names of several."""
    if not a or not b:
        return "not given"
    whole_a, whole_b = "".join(a), "".join(b)
    if whole_a == whole_b or sorted(a) == sorted(b):
        return "same"
    if close(whole_a, whole_b):
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


def close(a: str, b: str) -> bool:
    """Whether two words are a slip of the pen apart: one in five letters, two in more."""
    allowed = 1 if max(len(a), len(b)) <= 5 else 2
    if min(len(a), len(b)) < 3:
        return False
    return DamerauLevenshtein.distance(a, b, score_cutoff=allowed) <= allowed


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """How a name sounds (metaphone); empty for scripts other than Latin."""
    return jellyfish.metaphone(word).replace(" ", "") if word.isascii() and word.isalpha() else ""


# Births and sex ----------------------------------------------------------------------------------------

# One person, one home, strangers. Twelve deliveries in 1,000 are of twins (Monden et al., Human Reproduction 2021),
# so about six pairs of a home in 1,000 are; other children are years apart, parents and children a generation.
# One date in fifty is somebody else's or made up: then it falls where any two dates fall.
BIRTH = {
    "same": (0.89, 0.006, 0.00004),
    "day and month swapped": (0.015, 0.0003, 0.00004),
    "one digit differs": (0.05, 0.004, 0.001),
    "two digits differ": (0.02, 0.01, 0.006),
    "year near": (0.002, 0.03, 0.01),
    "different": (0.012, 0.45, 0.6),
    "another generation": (0.008, 0.5, 0.4),
}
VAGUE = {"year agrees": (0.75, 0.1, 0.04), "year near": (0.2, 0.25, 0.1), "different": (0.05, 0.65, 0.86)}
# No slip of the pen makes both day and year differ by so much: a father and a son of one name.
GENERATION_YEARS = 14


def births(
    a: date | None, precision_a: str, b: date | None, precision_b: str, of: Callable[[date], float]
) -> Found | None:
    """Compare two birth dates; an estimated one says no more than its year."""
    if a is None or b is None:
        return None
    years = abs(a.year - b.year)
    if {precision_a, precision_b} & {"year", "estimated", "month"}:
        finding = "year agrees" if years <= 1 else "year near" if years <= 4 else "different"
        return Found("birth", finding, *VAGUE[finding])
    finding = _dates_agree(a, b)
    same, home, stranger = BIRTH[finding]
    if finding == "same":
        # "1 January, day not known" is the birthday of very many.
        stranger = max(stranger, of(a))
        home = max(home, stranger)
    return Found("birth", finding, same, home, stranger)


def _dates_agree(a: date, b: date) -> str:
    if a == b:
        return "same"
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "day and month swapped"
    edits = DamerauLevenshtein.distance(a.strftime("%Y%m%d"), b.strftime("%Y%m%d"))
    if edits == 1:
        return "one digit differs"
    if edits == 2 and (a.year == b.year or (a.month, a.day) == (b.month, b.day)):
        return "two digits differ"
    if abs(a.year - b.year) >= GENERATION_YEARS and (a.month, a.day) != (b.month, b.day):
        return "another generation"
    return "year near" if abs(a.year - b.year) <= 1 and (a.month == b.month or a.day == b.day) else "different"


def sexes(a: str, b: str) -> Found | None:
    """Compare two sexes, where both are known."""
    if "unknown" in {a, b}:
        return None
    return Found("sex", "same", 0.985, 0.5, 0.5) if a == b else Found("sex", "different", 0.015, 0.5, 0.5)


# Numbers -----------------------------------------------------------------------------------------------


def identifiers(a: str, b: str) -> Found | None:
    """Compare two identity numbers; those of one home are often issued one after another.

    Short ones, and ones of one or two different signs (000000000), were typed to fill the field: they say nothing.
    """
    if min(len(a), len(b)) < 4 or min(len(set(a)), len(set(b))) < 3:
        return None
    if a == b:
        # A child is sometimes registered on its mother's card.
        return Found("national id", "same", 0.87, 0.0002, 0.00001)
    if DamerauLevenshtein.distance(a, b, score_cutoff=1) == 1:
        return Found("national id", "one digit differs", 0.06, 0.003, 0.0001)
    return Found("national id", "different", 0.07, 0.99, 0.999)


def phones(a: tuple[str, ...], b: tuple[str, ...]) -> Found | None:
    """Compare telephone numbers, with or without the country's prefix: the last nine digits are the subscriber's."""
    if not a or not b:
        return None
    if any(x[-9:] == y[-9:] for x, y in product(a, b)):
        return Found("phone", "same", 0.6, 0.5, 0.0002)
    if any(len(x) == len(y) and DamerauLevenshtein.distance(x, y, score_cutoff=1) == 1 for x, y in product(a, b)):
        return Found("phone", "one digit differs", 0.04, 0.03, 0.001)
    return Found("phone", "different", 0.36, 0.47, 0.999)


def contacts(
    a: tuple[str, ...], contacts_a: tuple[str, ...], b: tuple[str, ...], contacts_b: tuple[str, ...]
) -> Found | None:
    """Whether they name one person to call, or one is the other's to call; that nothing is shared says nothing."""
    own_a, own_b = {x[-9:] for x in a}, {x[-9:] for x in b}
    call_a, call_b = {x[-9:] for x in contacts_a}, {x[-9:] for x in contacts_b}
    if (call_a & own_b) - own_a or (call_b & own_a) - own_b:
        return Found("contact", "one is the other's to call", 0.02, 0.4, 0.001)
    if call_a & call_b:
        return Found("contact", "same", 0.5, 0.4, 0.001)
    return None


# Homes and places --------------------------------------------------------------------------------------

# People move: one registration in five has the address of before.
ADDRESS = {"same": (0.7, 0.8, 0.0005), "close": (0.15, 0.14, 0.003), "different": (0.15, 0.06, 0.9965)}
PLACE = {"same": (0.85, 0.9), "different": (0.15, 0.1)}
# A town is never rarer than this: its people come to the same clinic.
RAREST_PLACE = 0.02


def addresses(a: tuple[str, ...], b: tuple[str, ...]) -> Found | None:
    """Compare the words of two addresses."""
    if not a or not b:
        return None
    alike = _shared(a, b)
    finding = "same" if alike == 1 else "close" if alike >= 0.7 else "different"
    return Found("address", finding, *ADDRESS[finding])


def _shared(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """The share of the shorter address's words that the other has, typing errors allowed."""
    if sorted(a) == sorted(b):
        return 1.0
    shorter, longer = sorted((a, b), key=len)
    hit = [x for x in shorter if any(x == y or (len(x) > 3 and close(x, y)) for y in longer)]
    # A street number alone, or the word "street", is no shared address.
    return min(len(hit) / len(shorter), 0.99) if sum(map(len, hit)) >= 6 else 0.0


def places(code_a: str, town_a: str, code_b: str, town_b: str, of: Callable[[str], float]) -> Found | None:
    """Compare postal code and town; one that agrees is enough, and weighs as much as it is rare."""
    shared: list[float] = []
    if code_a and code_a == code_b:
        shared.append(of(f"c{code_a}"))
    if town_a and (town_a == town_b or close(town_a, town_b)):
        shared.append(of(f"t{town_a}"))
    if shared:
        return Found("place", "same", *PLACE["same"], max(RAREST_PLACE, min(shared)))
    if (code_a and code_b) or (town_a and town_b):
        return Found("place", "different", *PLACE["different"], 0.9)
    return None


def relation(found: list[tuple[str, str]]) -> str:
    """What two people of one home may be to one another."""
    finding = dict(found)
    if finding.get("birth") == "same":
        return "perhaps twins"
    return "perhaps parent and child" if finding.get("birth") == "another generation" else "perhaps one family"
