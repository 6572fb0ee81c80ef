"""Documents and consents of Healthcare Records: made and read, never changed."""

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.healthcare_records.masking import page, permitted, shown
from sync.sandbox.healthcare_records.patients import STAFF, STAFF_AND_PATIENT
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Record, Response

DOCUMENT = Shape(
    {
        "patient_id": "->patients!",
        "document_type": "text!",
        "title": "text!",
        "content": "text!",
        "author": "text",
        "classification": "text",
        "metadata": "object",
    }
)
CONSENT = Shape(
    {
        "patient_id": "->patients!",
        "consent_type": "text!",
        "status": "in:active|inactive|revoked|rejected|proposed!",
        "granted_date": "date!",
        "expiration_date": "date",
        "scope": "texts",
        "grantor": "text",
        "witness": "text",
        "digital_signature": "text",
    }
)


def write(call: Call) -> Response:
    """``POST /documents``."""
    made = call.new("documents", call.checked(DOCUMENT))
    return one(call, "document", shown(call, made, ("content", "author")), 201, usual="bare")


def documents(call: Call) -> Response:
    """``GET /documents``: takes pages and a patient, though its document names no parameter."""
    rows = _of_patient(call, "documents")
    return page(call, "documents", rows, lambda row: shown(call, row, ("content", "author")))


def document(call: Call) -> Response:
    """``GET /documents/{document_id}``: the one place where the content is clear."""
    row = call.found("documents", call.params["document_id"], "Document")
    permitted(call, row["patient_id"])
    return one(call, "document", shown(call, row, ("author",)), usual="bare")


def consent(call: Call) -> Response:
    """``POST /consents``."""
    made = call.new("consents", call.checked(CONSENT))
    return one(call, "consent", shown(call, made, ("witness", "digital_signature")), 201, usual="bare")


def consents(call: Call) -> Response:
    """``GET /consents``: a patient sees their own."""
    rows = _of_patient(call, "consents")
    own = call.session.patient if call.session else ""
    kept = [row for row in rows if not own or row["patient_id"] == own]
    return page(call, "consents", kept, lambda row: shown(call, row, ("witness", "digital_signature")))


def _of_patient(call: Call, table: str) -> list[Record]:
    patient = call.request.query.get("patient_id")
    return call.system.tables[table].where("patient_id", patient) if patient else call.rows(table)


ROUTES = (
    Route("POST", "/documents", write, needs=STAFF),
    Route("GET", "/documents", documents, needs=STAFF),
    Route("GET", "/documents/{document_id}", document, needs=STAFF_AND_PATIENT),
    Route("POST", "/consents", consent, needs=STAFF_AND_PATIENT),
    Route("GET", "/consents", consents, needs=STAFF_AND_PATIENT),
)
