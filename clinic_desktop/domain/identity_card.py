"""Driving licences and identity cards of North America, as their bar code or magnetic stripe says.

Source: AAMVA DL/ID Card Design Standard, annex D (PDF417) and F (magnetic stripe), versions 2000 (01) to 2020 (10), and
the DL/ID-2000 standard for version 01. Refused with a reason; what a card leaves out stays empty.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from clinic_desktop.domain import identity_stripe
from clinic_desktop.domain.identity_parts import (
    Card,
    CardError,
    any_date,
    centimetres,
    kilograms,
    split_name,
    stripped,
    whole_name,
)
from clinic_desktop.domain.refusals import Refusal

__all__ = ["Card", "CardError", "looks_like", "read"]

LONGEST: Final = 8192
_HEAD: Final = re.compile(
    r"@?[\s\x00-\x1f?]{0,8}(?:ANSI ?|AAMVA ?)(?P<iin>[0-9]{6})(?P<version>[0-9]{2})(?P<counts>[0-9]{2,4})"
    r"(?P<parts>(?:[A-Z]{2}[0-9]{8})*)"
)
_MEANT: Final = re.compile(r"@?[\s\x00-\x1f?]{0,8}(?:ANSI|AAMVA)\b|@[\s\x00-\x1f?]{0,8}(?:ANSI|AAMVA)")
_ELEMENT: Final = re.compile(r"D[A-Z]{2}")
_PEOPLE: Final = ("DL", "ID", "EN")
_SEXES: Final = {"1": "male", "M": "male", "2": "female", "F": "female"}
_NOTHING: Final = frozenset({"NONE", "UNAVL", "UNAVAIL", "N/A"})


def looks_like(text: str) -> bool:
    """Whether a scan is meant as an identity card, sound or damaged."""
    return _MEANT.match(text.lstrip()) is not None or identity_stripe.looks_like(text)


def read(text: str) -> Card:
    """What a card says. Raises CardError with the reason."""
    if len(text) > LONGEST:
        raise CardError("There is too much of it for a card.")
    text = re.sub(r"^\]L[0-9]", "", text)
    if identity_stripe.looks_like(text):
        return identity_stripe.read(text)
    head = _HEAD.match(text.lstrip())
    if head is None:
        raise CardError("The head of the card was not read whole: scan it again.")
    body = text.lstrip()[head.end() :]
    said = _elements(body, [one[:2] for one in re.findall(r"[A-Z]{2}[0-9]{8}", head["parts"])])
    if not said:
        raise CardError("The card was read, but nothing of a person stands in it.")
    return _card(said, head["iin"], int(head["version"]))


def _elements(body: str, parts: list[str]) -> dict[str, str]:
    """The elements about the person, by their three letters; those of the jurisdiction's own part are left out."""
    found: dict[str, str] = {}
    about_person = False
    lines = re.split(r"[\x00-\x1f]+", body)
    if len([line for line in lines if line.strip()]) < 2:
        raise CardError("The line ends of the card are missing: set the scanner to send control characters.")
    for line in lines:
        rest = line.lstrip()
        for name in (*_PEOPLE, *parts):
            person = name in _PEOPLE
            if rest.startswith(name) and (len(rest.strip()) == 2 or rest[2:4] == name or _begins(rest[2:], person)):
                about_person, rest = person, rest[2:]
                break
        if about_person and _ELEMENT.match(rest):
            value = stripped(rest[3:])
            if value and not found.get(rest[:3]):
                found[rest[:3]] = "" if value.upper() in _NOTHING else value
            else:
                found.setdefault(rest[:3], "")
    return found


def _begins(rest: str, person: bool) -> bool:  # noqa: FBT001 - one question, asked in one place
    return person and _ELEMENT.match(rest) is not None


def _card(said: Mapping[str, str], iin: str, version: int) -> Card:
    family, given, middle, suffix = _names(said, iin, version)
    if not family and not given:
        raise CardError("No name stands on the card: scan it again.")
    born = _day(said, "DBB", "The birth date on the card is no date.")
    expires = _day(said, "DBA", "")
    street = said.get("DAG") or said.get("DAL", "")
    second = said.get("DAH") or said.get("DAM", "")
    state = said.get("DAJ") or said.get("DAO", "")
    return Card(
        family=family, given=given, middle=middle, suffix=suffix,
        born_on=born, sex=_SEXES.get(said.get("DBC", "").upper(), ""),
        number=said.get("DAQ", ""), street=street, street_second=second, city=said.get("DAI") or said.get("DAN", ""),
        state=state, postal=said.get("DAK") or said.get("DAP", ""), country=_country(said, state, iin),
        expires_on=expires, issued_on=_day(said, "DBD", ""), iin=iin, version=version,
        height_cm=centimetres(said.get("DAU", ""), said.get("DAV", "")),
        weight_kg=kilograms(said.get("DAW", ""), said.get("DAX", "")),
        name_as_written=said.get("DAA", ""), shortened=tuple(
            name for code, name in (("DDE", "family"), ("DDF", "given"), ("DDG", "middle"))
            if said.get(code, "").upper() == "T"
        ),
    )  # fmt: skip


def _names(said: Mapping[str, str], iin: str, version: int) -> tuple[str, str, str, str]:
    if said.get("DAA") and not said.get("DCS"):
        return whole_name(said["DAA"], iin, version)
    family = (said.get("DCS") or said.get("DAB", "")).rstrip(",").strip()
    given, middle = said.get("DAC", "").rstrip(",").strip(), said.get("DAD", "").rstrip(",").strip()
    if not given and said.get("DCT"):
        given, middle = split_name(said["DCT"])
    elif "," in given and not middle:
        given, middle = split_name(given)
    return family, given, middle, said.get("DCU") or said.get("DAE", "")


def _day(said: Mapping[str, str], code: str, problem: str) -> date | None:
    written = said.get(code, "")
    if not written:
        return None
    found = any_date(written)
    if found is None and problem:
        raise CardError(problem)
    return found


_PROVINCES: Final = frozenset(
    ["AB", "BC", "MB", "NB", "NL", "NF", "NS", "NT", "NU", "ON", "PE", "PQ", "QC", "SK", "YT"]
)


def _country(said: Mapping[str, str], state: str, iin: str) -> str:
    told = said.get("DCG", "").upper()
    if told.startswith("CA") or (not told and (state in _PROVINCES or iin.startswith("6044"))):
        return "CA"
    if told in {"", "USA", "US"}:
        return "US"
    return {"MEX": "MX"}.get(told, told[:2])


def refusal(error: CardError) -> Refusal:
    """What a person is told of a card that could not be read."""
    return Refusal(error.why, field="card")
