"""A document, or the note of a visit <-> a clinical document of the Healthcare Records API."""

from typing import Any

from sync.port import Kind, Links, Story
from sync.records.document import Content, DocumentReference
from sync.records.elements import Attachment, CodeableConcept, Period, Reference
from sync.records.encounter import Encounter, Participant
from sync.remotes.healthcare_records.mapping.immunization import named
from sync.remotes.healthcare_records.mapping.patient import SYSTEM
from sync.telling.folding import day, fold
from sync.telling.lenses import Lens, change, first_of, in_words, left, shown
from sync.telling.notes import content, lay_note, note_of, text_of
from sync.telling.words import THERE, code_in, meant, refer, snake, told_id, with_code, words

# The type under which the note of a visit is kept there; every other document is one.
NOTE = "clinical_note"
TYPE = f"{THERE}:{SYSTEM}:document-type"
NO_TEXT = "This system takes text alone: this document is a file, and stays here."
NO_NOTE = "The visit has no written note yet: it is told when there is one."
CLASSIFICATION = "confidential"
REFERENCE = "client_ref"


def _subject(story: Story) -> Reference | None:
    return story.first.subject if isinstance(story.first, (Encounter, DocumentReference)) else None


def _patient(story: Story, links: Links) -> Any:
    return told_id(_subject(story), SYSTEM, Kind.PATIENT, links)


def _put_patient(story: Story, value: Any, links: Links) -> Story:
    return change(story, subject=refer(SYSTEM, Kind.PATIENT, value, links))


def fold_metadata(value: Any) -> Any:
    """Of what is kept beside a document, the day of the visit alone is compared: the rest is theirs, or our marker."""
    return fold(value.get("visit_date")) if isinstance(value, dict) else fold(value)


def _type(story: Story, _links: Links) -> Any:
    kind = first_of(story, DocumentReference).type
    said = snake(words(with_code(kind, TYPE, None)) if kind else None)
    return code_in(kind, TYPE) or (said if said and said != NOTE else None) or "clinical_document"


def _put_type(story: Story, value: Any, _links: Links) -> Story:
    before = first_of(story, DocumentReference).type
    return change(story, type=with_code(before, TYPE, value if isinstance(value, str) else None))


def _title(story: Story, _links: Links) -> Any:
    document = first_of(story, DocumentReference)
    kind = document.type
    return document.description or (words(with_code(kind, TYPE, None)) if kind else None) or "Document"


def _put_title(story: Story, value: Any, _links: Links) -> Story:
    return change(story, description=value or None)


def _content(story: Story, _links: Links) -> Any:
    return text_of(first_of(story, DocumentReference))


def _put_content(story: Story, value: Any, _links: Links) -> Story:
    made = content(value) if isinstance(value, str) and value else ()
    return _on(change(story, content=made), _day_of(first_of(story, DocumentReference)))


def _day_of(document: DocumentReference) -> str | None:
    """The day that a document says with no time of day: `date` of a DocumentReference can hold none."""
    return next((each.attachment.creation for each in document.content if each.attachment.creation), None)


def _on(story: Story, when: str | None) -> Story:
    """The document with its day beside its text: no time and no zone is made up for it."""
    if when is None:
        return story
    first, *others = first_of(story, DocumentReference).content or (Content(attachment=Attachment()),)
    dated = first.model_copy(update={"attachment": first.attachment.model_copy(update={"creation": when})})
    return change(story, content=(dated, *others))


def _author(story: Story, _links: Links) -> Any:
    return named(story, next(iter(first_of(story, DocumentReference).author), None))


def _put_author(story: Story, value: Any, _links: Links) -> Story:
    made = (Reference(display=value),) if value else ()
    return change(story, author=(*made, *first_of(story, DocumentReference).author[1:]))


def _classification(story: Story, _links: Links) -> Any:
    labels = first_of(story, DocumentReference).security_label
    return (words(labels[0]) if labels else None) or CLASSIFICATION


def _put_classification(story: Story, value: Any, _links: Links) -> Story:
    made = (concept,) if (concept := meant(value)) else ()
    return change(story, security_label=(*made, *first_of(story, DocumentReference).security_label[1:]))


def _metadata(story: Story, _links: Links) -> Any:
    document = first_of(story, DocumentReference)
    when = day(document.date) or day(_day_of(document))
    return {"visit_date": when} if when else None


def _put_metadata(story: Story, value: Any, _links: Links) -> Story:
    when = day(value.get("visit_date")) if isinstance(value, dict) else None
    return _on(change(story, date=None), when) if when else story


_STAMPS = (shown("created_at"), shown("updated_at"))
DOCUMENT = (
    Lens("patient_id", _patient, _put_patient),
    Lens("document_type", _type, _put_type),
    Lens("title", _title, _put_title),
    Lens("content", _content, _put_content),
    Lens("author", _author, _put_author),
    Lens("classification", _classification, _put_classification),
    Lens("metadata", _metadata, _put_metadata, fold_metadata),
    *_STAMPS,
)


def _note_type(_story: Story, _links: Links) -> Any:
    return NOTE


def _visit_title(story: Story, _links: Links) -> Any:
    types = first_of(story, Encounter).type
    return (words(types[0]) if types else None) or "Visit"


def _put_visit_title(story: Story, value: Any, _links: Links) -> Story:
    made = (CodeableConcept(text=value),) if value else ()
    return change(story, type=(*made, *first_of(story, Encounter).type[1:]))


def _note(story: Story, _links: Links) -> Any:
    return note_of(story)


def _put_note(story: Story, value: Any, _links: Links) -> Story:
    return lay_note(story, value if isinstance(value, str) else None)


def _seer(story: Story, _links: Links) -> Any:
    people = first_of(story, Encounter).participant
    return named(story, people[0].individual) if people else None


def _put_seer(story: Story, value: Any, _links: Links) -> Story:
    made = (Participant(individual=Reference(display=value)),) if value else ()
    return change(story, participant=(*made, *first_of(story, Encounter).participant[1:]))


def _secret(_story: Story, _links: Links) -> Any:
    return CLASSIFICATION


def _visit_metadata(story: Story, _links: Links) -> Any:
    period = first_of(story, Encounter).period
    when = day(period.start) if period else None
    return {"visit_date": when} if when else None


def _put_visit_metadata(story: Story, value: Any, _links: Links) -> Story:
    when = day(value.get("visit_date")) if isinstance(value, dict) else None
    period = first_of(story, Encounter).period or Period()
    return change(story, period=period.model_copy(update={"start": when})) if when else story


VISIT = (
    Lens("patient_id", _patient, _put_patient),
    in_words(Lens("document_type", _note_type, left), {NOTE}),
    Lens("title", _visit_title, _put_visit_title),
    Lens("content", _note, _put_note),
    Lens("author", _seer, _put_seer),
    Lens("classification", _secret, left),
    Lens("metadata", _visit_metadata, _put_visit_metadata, fold_metadata),
    *_STAMPS,
)
