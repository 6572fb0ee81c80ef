"""The magnetic stripe of a driving licence, three tracks in one text (AAMVA DL/ID Card Design Standard, annex F)."""

import re
from calendar import monthrange
from datetime import date
from typing import Final

from clinic_desktop.domain.identity_parts import Card, CardError, any_date, centimetres, kilograms

_TRACKS: Final = re.compile(
    r"%(?P<state>[A-Z]{2})(?P<city>[^^?]{0,13})\^?(?P<name>[^^?]{0,35})\^?(?P<street>[^^?]{0,77})\^?\s*\?"
    r"[^;]{0,4};(?P<iin>[0-9]{6})(?P<number>[0-9]{0,13})=(?P<until>[0-9]{4})(?P<born>[0-9]{8})(?P<more>[0-9]{0,5})=?\?"
    r"(?:[^#%+]{0,4}[#%+](?P<third>[^?]{0,104})\??)?"
)
_NEVER: Final = "77"  # the month of a licence that does not expire
_OF_BIRTH: Final = frozenset({"88", "99"})  # it expires with the month, or on the day, of birth


def looks_like(text: str) -> bool:
    """Whether a text is meant as such a stripe."""
    return re.match(r"\s*%[A-Z]{2}[^?]{3,130}\?[^;]{0,4};(?:636|604)[0-9]{3}", text) is not None


def read(text: str) -> Card:
    """What a stripe says. Raises CardError."""
    found = _TRACKS.match(text.strip())
    if found is None:
        raise CardError("The stripe was not read whole: draw the card through again.")
    names = [one.strip() for one in found["name"].split("$")] + ["", "", ""]
    born = any_date(found["born"])
    if not names[0] or born is None:
        raise CardError("The stripe was not read whole: draw the card through again.")
    third = found["third"] or ""
    sex, height, weight = third[29:30], third[30:33], third[33:36]
    return Card(
        family=names[0], given=names[1], middle=names[2], born_on=born,
        sex={"1": "male", "M": "male", "2": "female", "F": "female"}.get(sex, ""),
        number=found["number"] + found["more"], street=found["street"].replace("$", " ").strip(),
        city=found["city"].strip(), state=found["state"], postal=third[2:13].strip(),
        country="CA" if found["iin"].startswith("604") else "US",
        expires_on=_until(found["until"], born), iin=found["iin"],
        height_cm=centimetres(height, ""), weight_kg=kilograms(weight, ""),
    )  # fmt: skip


def _until(digits: str, born: date) -> date | None:
    """The last day: of the month told, or the day or month of birth where the month says so."""
    year, month = 2000 + int(digits[:2]), digits[2:]
    if month == _NEVER:
        return None
    of_year = born.month if month in _OF_BIRTH else int(month)
    if not 1 <= of_year <= 12:
        return None
    last = monthrange(year, of_year)[1]
    return date(year, of_year, min(born.day, last) if month == "99" else last)
