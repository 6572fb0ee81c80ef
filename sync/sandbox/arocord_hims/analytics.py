"""Figures of AROCORD, counted from its rows when they are asked for."""

import json
from collections import Counter
from collections.abc import Callable

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.papers import table_file
from sync.sandbox.routing import Route
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import civil, moment


def dashboard(call: Call) -> Response:
    """``GET /analytics/dashboard``."""
    visits = call.between(call.rows("appointments"), "scheduled_time", "date_from", "date_to")
    consultations = call.between(call.rows("consultations"), "started_at", "date_from", "date_to")
    prescriptions = call.between(call.rows("prescriptions"), "created_at", "date_from", "date_to")
    today = civil(call.now).isoformat()
    ratings = [row["rating"] for row in call.rows("surveys")]
    done = sum(row["status"] == "completed" for row in consultations)
    unquestioned = sum("questioned_at" not in row for row in prescriptions)
    volume = Counter(str(row["scheduled_time"])[:10] for row in visits)
    waits = [wait for row in consultations if (wait := _wait(call, row)) is not None]
    return answer(
        200,
        {
            "success": True,
            "data": {
                "metrics": {
                    "total_patients": len(call.system.tables["patients"]),
                    "active_appointments_today": sum(
                        row["status"] in {"scheduled", "confirmed"} and str(row["scheduled_time"])[:10] == today
                        for row in visits
                    ),
                    "average_wait_time": round(sum(waits) / len(waits)) if waits else 0,
                    "consultation_completion_rate": _percent(done, len(consultations)),
                    "prescription_accuracy": _percent(unquestioned, len(prescriptions)),
                    "patient_satisfaction": round(sum(ratings) / len(ratings), 1) if ratings else 0.0,
                },
                "trends": {"patient_volume": [{"date": day, "count": volume[day]} for day in sorted(volume)]},
            },
        },
    )


def report(call: Call) -> Response:
    """``GET /analytics/reports/{report_type}``."""
    kind = call.params["report_type"]
    if kind not in REPORTS:
        raise Problem(404, "No such report", resource_type="report", resource_id=kind)
    step = call.one_of("group_by", ("day", "week", "month")) or "day"
    made = {
        "report_type": kind,
        "date_from": call.request.query.get("date_from"),
        "date_to": call.request.query.get("date_to"),
        "group_by": step,
        "rows": REPORTS[kind](call, step),
    }
    return one(call, "report", made)


def export(call: Call) -> Response:
    """``GET /analytics/export``: the rows of a report as a file."""
    kind = call.one_of("report_type", REPORTS)
    form = call.one_of("format", ("csv", "excel", "pdf")) or "csv"
    if kind is None:
        raise Problem(400, "Invalid request data", fields=(("report_type", "is required"),))
    return table_file(form, kind, REPORTS[kind](call, "day"))


def _period(at: str, step: str) -> str:
    if step == "month":
        return at[:7]
    if step == "week":
        read = moment(at[:10])
        year, week, _day = civil(read).isocalendar() if read is not None else (0, 0, 0)
        return f"{year}-W{week:02d}"
    return at[:10]


def _visits(call: Call) -> list[Record]:
    rows = call.between(call.rows("appointments"), "scheduled_time", "date_from", "date_to")
    return _filtered(call, rows)


def _filtered(call: Call, rows: list[Record]) -> list[Record]:
    text = call.request.query.get("filters")
    if not text:
        return rows
    try:
        wanted = json.loads(text)
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict):
        raise Problem(400, "Invalid request data", fields=(("filters", "must be a JSON object"),))
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def _utilization(call: Call, step: str) -> list[Record]:
    groups: dict[str, Counter[str]] = {}
    for row in _visits(call):
        groups.setdefault(_period(row["scheduled_time"], step), Counter())[row["status"]] += 1
    states = ("scheduled", "confirmed", "completed", "cancelled", "no_show")
    return [
        {"period": period, "total": count.total(), **{state: count[state] for state in states}}
        for period, count in sorted(groups.items())
    ]


def _performance(call: Call, step: str) -> list[Record]:
    del step  # one row for each doctor, whatever the period
    visits = Counter(row["doctor_id"] for row in _visits(call))
    done = Counter(row["doctor_id"] for row in call.rows("consultations") if row["status"] == "completed")
    return [
        {
            "doctor_id": row["id"],
            "doctor": row["last_name"],
            "appointments": visits[row["id"]],
            "completed_consultations": done[row["id"]],
        }
        for row in call.rows("doctors")
    ]


def _revenue(call: Call, step: str) -> list[Record]:
    groups: dict[str, list[Record]] = {}
    for row in _filtered(call, call.between(call.rows("invoices"), "created_at", "date_from", "date_to")):
        groups.setdefault(_period(row["created_at"], step), []).append(row)
    return [
        {
            "period": period,
            "invoices": len(rows),
            "billed": round(sum(row["total"] for row in rows), 2),
            "paid": round(sum(row["paid"] for row in rows), 2),
        }
        for period, rows in sorted(groups.items())
    ]


def _demographics(call: Call, step: str) -> list[Record]:
    del step  # people are counted as they are now
    today = civil(call.now)
    counts: Counter[tuple[str, str]] = Counter()
    for row in _filtered(call, call.rows("patients")):
        years = today.year - int(str(row["date_of_birth"])[:4])
        band = "0-17" if years < 18 else "18-39" if years < 40 else "40-64" if years < 65 else "65+"
        counts[band, str(row.get("gender"))] += 1
    return [{"age_group": band, "gender": gender, "count": number} for (band, gender), number in sorted(counts.items())]


def _queues(call: Call, step: str) -> list[Record]:
    groups: dict[str, list[int]] = {}
    for row in call.between(call.rows("consultations"), "started_at", "date_from", "date_to"):
        wait = _wait(call, row)
        if wait is not None:
            groups.setdefault(_period(row["started_at"], step), []).append(wait)
    return [
        {
            "period": period,
            "seen": len(waits),
            "average_wait": round(sum(waits) / len(waits)),
            "longest_wait": max(waits),
        }
        for period, waits in sorted(groups.items())
    ]


def _wait(call: Call, consultation: Record) -> int | None:
    """Minutes from the time of the appointment to the start, where there was one."""
    booked = call.get("appointments", consultation.get("appointment_id"))
    planned = moment(booked["scheduled_time"]) if booked else None
    started = moment(consultation["started_at"])
    return None if planned is None or started is None else max(0, round((started - planned) / 60))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


REPORTS: dict[str, Callable[[Call, str], list[Record]]] = {
    "appointment-utilization": _utilization,
    "doctor-performance": _performance,
    "revenue-analysis": _revenue,
    "patient-demographics": _demographics,
    "queue-analytics": _queues,
}
ROUTES = (
    Route("GET", "/analytics/dashboard", dashboard, "analytics", ("staff",)),
    Route("GET", "/analytics/reports/{report_type}", report, "analytics", ("staff",)),
    Route("GET", "/analytics/export", export, "analytics", ("staff",)),
)
