"""Templates of letters: texts with named places, a fixed list of them, filled in once and never run.

A place is a name between braces, ``{patient.name}``. What is put in is put in as it is: a name that holds braces is no
place again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clinic_desktop.domain import documents
from clinic_desktop.domain.refusals import Refusal

# Each place, and what stands there in the example that an administrator sees.
PLACES: Mapping[str, str] = {
    "patient.name": "OKAFOR, Adaeze",
    "patient.family": "Okafor",
    "patient.given": "Adaeze",
    "patient.born": "14-Jul-1985",
    "patient.age": "41 y",
    "patient.sex": "female",
    "patient.mrn": "MRN-A7-000123-4",
    "visit.date": "27-Nov-2026",
    "visit.diagnoses": "J20.9 Acute bronchitis, unspecified",
    "problems": "Hypertension; Asthma",
    "medicines": "amlodipine 5 mg once a day",
    "allergies": "penicillin (rash)",
    "author": "Dr Example",
    "today": "29-Nov-2026",
    "clinic.name": "Example Clinic",
    "clinic.phone": "+1 555 0100",
}
# What somebody suffers from and is treated with: not for the eyes of an employer or a school.
TELLING = frozenset({"visit.diagnoses", "problems", "medicines", "allergies"})
LONGEST_NAME = 80
_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")


@dataclass(frozen=True, repr=False)
class Template:
    """A template as it is written: its name in the list, the kind of document, the title and text it begins with."""

    name: str
    kind: str
    title: str
    body: str


def places(text: str) -> tuple[str, ...]:
    """The places in a text, each once, as they are written."""
    return tuple(dict.fromkeys(found.strip() for found in _PLACE.findall(text)))


def require_template(new: Template) -> Template:
    """The template as it is kept. Raises Refusal naming every place that there is not."""
    name = " ".join(new.name.split())
    if not name:
        raise Refusal("Give the template a name.", field="name")
    if len(name) > LONGEST_NAME:
        raise Refusal("This is too long: {longest} characters at most.", field="name", longest=LONGEST_NAME)
    if new.kind not in documents.BY_KEY or not documents.BY_KEY[new.kind].written_here:
        raise Refusal("Choose a kind of document that is written here.", field="kind")
    if "\0" in new.body or "\0" in new.title or "\0" in name:
        raise Refusal("There is a character in it that cannot be kept.", field="body")
    title = documents.require_title(new.title)
    if not new.body.strip():
        raise Refusal("Write the text.", field="body")
    if len(new.body) > documents.LONGEST_BODY:
        raise Refusal(
            "The text is too long: {longest} characters at most.", field="body", longest=documents.LONGEST_BODY
        )
    for field, text in (("title", title), ("body", new.body)):
        _require_places(text, field, new.kind)
    return Template(name, new.kind, title, new.body)


def _require_places(text: str, field: str, kind: str) -> None:
    found = places(text)
    if unknown := [place for place in found if place not in PLACES]:
        raise Refusal("There is no such place: {places}", field=field, places=_listed(unknown))
    if kind == "sick_note" and (telling := [place for place in found if place in TELLING]):
        raise Refusal("A sick note goes to others and names no illness: {places}", field=field, places=_listed(telling))


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled in; one that has no value stays as it is written, to be seen and mended."""
    return _PLACE.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def _listed(found: list[str]) -> str:
    return ", ".join(f"{{{place}}}" for place in found)
