"""Words that stand where an allergy is named, and are none: that none is known, or nothing at all.

Only what is said whole is read so: "no known allergies except latex" and "none to eggs" name something, and stay as
they are. That no allergy to *drugs* is known says nothing of food. None of it takes anything away here.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sync.port import Story
from sync.records.allergy import AllergyIntolerance
from sync.records.elements import Annotation, CodeableConcept, Coding, Reference
from sync.telling.folding import fold
from sync.telling.lenses import add, of

SNOMED = "http://snomed.info/sct"
# SNOMED CT: that no allergy is known (at all, to drugs, food, what is around us, insects, latex) is no allergy.
ANY, DRUG, FOOD, AROUND = "716186003", "409137002", "429625007", "428607008"
NONE_KNOWN = frozenset({ANY, DRUG, FOOD, AROUND, "428197003", "1003774007"})
_DISPLAY = {
    ANY: "No known allergy",
    DRUG: "No known drug allergy",
    FOOD: "No known food allergy",
    AROUND: "No known environmental allergy",
}
# An empty box is not an answer: nobody has said that none is known.
_NOTHING = frozenset({"n a", "na", "null", "not applicable", "nan"})
_MARKS = re.compile(r"[-\u2010-\u2015\u2212_./\\*~=\s]*")
# A sentence is a statement; a page of text is none.
_LONGEST = 120
_SHORT = {"nka": ANY, "nkal": ANY, "nkda": DRUG, "nkma": DRUG, "namc": DRUG, "nkfa": FOOD, "nkea": AROUND}

_WHAT = {
    DRUG: r"drug|drugs|medication|medications|medicine|medicines|med|meds|medicament\w*|medicamentos\w*|farmac\w*"
    r"|farmaci|arzneimittel\w*|medikament\w*",
    FOOD: r"food|foods|aliment\w*|nahrungsmittel\w*",
    AROUND: r"environmental|environment|seasonal|ambiental\w*|environnement\w*",
}
_NO = r"not any|without|denies|denies any|denies having|has no|have no|sin|niega|pas d|pas de|sans|ohne|sem|nega|senza"
_NONE = r"no|nil|none|zero|ninguna?|aucune?|neant|keine?|nenhuma?|nessuna?"
_KNOWN = r"known|reported|documented|active|current|previous|conocidas?|connues?|bekannten?|bekannt|conhecidas?|not[ae]"
_ALLERGY = (
    r"allergy|allergies|allergens?|allergic reactions?|intolerances?|adverse reactions?|hypersensitivit(?:y|ies)|"
    r"alergias?|allergies?|allergien?|allergi[ae]"
)
_EVERY = "|".join(_WHAT.values())
_FIRST_OF = rf"(?:{_EVERY})(?:(?: or| and| nor| o| ou| oder)? (?:{_EVERY}))*"
# "no known (drug) allergies (known) (to drugs) (known)", in their order of the words or in ours.
_SAID = re.compile(
    rf"(?:(?:the )?(?:patient|pt) )?(?:{_NONE}|{_NO})(?: (?:{_KNOWN}))?"
    rf"(?: (?P<before>{_FIRST_OF}))?(?: (?:{_ALLERGY}))(?: (?:{_KNOWN}))?"
    rf"(?: (?:to |a |aux |auf |gegen )?(?:any )?(?P<after>{_FIRST_OF}))?(?: (?:{_KNOWN}))?"
    r"(?: (?:to date|at this time))?"
)
# "none", "none known", "keine bekannt"; and "allergies: none".
_BARE = re.compile(rf"(?:(?:known )?(?:(?P<before>{_FIRST_OF}) )?(?:{_ALLERGY}) )?(?:{_NONE})(?: (?:{_KNOWN}))?")
# German writes the two as one word.
_ONE_WORD = re.compile(r"keine(?: bekannten)? (?:arzneimittel|medikamenten)allergien?(?: bekannt)?")
_APART = re.compile(r"[(),;/|:+&\[\]]| - | and | und | et | y | e ")


def none_known(text: Any) -> CodeableConcept | None:
    """The statement that none is known, in SNOMED CT beside their own words; None for anything else."""
    codes = _codes(text) if isinstance(text, str) and len(text) <= _LONGEST else []
    if not codes:
        return None
    code = ANY if ANY in codes else codes[0]
    return CodeableConcept(coding=(Coding(system=SNOMED, code=code, display=_DISPLAY[code]),), text=text.strip())


def names_one(text: Any) -> bool:
    """Whether a text names something that somebody may not bear."""
    if not isinstance(text, str) or _MARKS.fullmatch(text):
        return False
    return len(text) > _LONGEST or (_plain(text) not in _NOTHING and not _codes(text))


def say_none_known(story: Story, texts: Iterable[Any], about: Any, note: str = "") -> Story:
    """The story with the statements among some texts, unconfirmed, and none that an allergy here or there contradicts.

    `about` is the patient. Of drugs (food, ...) alone it is said beside allergies, too: they may be to something else.
    Beside what cannot be read nothing is stated: that may name one.
    """
    every = list(texts)
    if any(fold(each) is not None and not isinstance(each, str) for each in every):
        return story
    said = [each for each in every if isinstance(each, str)]
    others = any(names_one(each) for each in said) or any(map(_is_allergy, of(story, AllergyIntolerance)))
    for concept in filter(None, map(none_known, dict.fromkeys(said))):
        code = concept.coding[0].code
        stated = [one.code for one in of(story, AllergyIntolerance) if one.code]
        here = any(code in {each.code for each in one.coding} or fold(one.text) == fold(concept.text) for one in stated)
        if here or (others and code == ANY):
            continue
        made = AllergyIntolerance(
            resource_type="AllergyIntolerance",
            verification_status=_UNCONFIRMED,
            code=concept,
            patient=Reference.model_validate(about),
            note=(Annotation(text=note),) if note else (),
        )
        story = add(story, made)
    return story


_UNCONFIRMED = CodeableConcept(
    coding=(Coding(system="http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", code="unconfirmed"),)
)


def _is_allergy(one: AllergyIntolerance) -> bool:
    coded = any(each.code in NONE_KNOWN for each in one.code.coding) if one.code else False
    return not coded and (one.code is None or one.code.text is None or names_one(one.code.text))


def _codes(text: str) -> list[str]:
    """What kinds of allergy none is known of, where that is all that is said; of several parts each says it."""
    if (code := _code(_plain(text))) is not None:
        return [code]
    parts = [part for each in _APART.split(_spread(text)) if (part := _plain(each))]
    parts = [each for each in parts if not re.fullmatch(rf"(?:known )?(?:{_ALLERGY})", each)] or parts
    codes = [_code(each) for each in parts]
    return [] if not codes or None in codes else [each for each in codes if each is not None]


def _code(plain: str) -> str | None:
    if plain.replace(" ", "") in _SHORT:
        return _SHORT[plain.replace(" ", "")]
    if _ONE_WORD.fullmatch(plain):
        return DRUG
    found = _SAID.fullmatch(plain)
    if found is not None:
        return _of_what(found["before"] or found["after"])
    found = _BARE.fullmatch(plain)
    return None if found is None else _of_what(found["before"])


def _of_what(named: str | None) -> str:
    if named is None:
        return ANY
    return next(code for code, words in _WHAT.items() if re.match(rf"(?:{words})(?: |$)", named))


def _spread(text: str) -> str:
    """A text in small letters without accents, each space one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in apart if unicodedata.category(sign) not in {"Mn", "Cf"}).split())


def _plain(text: str) -> str:
    """A text as words alone: a stop within an abbreviation joins it, any other mark parts words."""
    joined = re.sub(r"(?<=\b\w)\.(?=\w\b|$|\s)", "", _spread(text))
    return " ".join(re.sub(r"[^\w]|_", " ", joined).split())
