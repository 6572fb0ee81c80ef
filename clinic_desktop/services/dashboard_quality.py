"""The measures of quality, over the year up to today: in how many of those whom each is about it is met."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import text

from clinic_desktop.clock import local_midnight, to_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Group, ratio
from clinic_desktop.domain.reporting_care import MEASURES
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.patients import today
from clinic_desktop.services.reporting_words import written

QUALITY_DAYS = 365


@dataclass(frozen=True)
class QualityNow:
    """One measure of quality over the year up to today; `rate` and `target` in tenths of a per cent.

    `eligible` is None where it is not measured here; `how` says why, or how it is.
    """

    key: str
    title: str
    eligible: int | None
    met: int | None
    rate: int | None
    target: int
    how: str
    first: str
    last: str

    @property
    def is_reached(self) -> bool | None:
        """Whether the target is reached; None where nothing was measured."""
        return None if self.rate is None else self.rate >= self.target


# The report clinical-quality reads every sign and result of the year; these begin at the people a measure is about,
# and look theirs up, which is four times as fast where 270,000 visits are kept. The tests hold them equal.
_PEOPLE = """
    WITH ill AS MATERIALIZED (
        SELECT DISTINCT KEPT(d.patient_id) AS patient FROM problems d
        WHERE d.status = 'active' AND d.certainty <> 'refuted' AND d.noted_at < :to_at
          AND substr(upper(trim(d.code)), 1, 3) BETWEEN :code_from AND :code_to
          AND (d.code_system IS NULL OR d.code_system LIKE '%icd-10%')
    ), people AS MATERIALIZED (
        SELECT p.id AS id FROM ill CROSS JOIN patients p ON p.id = ill.patient
        WHERE p.merged_into IS NULL AND p.registered_at < :to_at AND p.born_on IS NOT NULL
          AND (p.deceased_on IS NULL OR p.deceased_on > :last_on)
          AND substr(:last_on, 1, 4) - substr(p.born_on, 1, 4) - (substr(:last_on, 6) < substr(p.born_on, 6))
              BETWEEN 18 AND :oldest
    ), known AS (
        SELECT id, id AS own FROM people
        UNION ALL SELECT p.id, m.id FROM people p CROSS JOIN patients m ON m.merged_into = p.id
    )
"""
_QUALITY: Final[dict[str, tuple[str, dict[str, object]]]] = {
    "blood_pressure": (
        """
        {people}, pressures AS (
            SELECT k.id AS patient, DAY(v.taken_at) AS taken_on,
                   min(CASE WHEN v.code = '8480-6' THEN CAST(v.value AS REAL) END) AS systolic,
                   min(CASE WHEN v.code = '8462-4' THEN CAST(v.value AS REAL) END) AS diastolic
            FROM known k CROSS JOIN vital_signs v ON v.patient_id = k.own AND v.code IN ('8480-6', '8462-4')
                 AND v.taken_at >= :from_at AND v.taken_at < :to_at
            WHERE v.status = 'final' GROUP BY 1, 2 HAVING systolic IS NOT NULL AND diastolic IS NOT NULL
        )
        SELECT (SELECT count(*) FROM people), coalesce(sum(systolic < 140 AND diastolic < 90), 0)
        FROM (SELECT *, row_number() OVER (PARTITION BY patient ORDER BY taken_on DESC) AS k FROM pressures)
        WHERE k = 1
        """,
        {"code_from": "I10", "code_to": "I10", "oldest": 85},
    ),
    "hba1c": (
        """
        {people}, sugars AS (
            SELECT k.id AS patient, CAST(r.value AS REAL) AS value, r.released_at AS released_at, r.rowid_ AS row
            FROM known k CROSS JOIN lab_results r ON r.patient_id = k.own
                 AND r.test_code IN (SELECT code FROM lab_tests WHERE loinc = '4548-4')
            WHERE r.unit = '%' AND r.status = 'released' AND r.released_at >= :from_at AND r.released_at < :to_at
        )
        SELECT (SELECT count(*) FROM people), coalesce(sum(value <= 9.0), 0)
        FROM (SELECT *, row_number() OVER (PARTITION BY patient ORDER BY released_at DESC, row DESC) AS k FROM sugars)
        WHERE k = 1
        """,
        {"code_from": "E08", "code_to": "E14", "oldest": 75},
    ),
    "reconciliation": (
        """
        SELECT count(*), coalesce(sum(EXISTS (
            SELECT 1 FROM consultation_steps c WHERE c.encounter_id = e.id AND c.step = 'history'
              AND coalesce(c.content ->> 'medicines_reconciled', '') NOT IN ('', '0'))), 0)
        FROM encounters e WHERE e.status = 'signed' AND e.started_at >= :from_at AND e.started_at < :to_at
        """,
        {},
    ),
}  # fmt: skip


@query
def quality_now(read: Read, measure: str) -> QualityNow:
    """One measure of quality over the year up to today. Raises Refusal for one that there is not."""
    if measure not in MEASURES:
        raise Refusal(N_("There is no measure {name}."), field="measure", name=measure)
    last = today(read)
    first = last - timedelta(days=QUALITY_DAYS - 1)
    title, target, how = MEASURES[measure]
    eligible = met = None
    if measure in _QUALITY:
        statement, facts = _QUALITY[measure]
        asked = {"from_at": to_text(local_midnight(first)), "last_on": last.isoformat(), **facts}
        asked["to_at"] = to_text(local_midnight(last + timedelta(days=1)))
        eligible, met = read.conn.execute(text(written(statement.format(people=_PEOPLE), Group.NONE)), asked).one()
    rate = ratio(met, eligible, 1000)
    return QualityNow(measure, title, eligible, met, rate, target, how, first.isoformat(), last.isoformat())
