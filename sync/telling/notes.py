"""The text of documents: what is written now, what replaced what, and how the sections of a note become one text."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sync.port import Story
from sync.records.document import Content, DocumentReference, Relation
from sync.records.elements import CodeableConcept, Coding, Reference, decoded
from sync.telling.folding import text_of_lines
from sync.telling.lenses import add, of
from sync.telling.words import LOINC, code_in

# LOINC codes of the parts of a note, in the order of reading.
SECTIONS: Mapping[str, str] = {
    "10154-3": "Chief complaint",
    "10164-2": "History",
    "10187-3": "Review of systems",
    "29545-1": "Examination",
    "51848-0": "Assessment",
    "18776-5": "Plan",
}
ADDENDUM = "55107-7"


def text_of(document: DocumentReference) -> str | None:
    """The text of a document; None where it holds something else than text, or nothing."""
    for each in document.content:
        kind = (each.attachment.content_type or "text/plain").partition(";")[0].strip().lower()
        data = each.attachment.data
        if kind == "text/plain" and isinstance(data, str):
            try:
                return decoded(data).decode()
            except (binascii.Error, UnicodeDecodeError):
                return None
    return None


def plain(text: str) -> list[dict[str, Any]]:
    """A text as the JSON of a document holds it."""
    data = base64.b64encode(text.encode()).decode()
    return [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}]


def content(text: str) -> tuple[Content, ...]:
    """A text as a document holds it."""
    return tuple(Content.model_validate(each) for each in plain(text))


def written(text: str, *, code: str = ADDENDUM, subject: Reference | None = None) -> DocumentReference:
    """A text as a document of its own."""
    return DocumentReference(
        resource_type="DocumentReference",
        status="current",
        type=CodeableConcept(coding=(Coding(system=LOINC, code=code),)),
        subject=subject,
        content=content(text),
    )


def current(documents: Iterable[DocumentReference]) -> list[DocumentReference]:
    """The documents that hold now."""
    return [each for each in documents if each.status not in {"superseded", "entered-in-error"}]


def section_of(document: DocumentReference) -> str | None:
    """The LOINC code of a part of a note."""
    return code_in(document.type, LOINC)


def note_of(story: Story) -> str | None:
    """The parts of a note as one text, in the order of reading, addenda last; each known part with its heading."""
    texts = [(each, text) for each in current(of(story, DocumentReference)) if (text := text_of(each))]
    order = list(SECTIONS)

    def place(pair: tuple[DocumentReference, str]) -> int:
        code = section_of(pair[0])
        return order.index(code) if code is not None and code in order else len(order)

    parts = [
        f"{heading}: {text}" if (heading := SECTIONS.get(section_of(document) or "")) else text
        for document, text in sorted(texts, key=place)
    ]
    return "\n\n".join(parts) or None


def lay_note(story: Story, text: str | None) -> Story:
    """Lay a text over a note: what was only added is an addendum; anything else supersedes, and erases nothing."""
    before = note_of(story)
    documents = current(of(story, DocumentReference))
    subject = next((each.subject for each in documents if each.subject), None)
    old, new = text_of_lines(before or ""), text_of_lines(text or "")
    if old and new.startswith(f"{old}\n"):
        return add(story, written(new[len(old) + 1 :], subject=subject))
    replaced = {id(each) for each in documents}
    rest = tuple(
        each.model_copy(update={"status": "superseded"}) if id(each) in replaced else each for each in story.rest
    )
    made = written(text, subject=subject) if text else None
    if made is not None:
        relations = tuple(
            Relation(code="replaces", target=Reference(reference=f"DocumentReference/{each.id}"))
            for each in documents
            if each.id
        )
        made = made.model_copy(update={"relates_to": relations})
    story = replace(story, rest=rest)
    return add(story, made) if made is not None else story


def with_marker(text: str | None, marker: str) -> str:
    """A text with our marker in a line of its own at its end; none is put twice."""
    bare = without_marker(text or "")
    return f"{bare}\n{marker}".strip() if marker else bare


def without_marker(text: str) -> str:
    """A text without the line of a marker of ours, be there lines of theirs behind it."""
    lines = text.rstrip().split("\n")
    kept = [line for line in lines if not is_marker(line)]
    return text if len(kept) == len(lines) else "\n".join(kept).rstrip()


def is_marker(line: str) -> bool:
    """Whether a line is a marker: ``ref CW-7F3K9Q2M``."""
    word, _space, number = line.strip().partition(" ")
    return word == "ref" and number.startswith("CW-") and number[3:].isalnum()


def marked(text: object, marker: str) -> bool:
    """Whether a line of a text is this marker: others may have written on behind it."""
    return bool(marker) and isinstance(text, str) and marker.strip() in map(str.strip, text.split("\n"))
