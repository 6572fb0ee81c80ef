"""DocumentReference: a document and where its content is."""

from sync.records.elements import (
    Attachment,
    Code,
    CodeableConcept,
    Element,
    Instant,
    Period,
    Reference,
    Resource,
    Text,
)


class Content(Element):
    """The content of a document."""

    attachment: Attachment


class Relation(Element):
    """What a document replaces or adds to."""

    code: Code | None = None
    target: Reference | None = None


class Context(Element):
    """The visit that a document belongs to."""

    encounter: tuple[Reference, ...] = ()
    period: Period | None = None


class DocumentReference(Resource):
    """A document and where its content is."""

    status: Code | None = None
    doc_status: Code | None = None
    type: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    date: Instant | None = None
    author: tuple[Reference, ...] = ()
    authenticator: Reference | None = None
    relates_to: tuple[Relation, ...] = ()
    description: Text | None = None
    security_label: tuple[CodeableConcept, ...] = ()
    content: tuple[Content, ...] = ()
    context: Context | None = None
