"""The statements behind the reports about care: diseases, immunization, quality."""

from contextlib import suppress
from typing import Final, cast

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.domain.reporting import Row
from clinic_desktop.domain.reporting_care import MEASURES
from clinic_desktop.services.reporting_words import Question
from clinic_desktop.store import terminology


def _entitled(row: tuple[object, ...]) -> Row:
    """A row of the register with the title of ICD-10-CM where all that stands behind it was coded by that.

    Other ICD-10s give some codes another meaning (K58.1), so theirs keep the title that was recorded most often.
    """
    *told, by_our_table = row
    if by_our_table:
        # A full disk leaves the table of titles unmade: then the recorded title serves.
        with suppress(Trouble):
            known = terminology.diagnosis(str(told[_CODE]))
            told[_TITLE] = told[_TITLE] if known is None else known.title
    return cast("Row", tuple(told))


# Where the code of a row stands, and its title, counted from the end: the period may be left out.
_CODE, _TITLE = -8, -7

DISEASES: Final = Question(
    """
    WITH chapters AS MATERIALIZED (
        SELECT key, value ->> 0 AS first, value ->> 1 AS last, value ->> 2 AS number, value ->> 3 AS title
        FROM json_each(:chapters)
    ), noted AS MATERIALIZED (
        SELECT BUCKET(d.noted_at) AS period, coalesce(o.merged_into, o.id) AS patient,
               d.certainty = 'confirmed' AS confirmed, d.title AS title, DAY(d.noted_at) AS noted_on,
               CASE WHEN d.code IS NULL OR trim(d.code) = '' THEN '' WHEN d.code_system IS NULL
                    OR d.code_system LIKE '%icd-10%' THEN upper(trim(d.code)) ELSE trim(d.code) END AS code,
               d.code_system IS NULL OR d.code_system LIKE '%icd-10%' AS ours,
               d.code_system IS NULL OR d.code_system LIKE '%icd-10-cm%' AS own_table,
               CASE WHEN k.id IS NULL THEN o.sex ELSE k.sex END AS sex,
               CASE WHEN k.id IS NULL THEN o.born_on ELSE k.born_on END AS born_on
        FROM problems d CROSS JOIN patients o ON o.id = d.patient_id LEFT JOIN patients k ON k.id = o.merged_into
        WHERE d.noted_at >= :from_at AND d.noted_at < :to_at
          AND d.status <> 'entered_in_error' AND d.certainty <> 'refuted' ONLY(sex, d.patient_id)
    ), coded AS MATERIALIZED (
        SELECT n.code AS code, c.key AS key, c.number AS number, c.title AS title
        FROM (SELECT DISTINCT code FROM noted WHERE ours) n
        JOIN chapters c ON substr(n.code, 2, 1) BETWEEN '0' AND '9' AND substr(n.code, 1, 3) BETWEEN c.first AND c.last
    ), titles AS MATERIALIZED (
        SELECT ours, code, title, by_our_table FROM (
            SELECT ours, code, title, row_number() OVER (PARTITION BY ours, code ORDER BY count(*) DESC, title) AS k,
                   min(min(own_table)) OVER (PARTITION BY ours, code) AS by_our_table
            FROM noted WHERE code <> '' GROUP BY ours, code, title
        ) WHERE k = 1
    ), placed AS (
        SELECT n.period AS period, n.patient AS patient, n.confirmed AS confirmed, n.sex AS sex, n.title AS title,
               CASE WHEN n.code = '' THEN '-' ELSE n.code END AS code,
               CASE WHEN n.code = '' THEN n.title ELSE '' END AS own,
               CASE WHEN n.code = '' THEN 98 WHEN NOT n.ours THEN 99 ELSE coalesce(c.key, 97) END AS place,
               CASE WHEN n.code = '' THEN 'not coded' WHEN NOT n.ours THEN 'other coding'
                    ELSE coalesce(c.number, 'no chapter') END AS chapter,
               coalesce(c.title, '') AS heading,
               coalesce(substr(n.noted_on, 1, 4) - substr(n.born_on, 1, 4)
                   - (substr(n.noted_on, 6) < substr(n.born_on, 6)) < 15, 0) AS young
        FROM noted n LEFT JOIN coded c ON n.ours AND c.code = n.code
    ), people AS MATERIALIZED (
        SELECT period, place, chapter, heading, code, own, min(title) AS title, patient, sex, max(young) AS young,
               max(confirmed) AS confirmed
        FROM placed GROUP BY period, place, code, own, patient
    ), parts(period, place, chapter, code, own, title, sex, young, confirmed) AS (
        SELECT period, place, chapter, '', '', heading, sex, max(young), max(confirmed) FROM people
        GROUP BY period, place, patient
        UNION ALL SELECT period, place, chapter, code, own, title, sex, young, confirmed FROM people
    )
    SELECT g.period, g.chapter, CASE WHEN g.code = '-' THEN '' ELSE g.code END, coalesce(t.title, g.title), g.people,
           g.female, g.male, g.young, g.confirmed, g.code || g.own, coalesce(t.by_our_table, 0)
    FROM (
        SELECT period, place, chapter, code, own, min(title) AS title, count(*) AS people,
               sum(sex = 'female') AS female, sum(sex = 'male') AS male, sum(young) AS young,
               sum(confirmed) AS confirmed
        FROM parts GROUP BY period, place, code, own
    ) g LEFT JOIN titles t ON t.code = g.code AND t.ours = (g.place <> 99)
    ORDER BY g.period, g.place, g.code, g.own
    """,
    """
    SELECT count(DISTINCT KEPT(d.patient_id)) AS people FROM problems d
    WHERE d.noted_at >= :from_at AND d.noted_at < :to_at
      AND d.status <> 'entered_in_error' AND d.certainty <> 'refuted' ONLY(sex, d.patient_id)
    """,
    shape=_entitled,
)

