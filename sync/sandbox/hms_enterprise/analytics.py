"""Figures of HMS, counted from its rows when they are asked for; shares of people are in percent."""

import re

from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import civil, instant

METRICS = ("registrations", "visits", "revenue")
BANDS = (("0-18", 18), ("19-35", 35), ("36-50", 50), ("51-65", 65), ("65+", 999))
PRESSURE = re.compile(r"(\d{2,3})\s*/\s*(\d{2,3})")
DAY = 86400.0


def patients(call: Call) -> Response:
    """``GET /api/v1/analytics/patients``."""
    first, last = _span(call)
    asked = [one for one in call.request.query.get("metrics", "").split(",") if one] or list(METRICS)
    odd = [one for one in asked if one not in METRICS]
    if odd:
        raise Problem(400, "Invalid request data", fields=(("metrics", f"no such metric: {odd[0]}"),))
    made = {"registrations": _registrations, "visits": _visits, "revenue": _revenue}
    people = call.rows("patients")
    return answer(
        200,
        {
            "start_date": instant(first)[:10],
            "end_date": instant(last)[:10],
            "metrics": {name: made[name](call, first, last) for name in METRICS if name in asked},
            "demographics": {
                "age_groups": _ages(call, people),
                "gender": _genders(people),
                "insurance_types": _insurances(call, people),
            },
        },
    )


def quality(call: Call) -> Response:
    """``GET /api/v1/analytics/clinical-quality``."""
    first, last = _span(call)
    seen = _within(call, "encounters", "created_at", first, last)
    pressures = [read for row in seen if (read := _pressure(row)) is not None]
    sugars = [value for row in _within(call, "orders", "created_at", first, last) for value in _hba1c(row)]
    screened = [row for row in seen if any(plan.get("type") == "screening" for plan in row.get("plan") or [])]
    reconciled = [row for row in seen if any(plan.get("type") == "medication" for plan in row.get("plan") or [])]
    return answer(
        200,
        {
            "start_date": instant(first)[:10],
            "end_date": instant(last)[:10],
            "metrics": {
                "blood_pressure_control": _metric(
                    len(pressures), "controlled", sum(high < 140 and low < 90 for high, low in pressures), 90.0
                ),
                "diabetes_hba1c_control": _metric(len(sugars), "controlled", sum(value < 8 for value in sugars), 85.0),
                "cancer_screening": _metric(len(seen), "screened", len(screened), 80.0),
                "medication_reconciliation": _metric(len(seen), "reconciled", len(reconciled), 95.0),
            },
        },
    )


def _span(call: Call) -> tuple[float, float]:
    first, last = call.bound("start_date", needed=True), call.bound("end_date", needed=True)
    if first is None or last is None or last < first:
        raise Problem(400, "Invalid request data", fields=(("end_date", "must be on or after start_date"),))
    return first, last


def _within(call: Call, table: str, column: str, first: float, last: float) -> list[Record]:
    start, end = instant(first), instant(last + DAY - 1)
    return [row for row in call.rows(table) if start <= str(row.get(column)) <= end]


def _growth(call: Call, table: str, column: str, first: float, last: float) -> float:
    """Percent more than in a span of the same length just before."""
    length = last - first + DAY
    before = len(_within(call, table, column, first - length, last - length))
    now = len(_within(call, table, column, first, last))
    return round(100 * (now - before) / before, 1) if before else 0.0


def _registrations(call: Call, first: float, last: float) -> Record:
    new = len(_within(call, "patients", "created_at", first, last))
    total = len([row for row in call.rows("patients") if row["created_at"] <= instant(last + DAY - 1)])
    return {"total": total, "new": new, "growth_rate": _growth(call, "patients", "created_at", first, last)}


def _visits(call: Call, first: float, last: float) -> Record:
    rows = _within(call, "encounters", "created_at", first, last)
    lengths = [
        row["duration"] for row in _within(call, "appointments", "start_datetime", first, last) if row["duration"]
    ]
    return {
        "total": len(rows),
        "unique_patients": len({row["patient_id"] for row in rows}),
        "average_duration": round(sum(lengths) / len(lengths), 1) if lengths else 0.0,
    }


def _revenue(call: Call, first: float, last: float) -> Record:
    rows = _within(call, "charges", "charge_date", first, last)

    def total(name: str) -> float:
        return round(sum(float(row.get(name) or 0) for row in rows), 2)

    return {
        "total": total("total_amount"),
        "insurance": total("insurance_amount"),
        "patient": total("patient_amount"),
        "growth_rate": _growth(call, "charges", "charge_date", first, last),
    }


def _ages(call: Call, people: list[Record]) -> Record:
    today = civil(call.now)
    counts = dict.fromkeys((name for name, _most in BANDS), 0)
    for row in people:
        born = str(row["date_of_birth"])
        years = today.year - int(born[:4]) - (today.isoformat()[5:] < born[5:10])
        counts[next(name for name, most in BANDS if years <= most)] += 1
    return _shares(counts, len(people))


def _genders(people: list[Record]) -> Record:
    counts = {"male": 0, "female": 0, "other": 0}
    for row in people:
        first = str(row.get("gender"))[:1].upper()
        counts["male" if first == "M" else "female" if first == "F" else "other"] += 1
    return _shares(counts, len(people))


def _insurances(call: Call, people: list[Record]) -> Record:
    last = {row["patient_id"]: str(row["insurance_provider"]).lower() for row in call.rows("claims")}
    counts = {"private": 0, "medicare": 0, "medicaid": 0, "self_pay": 0}
    for row in people:
        payer = last.get(row["id"])
        kind = "self_pay" if payer is None else payer if payer in {"medicare", "medicaid"} else "private"
        counts[kind] += 1
    return _shares(counts, len(people))


def _shares(counts: dict[str, int], whole: int) -> Record:
    return {name: round(100 * count / whole) if whole else 0 for name, count in counts.items()}


def _pressure(row: Record) -> tuple[int, int] | None:
    vitals = (row.get("physical_examination") or {}).get("vital_signs") or {}
    read = PRESSURE.search(str(vitals.get("blood_pressure", "")))
    return (int(read[1]), int(read[2])) if read else None


def _hba1c(row: Record) -> list[float]:
    parts = [part for panel in row.get("results") or [] for part in panel.get("components") or []]
    return [float(part["result"]) for part in parts if part.get("component") == "HbA1c"]


def _metric(eligible: int, word: str, good: int, target: float) -> Record:
    rate = round(100 * good / eligible, 1) if eligible else 0.0
    state = "met" if eligible and rate >= target else "not_met"
    return {"eligible": eligible, word: good, "rate": rate, "target": target, "status": state}


ROUTES = (
    Route("GET", "/analytics/patients", patients),
    Route("GET", "/analytics/clinical-quality", quality),
)
