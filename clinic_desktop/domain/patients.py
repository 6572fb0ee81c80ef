"""People's names, births and identities: how they are folded for finding, shown, and what is refused."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from clinic_desktop.domain.refusals import Refusal

Precision = Literal["day", "month", "year", "estimated", "unknown"]
SEXES = ("female", "male", "other", "unknown")
PRECISIONS = ("day", "month", "year", "estimated", "unknown")
BLOOD_TYPES = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")
# HL7 v3 MaritalStatus, by its codes: S, M, T, D, L, W.
MARITAL_STATUSES = ("never_married", "married", "partnership", "divorced", "separated", "widowed")
PHONE_KINDS = ("mobile", "home", "work")

# The oldest age that was ever proved is 122 (Gerontology Research Group); over 120 is nearly always a typing error.
OLDEST_YEARS = 120

APOSTROPHES = "'’‘ʼʻ`´ʹ′"
# Letters that Unicode does not take apart, though people type them without their stroke.
LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i",
        "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ـ": None,
    }
    | dict.fromkeys(APOSTROPHES)
)  # fmt: skip
# Marks that a person may leave out: accents, Hebrew points, Arabic vowels and hamza. Indian, Thai and kana marks are
# a part of the letter and stay.
LOOSE_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x06D6, 0x06ED), (0x0730, 0x074A), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
# Scripts written without spaces, where one sign is a word to look for: ideographs, kana, Hangul syllables.
SIGNS = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


def fold(text: str) -> str:
    """Fold a text: accents, case, width and kinds of apostrophe make no difference; every script keeps its letters."""
    if text.isascii():
        return text.casefold().translate(LETTERS)
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in apart if not _within(c, LOOSE_MARKS) and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", bare.translate(LETTERS))


def words_of(text: str) -> list[str]:
    """The folded words of a text; each ideograph, kana and Hangul syllable is a word of its own."""
    return list(_words(text))


# A name is taken apart for its key, for the search and for its spelling, one right after the other.
@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    found: list[str] = []
    word: list[str] = []
    for letter in fold(text):
        sign = _within(letter, SIGNS)
        if sign or _parts_words(letter):
            if word:
                found.append("".join(word))
                word = []
            if sign:
                found.append(letter)
        else:
            word.append(letter)
    if word:
        found.append("".join(word))
    return tuple(found)


def name_key(name: str) -> str:
    """The key a name is sorted and looked up by; a name of nothing but signs is its own key."""
    return " ".join(words_of(name)) or " ".join(name.casefold().split())


def searchable_words(*names: str) -> list[str]:
    """Every word a name can be found by: its words, and those with a hyphen also in one piece, in order, once each."""
    found: dict[str, None] = {}
    for name in names:
        found |= dict.fromkeys(words_of(name))
        for piece in name.split():
            parts = words_of(piece)
            if len(parts) > 1 and not any(_within(part[0], SIGNS) for part in parts):
                found["".join(parts)] = None
            if any(mark in piece for mark in APOSTROPHES):
                found |= dict.fromkeys(words_of(re.sub(f"[{APOSTROPHES}]", " ", piece)))
    return list(found)


def digits_of(number: str) -> str:
    """The digits of a telephone number, in any script, with no trunk or international zeros in front."""
    if number.isascii():
        return "".join(filter(str.isdigit, number)).lstrip("0")
    digits = "".join(
        str(unicodedata.digit(c)) for c in number if c.isdigit() and unicodedata.decimal(c, None) is not None
    )
    return digits.lstrip("0")


def identifier_of(text: str) -> str:
    """An identity number as it is compared: letters and digits only, in one case."""
    return "".join(c for c in fold(text) if c.isalnum())


def show_name(family_name: str, given_names: str) -> str:
    """Write a name as it is shown everywhere: ``FAMILY, Given``."""
    family = family_name.upper() if family_name.isascii() else "".join(_capital(letter) for letter in family_name)
    return f"{family}, {given_names}" if family and given_names else family or given_names


def _capital(letter: str) -> str:
    # One letter stays one letter, and Georgian capitals are left out: few fonts have them and no name is written so.
    capital = letter.upper()
    return letter if len(capital) != 1 or "\u10d0" <= letter <= "\u10ff" else capital


def _within(letter: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    code = ord(letter)
    return code >= 0x300 and any(first <= code <= last for first, last in ranges)


def _parts_words(letter: str) -> bool:
    if letter.isascii():
        return not letter.isalnum()
    return unicodedata.category(letter)[0] in "ZP" or unicodedata.category(letter) == "Cc"


@dataclass(frozen=True)
class Age:
    """An age in the unit a clinician uses: ``80 years``, ``14 months``, ``3 weeks``, ``5 days``."""

    count: int
    unit: Literal["years", "months", "weeks", "days"]


def age(born_on: date, today: date) -> Age:
    """Work out an age: days under 4 weeks, weeks under 1 year, months under 2 years, then years.

    Source: NHS common user interface, "Patient Banner", age bands (one unit only).
    """
    days = max((today - born_on).days, 0)
    months = (today.year - born_on.year) * 12 + today.month - born_on.month - (today.day < born_on.day)
    if days < 28:
        return Age(days, "days")
    if months < 12:
        return Age(days // 7, "weeks")
    if months < 24:
        return Age(months, "months")
    return Age(months // 12, "years")


# An answer of "not pregnant" is asked for again after about a cycle; a pregnancy is over ten months after it was told.
_NOT_PREGNANT_HOLDS = timedelta(days=30)
_PREGNANT_HOLDS = timedelta(days=300)
# The ages, in months, at which a pregnancy is thought of before a medicine that harms one: 10 to 54 years, wider than
# the 15 to 49 of WHO statistics, as in the MHRA's rules for valproate ("under 55 years").
_MAY_BE_PREGNANT = (120, 660)


def pregnancy_known(answer: bool | None, asked_on: date | None, today: date) -> bool | None:  # noqa: FBT001 - a fact
    """What the last answer about pregnancy says today; None where nobody asked, or too long ago."""
    if answer is None:
        return None
    if asked_on is None:
        return True if answer else None
    holds = _PREGNANT_HOLDS if answer else _NOT_PREGNANT_HOLDS
    return answer if today - asked_on <= holds else None


def may_be_pregnant(sex: str | None, ages: tuple[int, int] | None) -> bool:
    """Whether somebody of this sex, of an age between these two in months, may be pregnant; not known counts as may."""
    if sex == "male":
        return False
    first, last = _MAY_BE_PREGNANT
    return ages is None or (ages[1] >= first and ages[0] < last)


def read_birth_date(text: str, today: date) -> date | None:
    """Read a whole date as people type it: ``14/7/1945``, ``14.7.45``, ``1945-07-14``, ``14 jul 1945``; else None.

    Day before month always; two figures of a year mean the last such year.
    """
    text = fold(text).strip()
    if match := re.fullmatch(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})", text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", text):
        return _date(_year(match[3], today), int(match[2]), int(match[1]))
    if match := re.fullmatch(r"(\d{1,2})[-/. ]?([a-z]{3})[a-z]*[-/. ]?(\d{4})", text):
        return _date(int(match[3]), MONTHS.get(match[2], 0), int(match[1]))
    return None


MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


def _year(text: str, today: date) -> int:
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year if year <= today.year else year - 100


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


MANY_LINES = frozenset({"address", "alert"})
LONGEST, LONGEST_NOTE = 500, 2000
# Unicode Standard Annex 9: embeddings, overrides and isolates turn what stands beside them around.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and signs that are drawn as nothing: Hangul fillers and the empty Braille cell.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def require_sound(fields: Mapping[str, object], today: date) -> None:
    """Refuse what cannot be a person's registration; each refusal names its field."""
    _require_characters(fields)
    family, given = str(fields.get("family_name") or ""), str(fields.get("given_names") or "")
    if not visible(family) and not visible(given):
        raise Refusal("Give a name: the family name, or the only name there is.", field="family_name")
    if fields.get("sex") not in SEXES:
        raise Refusal("Choose the sex; “unknown” is a choice.", field="sex")
    precision, born_on = fields.get("born_precision"), fields.get("born_on")
    if precision not in PRECISIONS:
        raise Refusal("Say how exactly the birth date is known.", field="born_on")
    if (born_on is None) != (precision == "unknown"):
        raise Refusal("Give a birth date, an age, or “unknown”.", field="born_on")
    if isinstance(born_on, date):
        _require_birth(born_on, today)
    require_reachable(fields)
    for name, (known, words) in _CHOSEN.items():
        if fields.get(name) and fields[name] not in known:
            raise Refusal(words, field=name)
    share = fields.get("insurance_share")
    if share is not None and not (isinstance(share, int) and 0 <= share <= 100):
        raise Refusal("The insurer's share is between 0 and 100 percent.", field="insurance_share")
    if not fields.get("insurer") and (share or fields.get("insurance_number")):
        raise Refusal("Name the insurer.", field="insurer")