IMMUNIZATION: Final = Question(
    """
    WITH children AS (
        SELECT p.id AS id FROM patients p
        WHERE p.merged_into IS NULL AND p.registered_at < :to_at AND p.born_precision = 'day'
          AND (p.deceased_on IS NULL OR p.deceased_on > :last_on)
          AND (substr(:last_on, 1, 4) - substr(p.born_on, 1, 4)) * 12 + substr(:last_on, 6, 2) - substr(p.born_on, 6, 2)
              - (substr(:last_on, 9) < substr(p.born_on, 9)) BETWEEN 12 AND 23 ONLY(sex, p.id)
    ), kinds AS (
        SELECT c.key AS place, v.cvx AS cvx FROM json_each(:coverage) c JOIN reference_vaccines v ON EXISTS (
            SELECT 1 FROM json_each(c.value, '$[2]') a WHERE instr(';' || v.antigens || ';', ';' || a.value || ';'))
    ), doses AS (
        SELECT KEPT(i.patient_id) AS patient, i.occurred_on AS occurred_on, i.vaccine_code AS cvx
        FROM immunizations i WHERE i.status = 'completed' AND i.occurred_on <= :last_on ONLY(sex, i.patient_id)
    ), counted AS (
        SELECT k.place AS place, d.patient AS patient, count(DISTINCT d.occurred_on) AS doses,
               sum(d.occurred_on >= :first_on) AS given
        FROM kinds k JOIN doses d ON d.cvx = k.cvx
        GROUP BY 1, 2
    )
    SELECT c.value ->> 0, c.value ->> 1, (SELECT count(*) FROM children),
           (SELECT count(*) FROM counted n JOIN children h ON h.id = n.patient
            WHERE n.place = c.key AND n.doses >= (c.value ->> 1)),
           (SELECT coalesce(sum(n.given), 0) FROM counted n WHERE n.place = c.key)
    FROM json_each(:coverage) c ORDER BY c.key
    """
)


def _measure(row: tuple[object, ...]) -> Row:
    name, eligible, met = row
    title, target, how = MEASURES[str(name)]
    counted = [value if isinstance(value, int) else None for value in (eligible, met)]
    return title, counted[0], counted[1], target, how, str(name)


