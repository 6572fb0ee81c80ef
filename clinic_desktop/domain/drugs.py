"""Reading the name of a medicine as somebody wrote it, down to the words a reference pack may know."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_LONGEST = 4
_MEASURE = re.compile(
    r"\d[\d.,]*\s*(?:mg|mcg|ug|µg|g|ml|l|iu|units?|unt|meq|mmol|hr|h|actuat|%|tablets?|capsules?)?(?![a-z])"
    r"(?:\s*/\s*(?:\d[\d.,]*\s*)?(?:mg|mcg|g|ml|l|hr|h|actuat|dose|tablet|capsule)(?![a-z]))?"
)
_BETWEEN = re.compile(r"\s*(?:/|\+|;|,|\[|\]|\(|\)|\band\b|\bwith\b)\s*")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
# Words that tell the form, release, salt or package and never the substance.
_BESIDE_THE_NAME = frozenset(
    word
    for line in (
        "oral tablet tablets tab tabs capsule capsules cap caps solution suspension syrup injection",
        "injectable injectables cream ointment gel lotion drops drop inhaler inhalant inhalation spray",
        "nasal ophthalmic otic topical rectal vaginal suppository pessary patch transdermal system pack",
        "packet powder granules sachet film coated extended delayed modified slow release er xr sr dr ec",
        "la xl cr mr chewable disintegrating effervescent dispersible sublingual prefilled syringe pen",
        "cartridge vial ampoule auto injector metered dose actuation actuations dry product hydrochloride",
        "hcl sodium potassium calcium sulfate sulphate phosphate maleate mesylate besylate besilate",
        "tartrate succinate fumarate acetate citrate nitrate trihydrate monohydrate dihydrate anhydrous",
        "hydrate hydrobromide bromide chloride base generic brand the of in for per day days daily once",
        "twice mg ml g mcg unt unit units iu hr biphasic free preservative acid allergy drug allergic to",
        "no known",
    )
    for word in line.split()
)


# Words that tell how somebody reacted and who says so: they stand beside an allergy and are none.
_BESIDE_AN_ALLERGY = frozenset(
    word
    for line in (
        "severe mild moderate serious bad rash rashes hives itch itching itchy urticaria swelling angioedema",
        "anaphylaxis anaphylactic shock wheeze vomiting nausea diarrhoea diarrhea reaction reactions reacted react",
        "intolerance intolerant sensitivity hypersensitivity possible suspected probable confirmed reported says",
        "history childhood child adult as a an at when was after since before years year old ago type unknown",
        "mother father family class all any other",
    )
    for word in line.split()
)


@dataclass(frozen=True)
class Named:
    """What was found in a written name: the ingredients or classes, and the parts that nobody knew.

    `apart` is the codes again, those of each word that was read together: a brand may hold several.
    """

    codes: tuple[str, ...]
    unknown: tuple[str, ...]
    apart: tuple[tuple[str, ...], ...] = ()


def fold(text: str) -> str:
    """Lower case, no accents, single spaces between words: the form in which names are kept and compared."""
    # Twice: a letter may only show its case once it is taken apart, and taking it apart may show an accent.
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(bare))


def phrases(text: str) -> frozenset[str]:
    """Every run of up to four words of a written name, folded: what to look up in a pack, all at once."""
    found: set[str] = set()
    for part in _parts(text):
        words = part.split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
                found.add(" ".join(words[start:end]))
    return frozenset(found)


def named(text: str, known: Mapping[str, Iterable[str]]) -> Named:
    """Read a written name against the `known` phrases, longest first; parts nobody knows are told apart."""
    codes: dict[str, None] = {}
    unknown: list[str] = []
    apart: list[tuple[str, ...]] = []
    for part in _parts(text):
        words = part.split()
        left: list[str] = []
        found, position = False, 0
        while position < len(words):
            length = _longest(words, position, known)
            if length:
                read = tuple(known[" ".join(words[position : position + length])])
                codes.update(dict.fromkeys(read))
                apart.append(read)
                found = True
            else:
                left.append(words[position])
            position += length or 1
        left = [word for word in left if word not in _BESIDE_THE_NAME and not word.isdigit()]
        if left and not found:
            unknown.append(part)
        elif said := [word for word in left if word not in _BESIDE_AN_ALLERGY and len(word) > 1]:
            # A second substance with nothing but a space before it must not pass for read.
            unknown.append(" ".join(said))
    if codes:
        unknown = [part for part in unknown if not set(part.split()) <= _BESIDE_AN_ALLERGY | _BESIDE_THE_NAME]
    return Named(tuple(codes), tuple(unknown), tuple(apart))


def _longest(words: list[str], position: int, known: Mapping[str, Iterable[str]]) -> int:
    for length in range(min(_LONGEST, len(words) - position), 0, -1):
        if " ".join(words[position : position + length]) in known:
            return length
    return 0


def _parts(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKC", text).casefold()
    whole = [fold(part) for part in _BETWEEN.split(_MEASURE.sub(" ", bare))]
    return [part for part in whole if part]
