"""What Healthcare Records hides in its answers, and the pages of its lists."""

from collections.abc import Callable, Sequence

from sync.sandbox.call import Call
from sync.sandbox.wire import Problem, Record, Response, answer

MASK = "[ENCRYPTED]"
CLEAR = frozenset({"use", "system", "relationship"})
# Kept to itself by the system.
OWN = frozenset({"_gone", "_reason"})


def masked(value: object) -> object:
    """The value with every string hidden, apart from the words that say of what sort something is."""
    if isinstance(value, dict):
        return {name: inner if name in CLEAR else masked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(one) for one in value]
    return MASK if isinstance(value, str) else value


def shown(call: Call, record: Record, hidden: tuple[str, ...]) -> Record:
    """The record without what is the system's own, and with what is confidential masked."""
    hides = call.system.knobs.masked
    return {
        name: masked(value) if hides and name in hidden else value for name, value in record.items() if name not in OWN
    }


def page(call: Call, name: str, rows: Sequence[Record], view: Callable[[Record], Record]) -> Response:
    """One page of the rows: ``skip`` and ``limit``."""
    skip, limit = call.whole("skip", 0), call.whole("limit", 50, 100, least=1)
    part = call.ordered(rows)[skip : skip + limit]
    return answer(200, {name: [view(row) for row in part], "total": len(rows), "skip": skip, "limit": limit})


def living(rows: Sequence[Record]) -> list[Record]:
    """The rows that have not been deleted."""
    return [row for row in rows if not row.get("_gone")]


def reason(call: Call) -> str:
    """Why something is deleted, where the knob says that it stands; refuses when it must be given and is not."""
    place = call.system.knobs.justification
    if place == "none":
        return ""
    given = call.request.query.get("justification", "")
    if place == "body":
        body = call.body() if call.request.body else {}
        given = str(body.get("justification") or "")
    if not given.strip():
        raise Problem(422, "A deletion needs a justification", fields=(("justification", "is required"),))
    return given


def permitted(call: Call, patient: str, kind: str = "") -> None:
    """Refuse when the patient's consent is needed and is not there."""
    rows = call.system.tables["consents"].where("patient_id", patient)
    if kind:
        rows = [row for row in rows if row["consent_type"] == kind]
    if not rows and not kind and not call.system.knobs.consent_needed:
        return
    if not any(in_force(call, row) for row in rows):
        raise Problem(
            403, "Patient consent needed", code="CONSENT_REQUIRED", resource_type="Patient", resource_id=patient
        )


def in_force(call: Call, row: Record) -> bool:
    """Whether a consent holds today."""
    today = call.stamp[:10]
    ends = row.get("expiration_date")
    return row["status"] == "active" and str(row["granted_date"]) <= today and (not ends or str(ends) >= today)