# Whom the measures are about, their last pressure and sugar: what counts them and what lists them agree. It begins at
# those who are ill and looks theirs up: reading every sign that was measured takes three times as long.
QUALITY_PEOPLE: Final = """
    WITH ill AS MATERIALIZED (
        SELECT DISTINCT KEPT(d.patient_id) AS patient, substr(upper(trim(d.code)), 1, 3) AS code FROM problems d
        WHERE (substr(upper(trim(d.code)), 1, 3) = 'I10' OR substr(upper(trim(d.code)), 1, 3) BETWEEN 'E08' AND 'E14')
          AND d.status = 'active' AND d.certainty <> 'refuted' AND d.noted_at < :to_at
          AND (d.code_system IS NULL OR d.code_system LIKE '%icd-10%')
    ), people AS MATERIALIZED (
        SELECT p.id AS id,
               substr(:last_on, 1, 4) - substr(p.born_on, 1, 4) - (substr(:last_on, 6) < substr(p.born_on, 6)) AS age
        FROM (SELECT DISTINCT patient FROM ill) i CROSS JOIN patients p ON p.id = i.patient
        WHERE p.merged_into IS NULL AND p.registered_at < :to_at AND p.born_on IS NOT NULL
          AND (p.deceased_on IS NULL OR p.deceased_on > :last_on) ONLY(sex, p.id)
    ), pressed AS MATERIALIZED (
        SELECT p.id AS id FROM people p
        WHERE p.age BETWEEN 18 AND 85 AND p.id IN (SELECT patient FROM ill WHERE code = 'I10')
    ), sugared AS MATERIALIZED (
        SELECT p.id AS id FROM people p
        WHERE p.age BETWEEN 18 AND 75 AND p.id IN (SELECT patient FROM ill WHERE code <> 'I10')
    ), pressures AS MATERIALIZED (
        SELECT k.id AS patient, DAY(v.taken_at) AS taken_on,
               min(CASE WHEN v.code = '8480-6' THEN CAST(v.value AS REAL) END) AS systolic,
               min(CASE WHEN v.code = '8462-4' THEN CAST(v.value AS REAL) END) AS diastolic
        FROM (SELECT id, id AS own FROM pressed
              UNION ALL SELECT p.id, m.id FROM pressed p CROSS JOIN patients m ON m.merged_into = p.id) k
        CROSS JOIN vital_signs v ON v.patient_id = k.own AND v.code IN ('8480-6', '8462-4')
             AND v.taken_at >= :from_at AND v.taken_at < :to_at
        WHERE v.status = 'final' GROUP BY 1, 2 HAVING systolic IS NOT NULL AND diastolic IS NOT NULL
    ), lasts AS MATERIALIZED (
        SELECT * FROM (
            SELECT *, row_number() OVER (PARTITION BY patient ORDER BY taken_on DESC) AS k FROM pressures
        ) WHERE k = 1
    ), sugars AS MATERIALIZED (
        SELECT k.id AS patient, CAST(r.value AS REAL) AS value, r.released_at AS released_at, r.rowid_ AS row
        FROM (SELECT id, id AS own FROM sugared
              UNION ALL SELECT p.id, m.id FROM sugared p CROSS JOIN patients m ON m.merged_into = p.id) k
        CROSS JOIN lab_results r ON r.patient_id = k.own
             AND r.test_code IN (SELECT code FROM lab_tests WHERE loinc = '4548-4')
        WHERE r.unit = '%' AND r.status = 'released' AND r.released_at >= :from_at AND r.released_at < :to_at
    ), newest AS MATERIALIZED (
        SELECT * FROM (
            SELECT *, row_number() OVER (PARTITION BY patient ORDER BY released_at DESC, row DESC) AS k FROM sugars
        ) WHERE k = 1
    )"""
QUALITY: Final = Question(
    QUALITY_PEOPLE  # noqa: S608 - two constants of this program
    + """, visits AS (
        SELECT EXISTS (SELECT 1 FROM consultation_steps c WHERE c.encounter_id = e.id AND c.step = 'history'
                       AND coalesce(c.content ->> 'medicines_reconciled', '') NOT IN ('', '0')) AS met
        FROM encounters e WHERE +e.status = 'signed' AND e.started_at >= :from_at AND e.started_at < :to_at
              ONLY(sex, e.patient_id)
    )
    SELECT 'blood_pressure', (SELECT count(*) FROM pressed), coalesce(sum(systolic < 140 AND diastolic < 90), 0)
    FROM lasts
    UNION ALL SELECT 'hba1c', (SELECT count(*) FROM sugared), coalesce(sum(value <= 9.0), 0) FROM newest
    UNION ALL SELECT 'screening', NULL, NULL
    UNION ALL SELECT 'reconciliation', count(*), coalesce(sum(met), 0) FROM visits
    """,
    shape=_measure,
)


QUESTIONS: Final = {
    "disease-register": DISEASES,
    "immunization-coverage": IMMUNIZATION,
    "clinical-quality": QUALITY,
}
