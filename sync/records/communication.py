"""Communication and Task: what people tell and ask each other."""

from typing import Any

from pydantic import Field

from sync.records.elements import (
    Annotation,
    Code,
    CodeableConcept,
    DateTime,
    Reference,
    Resource,
    Text,
)


class Communication(Resource):
    """A notice to somebody."""

    status: Code | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: Code | None = None
    subject: Reference | None = None
    topic: CodeableConcept | None = None
    about: tuple[Reference, ...] = ()
    sent: DateTime | None = None
    received: DateTime | None = None
    recipient: tuple[Reference, ...] = ()
    sender: Reference | None = None
    payload: tuple[dict[str, Any], ...] = ()


class Task(Resource):
    """Something that somebody is asked to do, such as to renew a prescription."""

    status: Code | None = None
    intent: Code | None = None
    priority: Code | None = None
    code: CodeableConcept | None = None
    description: Text | None = None
    focus: Reference | None = None
    for_: Reference | None = Field(default=None, alias="for")
    authored_on: DateTime | None = None
    requester: Reference | None = None
    owner: Reference | None = None
    reason_code: CodeableConcept | None = None
    note: tuple[Annotation, ...] = ()
