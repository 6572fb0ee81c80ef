"""DocumentReference and Binary: a document, and the bytes of one."""

from typing import Literal

from sync.records.elements import (
    Attachment,
    Base64,
    Code,
    CodeableConcept,
    Coding,
    Element,
    Instant,
    Period,
    Reference,
    Resource,
    Text,
)


class Relation(Element):
    """What a document is to another."""

    code: Literal["replaces", "transforms", "signs", "appends"]
    target: Reference


class Content(Element):
    """The document itself, in one of its forms."""

    attachment: Attachment
    format: Coding | None = None


class Context(Element):
    """What was going on when it came about."""

    encounter: tuple[Reference, ...] = ()
    period: Period | None = None


class DocumentReference(Resource):
    """A document with what is known of it."""

    resource_type: Literal["DocumentReference"]
    status: Literal["current", "superseded", "entered-in-error"]
    doc_status: Literal["preliminary", "final", "amended", "entered-in-error"] | None = None
    type: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    date: Instant | None = None
    author: tuple[Reference, ...] = ()
    authenticator: Reference | None = None
    relates_to: tuple[Relation, ...] = ()
    description: Text | None = None
    security_label: tuple[CodeableConcept, ...] = ()
    content: tuple[Content, ...]
    context: Context | None = None


class Binary(Resource):
    """Bytes of any kind."""

    resource_type: Literal["Binary"]
    content_type: Code
    data: Base64 | None = None
