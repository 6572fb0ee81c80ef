"""Medical records of Healify, and who they are shared with."""

from sync.sandbox.call import Call
from sync.sandbox.healify.paging import page, without
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Record, Response, answer
from sync.sandbox.world import moment

RECORD = Shape(
    {
        "patient_id": "->patients!",
        "title": "text!",
        "type": "text!",
        "date": "instant!",
        "provider": "object",
        "diagnosis": "texts",
        "notes": "text",
        "vitals": "object",
    }
)
SHARE = Shape(
    {
        "recipient_email": "email!",
        "recipient_type": "text!",
        "message": "text",
        "expires_at": "instant",
        "permissions": "texts!",
    }
)
summary = without("vitals")


def listing(call: Call) -> Response:
    """``GET /api/v1/medical-records``."""
    patient = call.request.query.get("patient_id")
    table = call.system.tables["records"]
    rows = table.where("patient_id", patient) if patient else call.rows("records")
    return page(call, call.between(rows, "date", "start_date", "end_date"), summary)


def create(call: Call) -> Response:
    """``POST /api/v1/medical-records``."""
    made = call.new("records", {**call.checked(RECORD), "attachments": []}, "rec_")
    call.tell("medical_record.created", {"record_id": made["id"], "patient_id": made["patient_id"]})
    return answer(201, made)


def read(call: Call) -> Response:
    """``GET /api/v1/medical-records/{record_id}``."""
    return answer(200, call.found("records", call.params["record_id"], "medical_record"))


def update(call: Call) -> Response:
    """``PUT /api/v1/medical-records/{record_id}``."""
    old = call.found("records", call.params["record_id"], "medical_record")
    return answer(200, call.put("records", old["id"], RECORD, old, updated_at=call.stamp))


def delete(call: Call) -> Response:
    """``DELETE /api/v1/medical-records/{record_id}``."""
    call.drop("records", call.found("records", call.params["record_id"], "medical_record")["id"])
    return Response(204)


def share(call: Call) -> Response:
    """``POST /api/v1/medical-records/{record_id}/share``."""
    record = call.found("records", call.params["record_id"], "medical_record")
    given = call.checked(SHARE)
    ident = call.system.fresh("shr_")
    made = {
        "share_id": ident,
        "record_id": record["id"],
        "recipient_email": given["recipient_email"],
        "recipient_type": given["recipient_type"],
        "message": given.get("message"),
        "access_link": f"{call.system.origin}/shared/{ident}",
        "expires_at": given.get("expires_at"),
        "permissions": given["permissions"],
        "created_at": call.stamp,
    }
    call.keep("shares", ident, made)
    call.tell("medical_record.shared", {"share_id": ident, "record_id": record["id"]})
    return answer(200, made)


def shared(call: Call) -> Response:
    """``GET /api/v1/medical-records/shared``."""
    wanted = call.one_of("status", ("active", "expired", "revoked"))
    rows = [_share(call, row) for row in call.rows("shares")]
    return page(call, [row for row in rows if wanted in {None, row["status"]}], lambda row: row)


def followed(call: Call) -> Response:
    """``GET /shared/{share_id}``: what the recipient of the link sees; no sign-in, the link is the key."""
    share_ = call.found("shares", call.params["share_id"], "share")
    record = call.found("records", share_["record_id"], "medical_record")
    return answer(200, {"share_id": share_["share_id"], "permissions": share_["permissions"], "record": record})


def _share(call: Call, row: Record) -> Record:
    ends = moment(row["expires_at"]) if row["expires_at"] else None
    over = ends is not None and ends <= call.now
    record = call.get("records", row["record_id"]) or {}
    return {
        "share_id": row["share_id"],
        "record_id": row["record_id"],
        "record_title": record.get("title"),
        "recipient_email": row["recipient_email"],
        "recipient_type": row["recipient_type"],
        "status": row.get("_status", "expired" if over else "active"),
        "access_link": row["access_link"],
        "expires_at": row["expires_at"],
        "permissions": row["permissions"],
        "created_at": row["created_at"],
    }


ROUTES = (
    Route("GET", "/api/v1/medical-records", listing),
    Route("POST", "/api/v1/medical-records", create),
    Route("GET", "/api/v1/medical-records/{record_id}", read),
    Route("PUT", "/api/v1/medical-records/{record_id}", update),
    Route("DELETE", "/api/v1/medical-records/{record_id}", delete),
    Route("POST", "/api/v1/medical-records/{record_id}/share", share),
    Route("GET", "/api/v1/medical-records/shared", shared),
    Route("GET", "/shared/{share_id}", followed, free=True, optional=True),
)
