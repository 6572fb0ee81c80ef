"""What of a patient and an encounter the rules of the consultation ask, gathered in bounded work."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, Row, func, select

from clinic_desktop import paths
from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import vitals as signs
from clinic_desktop.domain.consultation import Facts, State
from clinic_desktop.domain.consultation_rules import RuleBook, read_rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows, outside_results, vitals
from clinic_desktop.services.chart_rows import ResultShown
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.chart import consultation_steps, encounters, problems
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, lab_results, lab_tests
from clinic_desktop.store.tables.prescribing import prescription_lines, prescriptions, safety_alerts

IN_ACT = (
    "rule_book",
    "encounter_row",
    "step_rows",
    "contents_of",
    "facts_for",
    "hard_stops",
    "prescribed_in",
    "ordered_in",
    "results_in",
)

LOOKED_BACK = 20  # visits searched for the last time the history was gone through
RESULTS_DAYS = 30


@dataclass(frozen=True)
class Prescribed:
    """One line prescribed in this encounter."""

    prescription_id: str
    number: str
    name: str
    sig: str
    status: str


@dataclass(frozen=True)
class Ordered:
    """One test ordered in this encounter."""

    order_id: str
    number: str
    test_code: str
    status: str
    name: str
    loinc: str | None = None


@lru_cache(maxsize=1)
def rule_book() -> RuleBook:
    """The rules of the steps, as they stand beside the program."""
    return read_rules((paths.resources() / "consultation" / "rules.json").read_text(encoding="utf-8"))


def encounter_row(connection: Connection, encounter_id: str) -> Row[tuple[object, ...]]:
    """The row of one encounter."""
    row = connection.execute(select(encounters).where(encounters.c.id == encounter_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This encounter is not here."), encounter=encounter_id)
    return row


def step_rows(connection: Connection, encounter_id: str) -> dict[str, Row[tuple[object, ...]]]:
    """The rows of the steps, by step."""
    rows = connection.execute(select(consultation_steps).where(consultation_steps.c.encounter_id == encounter_id))
    return {row._mapping["step"]: row for row in rows}


def contents_of(rows: Mapping[str, Row[tuple[object, ...]]]) -> dict[str, dict[str, str]]:
    """What stands in each step, by field."""
    return {step: dict(json.loads(row._mapping["content"] or "{}")) for step, row in rows.items()}


def facts_for(
    connection: Connection,
    patient_id: str,
    preset: str,
    now: datetime,
    *,
    encounter_id: str | None = None,
    started_at: datetime | None = None,
    contents: Mapping[str, Mapping[str, str]] | None = None,
    complaint: str = "",
    results: tuple[ResultShown, ...] | None = None,
) -> Facts:
    """What the rules ask of this patient and this encounter, in bounded work; `results` are those known already."""
    known = outside_results.results_of(connection, patient_id) if results is None else results
    filled = contents or {}
    symptoms = filled.get("symptoms", {})
    patient = chart_rows.patient_of(connection, patient_id)
    age = vitals.age_of(connection, patient_id, now)
    months = None if age is None else int(age / 30.4375)
    pregnant = patient.pregnant
    taken = vitals.codes_taken(connection, patient_id, now)
    wanted = signs.wanted_signs(age_months=months, pregnant=pregnant, preset=preset)
    lacking = tuple(signs.BY_CODE[code].name for code in wanted if code not in taken)
    oldest = min((taken[code][0] for code in wanted if code in taken), default=None)
    history = _history_reviewed(connection, patient_id, encounter_id)
    pending, critical = _results(connection, patient_id, now, known)
    return Facts(
        preset=preset,
        age_months=months,
        pregnant=pregnant,
        allergy_state=patient.allergy_state,
        alerts=int(bool(patient.alert)) + int(patient.allergy_state == "listed"),
        complaint=symptoms.get("complaint") or complaint,
        severity=symptoms.get("severity", ""),
        red_flag=bool(symptoms.get("red_flag")),
        vitals_age_hours=None if lacking or oldest is None else int((now - oldest).total_seconds() // 3600),
        vitals_abnormal=any(said in {"L", "H", "LL", "HH"} for code, (_, said) in taken.items() if code != signs.BMI),
        weight_fresh=signs.WEIGHT in taken,
        vitals_missing=lacking,
        history_age_days=None if history is None else (now - history).days,
        news_since_history=history is not None and _news_since(connection, patient_id, history, known),
        active_problems=_count_problems(connection, patient_id),
        results_pending=pending,
        results_critical=0 if filled.get("investigations", {}).get("critical_seen") else critical,
        prescriptions=0
        if encounter_id is None or started_at is None
        else len(prescribed_in(connection, patient_id, encounter_id, started_at)),
    )


def hard_stops(connection: Connection, patient_id: str, encounter_id: str, started_at: datetime) -> int:
    """How many stopping alerts of this encounter's prescriptions have no reason beside them."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(safety_alerts)
            .join(prescriptions, prescriptions.c.id == safety_alerts.c.prescription_id)
            .where(
                prescriptions.c.patient_id.in_(ids_of(connection, patient_id)),
                prescriptions.c.signed_at >= to_text(started_at),
                prescriptions.c.encounter_id == encounter_id,
                prescriptions.c.status.not_in(("cancelled", "rejected")),
                safety_alerts.c.tier == "stop",
                safety_alerts.c.override_reason.is_(None),
            )
        ).scalar_one()
    )


