"""Communication and Task: what was said, and what is to be done."""

from typing import Literal

from pydantic import Field

from sync.records.elements import (
    Annotation,
    Attachment,
    Code,
    CodeableConcept,
    DateTime,
    Element,
    Period,
    Reference,
    Resource,
    Text,
)


class Payload(Element):
    """A part of a message."""

    content_string: Text | None = None
    content_attachment: Attachment | None = None
    content_reference: Reference | None = None


class Communication(Resource):
    """A message that was sent, or was not."""

    resource_type: Literal["Communication"]
    status: Literal[
        "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"
    ]
    category: tuple[CodeableConcept, ...] = ()
    priority: Literal["routine", "urgent", "asap", "stat"] | None = None
    subject: Reference | None = None
    topic: CodeableConcept | None = None
    encounter: Reference | None = None
    sent: DateTime | None = None
    received: DateTime | None = None
    recipient: tuple[Reference, ...] = ()
    sender: Reference | None = None
    payload: tuple[Payload, ...] = ()
    note: tuple[Annotation, ...] = ()


class Task(Resource):
    """Something that somebody is to do."""

    resource_type: Literal["Task"]
    status: Literal[
        "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold",
        "failed", "completed", "entered-in-error",
    ]  # fmt: skip
    status_reason: CodeableConcept | None = None
    intent: Code
    priority: Literal["routine", "urgent", "asap", "stat"] | None = None
    code: CodeableConcept | None = None
    description: Text | None = None
    focus: Reference | None = None
    for_: Reference | None = Field(None, alias="for")
    encounter: Reference | None = None
    execution_period: Period | None = None
    authored_on: DateTime | None = None
    last_modified: DateTime | None = None
    requester: Reference | None = None
    owner: Reference | None = None
    note: tuple[Annotation, ...] = ()
