"""Digital programmes of Healify and who takes part in them."""

from sync.sandbox.call import Call
from sync.sandbox.healify.paging import only, page
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import instant, moment

ENROLLMENT = Shape(
    {
        "patient_id": "->patients!",
        "start_date": "instant!",
        "goals": "texts",
        "preferences": "object",
    }
)
CATEGORIES = ("wellness", "therapy", "fitness", "nutrition")
SESSION_MINUTES = 15
summary = only(
    "id", "name", "description", "category", "duration_weeks", "difficulty", "provider", "features", "requirements",
    "outcomes", "enrollment_count", "rating", "status", "created_at",
)  # fmt: skip


def listing(call: Call) -> Response:
    """``GET /api/v1/digital-programs``."""
    category, status = call.one_of("category", CATEGORIES), call.one_of("status", ("active", "archived"))
    kept = [
        row for row in call.rows("programs") if category in {None, row["category"]} and status in {None, row["status"]}
    ]
    return page(call, kept, summary)


def read(call: Call) -> Response:
    """``GET /api/v1/digital-programs/{program_id}``."""
    return answer(200, call.found("programs", call.params["program_id"], "digital_program"))


def enroll(call: Call) -> Response:
    """``POST /api/v1/digital-programs/{program_id}/enroll``."""
    program = call.found("programs", call.params["program_id"], "digital_program")
    given = call.checked(ENROLLMENT)
    if program["status"] != "active":
        raise Problem(409, "Program is not open", said=f"Program {program['id']} is {program['status']}")
    start = moment(given["start_date"]) or call.now
    week = 7 * 86400
    ident = call.system.fresh("enr_")
    made = {
        "enrollment_id": ident,
        "program_id": program["id"],
        "patient_id": given["patient_id"],
        "program_name": program["name"],
        "start_date": given["start_date"],
        "expected_completion_date": instant(start + program["duration_weeks"] * week),
        "status": "enrolled",
        "progress": {
            "current_week": 0,
            "sessions_completed": 0,
            "total_sessions": program["duration_weeks"] * program["curriculum"][0]["sessions"],
            "completion_percentage": 0,
        },
        "goals": given.get("goals", []),
        "preferences": given.get("preferences", {}),
        "next_session": _first(program, given, start),
        "created_at": call.stamp,
    }
    call.keep("enrollments", ident, made)
    call.keep("programs", program["id"], {**program, "enrollment_count": program["enrollment_count"] + 1}, "enroll")
    return answer(201, made)


def _first(program: Record, given: Record, start: float) -> Record:
    clock = str((given.get("preferences") or {}).get("reminder_time") or "08:00")
    hour, _colon, minute = clock.partition(":")
    minutes = int(hour) * 60 + int(minute) if hour.isdecimal() and minute.isdecimal() else 8 * 60
    return {
        "title": f"Introduction to {program['curriculum'][0]['topics'][0].title()}",
        "scheduled_date": instant(start // 86400 * 86400 + minutes * 60),
        "duration_minutes": SESSION_MINUTES,
    }


ROUTES = (
    Route("GET", "/api/v1/digital-programs", listing),
    Route("GET", "/api/v1/digital-programs/{program_id}", read),
    Route("POST", "/api/v1/digital-programs/{program_id}/enroll", enroll),
)