def require_reachable(fields: Mapping[str, object]) -> None:
    """Refuse an e-mail address or a telephone number that can be none, of a person or a place."""
    email = str(fields.get("email") or "")
    if email and ("@" not in email.strip("@") or any(c.isspace() for c in email.strip())):
        raise Refusal("This is not an e-mail address.", field="email")
    for name in ("phone", "other_phone"):
        if fields.get(name) and len(digits_of(str(fields[name]))) < 3:
            raise Refusal("A telephone number has at least three digits.", field=name)


_CHOSEN = {
    "blood_type": (BLOOD_TYPES, "This is not a blood type."),
    "marital_status": (MARITAL_STATUSES, "Choose the marital status from the list."),
    "phone_kind": (PHONE_KINDS, "Choose what kind of telephone it is."),
}


def _require_characters(fields: Mapping[str, object]) -> None:
    """Refuse control characters and halves of characters, also in the names and contacts within; notes keep lines."""
    for name, value in fields.items():
        if isinstance(value, (tuple, list)):
            for inner in value:
                if isinstance(inner, Mapping):
                    _require_characters({name: " ".join(str(part) for part in inner.values() if part)})
            continue
        kept = "\n\t" if name in MANY_LINES else ""
        plain = isinstance(value, str) and value.isascii() and value.isprintable()
        if isinstance(value, str) and not plain and any(unseen(c) and c not in kept for c in value):
            raise Refusal("This holds a character that cannot be seen. Type it again.", field=name)
        most = LONGEST_NOTE if name in MANY_LINES else LONGEST
        if isinstance(value, str) and len(value) > most:
            raise Refusal("This is longer than {most} letters.", field=name, most=most)


