"""What a mapping gives and takes: the columns of a row, the records it points to, and the resource it stands for."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sync.records.elements import CodeableConcept, Reference
from sync.records.exact import Json

Values = dict[str, Any]
Row = Mapping[str, Any]
# Where a record is found by those who refer to it: its table and id, then the reference.
Pointer = Callable[[str, str | None], Json | None]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True)
class Mapped:
    """One resource as the chart keeps it: columns, what it points to, and the names of those it speaks of."""

    values: Values
    links: Mapping[str, Reference] = field(default_factory=dict)
    names: Mapping[str, Reference] = field(default_factory=dict)
    parts: tuple[Values, ...] = ()
    # What stands in another row that is made with it: needed to write it, never a column.
    facts: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Meaning:
    """The first coded meaning of a concept, and its words."""

    system: str | None = None
    code: str | None = None
    title: str = ""


def meaning(concept: CodeableConcept | None, prefer: str | None = None) -> Meaning:
    """Read a concept: its first coding, or that of the preferred code system; the words as somebody would say them."""
    if concept is None:
        return Meaning()
    codings = [each for each in concept.coding if each.code or each.display]
    chosen = next((each for each in codings if prefer is not None and each.system == prefer), None)
    chosen = chosen or (codings[0] if codings else None)
    if chosen is None:
        return Meaning(title=concept.text or "")
    title = concept.text or chosen.display or next((each.display for each in codings if each.display), "") or ""
    return Meaning(chosen.system, chosen.code, title or chosen.code or "")


def first(concepts: tuple[CodeableConcept, ...], prefer: str | None = None) -> Meaning:
    """The first of several concepts."""
    return meaning(concepts[0], prefer) if concepts else Meaning()


def titles(concepts: tuple[CodeableConcept, ...]) -> str | None:
    """What several concepts are called, each once."""
    return "; ".join(dict.fromkeys(filter(None, (meaning(each).title for each in concepts)))) or None


def code_of(concept: CodeableConcept | None) -> str | None:
    """The code of a concept of FHIR's own, such as a clinical status."""
    return meaning(concept).code


def concept(system: str | None, code: str | None, title: str | None) -> Json | None:
    """Write a concept; None where there is nothing to say."""
    if not code:
        return {"text": title} if title else None
    coding = clean(system=system, code=code, display=title or None)
    return {"coding": [coding], "text": title} if title else {"coding": [coding]}


def status(system: str, code: str | None) -> Json | None:
    """Write a concept of one of FHIR's own code systems."""
    return {"coding": [{"system": system, "code": code}]} if code else None


def clean(**members: Any) -> Json:
    """An object of the members that are there, with FHIR's spelling of names."""
    return {_camel(name): value for name, value in members.items() if value not in (None, "", [], {})}


def listed(value: Json | None) -> list[Json] | None:
    """A list of one, or nothing."""
    return None if value is None else [value]


def notes(texts: tuple[Any, ...]) -> str | None:
    """Remarks as one text."""
    return "\n".join(note.text for note in texts) or None


def written_notes(text: str | None) -> list[Json] | None:
    """A text as remarks."""
    return [{"text": text}] if text else None


def amount(part: object) -> str:
    """A quantity in words, its number and its comparator as they were written; empty where there is no number."""
    if not isinstance(part, dict) or part.get("value") is None:
        return ""
    value = part["value"]
    return f"{part.get('comparator') or ''}{getattr(value, 'text', value)} {_unit(part)}".strip()


def between(part: object) -> str:
    """A range in words: from one amount to another, from one on, or up to one."""
    ends = part if isinstance(part, dict) else {}
    low, high = (each if isinstance(each, dict) else {} for each in (ends.get("low"), ends.get("high")))
    least, most = amount(low), amount(high)
    if least and most:
        # "1–2 tablets" where both are of one unit.
        return f"{amount({**low, 'unit': '', 'code': ''}) if _unit(low) == _unit(high) else least}–{most}"
    return f"≥ {least}" if least else f"≤ {most}" if most else ""


def holds(text: str, words: str) -> bool:
    """Whether a text says these very words: 5 mg stands in "Warfarin 5mg", and not in 2.5 mg nor in 5 mg/mL."""
    return any(_holds(form(text), form(words)) for form in (_plain, lambda each: _CLOSE.sub("", _plain(each))))


_CLOSE = re.compile(r"(?<=\d) (?=[^\W\d_])")
_PARTS = frozenset(".,:/-\u2010\u2011\u2012\u2013")
_SIGNS = frozenset("<>\u2264\u2265~\u00b1+-\u2010\u2011\u2012\u2013")


def _unit(part: Mapping[str, Any]) -> str:
    return str(part.get("unit") or part.get("code") or "")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _holds(text: str, words: str) -> bool:
    at = text.find(words)
    while words and at >= 0:
        before, after = text[:at], text[at + len(words) :]
        if not (before[-1:] in _SIGNS or _goes_on(before[::-1]) or _goes_on(after)):
            return True
        at = text.find(words, at + 1)
    return False


def _goes_on(text: str) -> bool:
    """Whether a word or a figure goes on in what stands next to it: a letter, a vowel sign, a fraction, a unit."""
    if text[:1] in _PARTS:
        text = text[1:]
    return text[:1].isalnum() or unicodedata.category(text[:1] or " ").startswith("M")


@cache
def _camel(name: str) -> str:
    head, *tail = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in tail)