def prescribed_in(
    connection: Connection, patient_id: str, encounter_id: str, started_at: datetime
) -> tuple[Prescribed, ...]:
    """What was prescribed in an encounter."""
    rows = connection.execute(
        select(
            prescriptions.c.id,
            prescriptions.c.number,
            prescription_lines.c.name,
            prescription_lines.c.strength,
            prescription_lines.c.form,
            prescription_lines.c.sig,
            prescriptions.c.status,
        )
        .join(prescription_lines, prescription_lines.c.prescription_id == prescriptions.c.id)
        .where(
            prescriptions.c.patient_id.in_(ids_of(connection, patient_id)),
            prescriptions.c.signed_at >= to_text(started_at),
            prescriptions.c.encounter_id == encounter_id,
            prescriptions.c.status != "cancelled",
        )
        .order_by(prescriptions.c.signed_at, prescription_lines.c.position)
    )
    return tuple(
        Prescribed(row.id, row.number, " ".join(filter(None, (row.name, row.strength, row.form))), row.sig, row.status)
        for row in rows
    )


def ordered_in(connection: Connection, patient_id: str, encounter_id: str, started_at: datetime) -> tuple[Ordered, ...]:
    """What was ordered from the laboratory in an encounter."""
    rows = connection.execute(
        select(
            lab_orders.c.id,
            lab_orders.c.number,
            lab_order_tests.c.test_code,
            lab_order_tests.c.status,
            func.coalesce(lab_tests.c.name, lab_order_tests.c.test_code),
            lab_tests.c.loinc,
        )
        .join(lab_order_tests, lab_order_tests.c.order_id == lab_orders.c.id)
        .outerjoin(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
        .where(
            lab_orders.c.patient_id.in_(ids_of(connection, patient_id)),
            lab_orders.c.ordered_at >= to_text(started_at),
            lab_orders.c.encounter_id == encounter_id,
            lab_order_tests.c.status != "cancelled",
        )
        .order_by(lab_orders.c.ordered_at, lab_order_tests.c.position)
    )
    return tuple(Ordered(*row) for row in rows)


def results_in(connection: Connection, encounter_id: str) -> tuple[chart_rows.ResultShown, ...]:
    """What the laboratory has released of what was ordered in an encounter, as it stands now."""
    rows = connection.execute(
        select(
            lab_results,
            lab_order_tests.c.order_id,
            func.coalesce(lab_tests.c.name, lab_results.c.test_code).label("name"),
        )
        .join(lab_order_tests, lab_order_tests.c.id == lab_results.c.order_test_id)
        .join(lab_orders, lab_orders.c.id == lab_order_tests.c.order_id)
        .outerjoin(lab_tests, lab_tests.c.code == lab_results.c.test_code)
        .where(lab_orders.c.encounter_id == encounter_id, lab_results.c.status == "released")
        .order_by(lab_orders.c.ordered_at, lab_order_tests.c.position)
    )
    return tuple(
        chart_rows.ResultShown(
            row.id, row.order_id, row.test_code, row.name, row.value, row.unit, row.flag, row.range_text,
            from_text(row.released_at), row.supersedes is not None,
        )
        for row in rows
    )  # fmt: skip


def _history_reviewed(connection: Connection, patient_id: str, encounter_id: str | None) -> datetime | None:
    visits = (
        select(encounters.c.id)
        .where(encounters.c.patient_id.in_(ids_of(connection, patient_id)), encounters.c.status == "signed")
        .order_by(encounters.c.started_at.desc())
        .limit(LOOKED_BACK)
    )
    at = connection.execute(
        select(func.max(consultation_steps.c.updated_at)).where(
            consultation_steps.c.encounter_id.in_(visits),
            consultation_steps.c.encounter_id != (encounter_id or ""),
            consultation_steps.c.step == "history",
            consultation_steps.c.state == State.COMPLETED.value,
        )
    ).scalar_one_or_none()
    return None if at is None else from_text(at)


def _news_since(connection: Connection, patient_id: str, reviewed: datetime, results: tuple[ResultShown, ...]) -> bool:
    """Whether an allergy, an outside medicine or a result came after the history was gone through."""
    if any(each.noted_at > reviewed for each in chart_rows.allergies_of(connection, patient_id)):
        return True
    day = reviewed.astimezone().date()
    medicines = chart_rows.medicines_of(connection, patient_id)
    if any(each.source == "outside" and each.started_on is not None and each.started_on > day for each in medicines):
        return True
    came = (each.came_at or each.released_at for each in results)
    return any(at is not None and at > reviewed for at in came)


def _results(connection: Connection, patient_id: str, now: datetime, known: tuple[ResultShown, ...]) -> tuple[int, int]:
    """How many tests of the last month are awaited, and how many critical results came since the last signature.

    Results from elsewhere are among both: a test that is answered there is awaited no more, a critical one is critical.
    """
    tests = (
        select(
            lab_order_tests.c.id, lab_order_tests.c.status, lab_order_tests.c.order_id, lab_tests.c.loinc,
            func.coalesce(lab_tests.c.name, lab_order_tests.c.test_code).label("name"),
        )
        .join(lab_orders, lab_orders.c.id == lab_order_tests.c.order_id)
        .outerjoin(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
        .where(
            lab_orders.c.patient_id.in_(ids_of(connection, patient_id)),
            lab_orders.c.ordered_at >= to_text(now - timedelta(days=RESULTS_DAYS)),
        )
    )  # fmt: skip
    rows = connection.execute(tests).all()
    pending = sum(
        row.status in {"ordered", "collected", "resulted"}
        and not outside_results.answered(row.order_id, row.loinc, row.name, known)
        for row in rows
    )
    signed = connection.execute(
        select(encounters.c.signed_at)
        .where(encounters.c.patient_id.in_(ids_of(connection, patient_id)), encounters.c.status == "signed")
        .order_by(encounters.c.started_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    critical = outside_results.came_critical(known, chart_rows.instant(signed), now)
    released = [row.id for row in rows if row.status == "released"]
    if not released:
        return pending, critical
    own = connection.execute(
        select(func.count())
        .select_from(lab_results)
        .where(
            lab_results.c.order_test_id.in_(released),
            lab_results.c.status == "released",
            lab_results.c.flag.in_(("LL", "HH")),
            lab_results.c.released_at > (signed or ""),
        )
    ).scalar_one()
    return pending, critical + int(own)


def _count_problems(connection: Connection, patient_id: str) -> int:
    active = (
        select(problems.c.id)
        .where(problems.c.patient_id.in_(ids_of(connection, patient_id)), problems.c.status == "active")
        .limit(100)
    )
    return int(connection.execute(select(func.count()).select_from(active.subquery())).scalar_one())