def unseen(character: str) -> bool:
    """Controls, halves of characters, separators of lines, and what turns the direction of the text around it.

    The joiners (U+200C, U+200D) and the marks U+200E and U+200F stay: names of several scripts need them.
    """
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _TURNS


def _require_birth(born_on: date, today: date) -> None:
    # A clinic's own day may be a day ahead of the clock's: somebody born today abroad is not refused.
    if born_on > today + timedelta(days=1):
        raise Refusal("The birth date is in the future.", field="born_on")
    if today.year - born_on.year > 150:
        raise Refusal("Nobody is that old: check the year of birth.", field="born_on")


def warnings(fields: Mapping[str, object], today: date) -> tuple[tuple[str, str], ...]:
    """What is odd but may be true, as (field, words): shown beside the field, never refused."""
    found: list[tuple[str, str]] = []
    born_on = fields.get("born_on")
    if isinstance(born_on, date) and today.year - born_on.year > OLDEST_YEARS:
        found.append(("born_on", "This makes the patient more than 120 years old."))
    if fields.get("phone") and len(digits_of(str(fields["phone"]))) < 6:
        found.append(("phone", "This telephone number is short."))
    return tuple(found)


def looks_like_another(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Whether a change makes another person of a registration: name, birth and sex, all three at once."""
    name = any(fold(str(before[part] or "")) != fold(str(after[part] or "")) for part in ("family_name", "given_names"))
    born = before["born_on"] is not None and str(before["born_on"]) != str(after["born_on"])
    sex = before["sex"] != "unknown" and before["sex"] != after["sex"]
    return name and born and sex


def require_same_person(before: Mapping[str, object], after: Mapping[str, object], reason: str) -> None:
    """Refuse to make another person of a registration unless somebody says why it is the same one."""
    if not reason.strip() and looks_like_another(before, after):
        raise Refusal(
            "Name, birth and sex all differ: this looks like another person. Say why it is the same one.",
            field="reason",
        )


def visible(text: str) -> bool:
    """Whether anything of a text can be seen."""
    return any(unicodedata.category(c)[0] not in "ZC" and c not in _BLANK for c in text)
