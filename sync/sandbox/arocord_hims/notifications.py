"""Notifications of AROCORD: each belongs to the person it was sent to."""

from sync.sandbox.answers import many, one
from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer

NOTIFICATION = Shape(
    {
        "recipient_ids": "texts!",
        "type": "in:info|warning|error|success",
        "title": "text!",
        "message": "text!",
        "priority": "in:low|medium|high|urgent",
        "category": "text",
        "action_url": "text",
    }
)


def listing(call: Call) -> Response:
    """``GET /notifications``: mine, newest first."""
    status = call.one_of("status", ("read", "unread"))
    limit = call.whole("limit", 20, 100, least=1)
    mine = call.system.tables["notifications"].where("recipient_id", _me(call))
    kept = [row for row in mine if status in {None, "read" if row["is_read"] else "unread"}]
    kept = sorted(call.matching(kept, priority="priority", category="category"), key=_age, reverse=True)
    unread = sum(not row["is_read"] for row in mine)
    shown = [_shown(row) for row in kept[:limit]]
    return answer(200, {"success": True, "data": {"notifications": shown, "unread_count": unread}})


def read(call: Call) -> Response:
    """``PUT /notifications/{id}/read``: again changes nothing."""
    row = call.found("notifications", call.params["id"])
    if row["recipient_id"] != _me(call):
        raise Problem(403, "The notification is somebody else's")
    if not row["is_read"]:
        row = call.keep("notifications", row["id"], {**row, "is_read": True}, "read")
    return one(call, "notification", _shown(row))


def send(call: Call) -> Response:
    """``POST /notifications``: administrators only; one for each recipient."""
    given = call.checked(NOTIFICATION)
    made = []
    for recipient in given["recipient_ids"]:
        ident = call.system.uuid()
        row = {
            "id": ident,
            "recipient_id": recipient,
            "type": given.get("type", "info"),
            "title": given["title"],
            "message": given["message"],
            "priority": given.get("priority", "medium"),
            "category": given.get("category"),
            "is_read": False,
            "created_at": call.stamp,
            "action_url": given.get("action_url"),
        }
        made.append(call.keep("notifications", ident, row))
    return many(call, "notifications", [_shown(row) for row in made], sent=len(made))


def _me(call: Call) -> str:
    return call.session.who if call.session else ""


def _age(row: Record) -> str:
    return str(row["created_at"])


def _shown(row: Record) -> Record:
    return {name: value for name, value in row.items() if name != "recipient_id"}


ROUTES = (
    Route("GET", "/notifications", listing, "read", ("staff",)),
    Route("PUT", "/notifications/{id}/read", read, "write", ("staff",)),
    Route("POST", "/notifications", send, "write", ("admin",)),
)
