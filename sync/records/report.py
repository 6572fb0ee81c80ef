"""DiagnosticReport: what a laboratory or an imaging department says of its findings."""

from typing import Literal

from sync.records.elements import (
    Attachment,
    CodeableConcept,
    DateTime,
    Instant,
    Period,
    Reference,
    Resource,
    Text,
)


class DiagnosticReport(Resource):
    """Findings with what they mean."""

    resource_type: Literal["DiagnosticReport"]
    status: Literal[
        "registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "cancelled",
        "entered-in-error", "unknown",
    ]  # fmt: skip
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept
    subject: Reference | None = None
    encounter: Reference | None = None
    effective_date_time: DateTime | None = None
    effective_period: Period | None = None
    issued: Instant | None = None
    performer: tuple[Reference, ...] = ()
    result: tuple[Reference, ...] = ()
    conclusion: Text | None = None
    presented_form: tuple[Attachment, ...] = ()
