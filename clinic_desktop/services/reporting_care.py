"""The statements behind the reports about care: diseases, immunization, quality."""

from typing import Final

from clinic_desktop.domain.reporting import Row
from clinic_desktop.domain.reporting_care import MEASURES
from clinic_desktop.services.reporting_words import Question

DISEASES: Final = Question(
    """
    WITH chapters AS MATERIALIZED (
        SELECT key, value ->> 0 AS first, value ->> 1 AS last, value ->> 2 AS number, value ->> 3 AS title
        FROM json_each(:chapters)
    ), noted AS MATERIALIZED (
        SELECT BUCKET(d.noted_at) AS period, KEPT(d.patient_id) AS patient, d.certainty = 'confirmed' AS confirmed,
               d.title AS title, DAY(d.noted_at) AS noted_on,
               CASE WHEN d.code IS NULL OR trim(d.code) = '' THEN '' WHEN d.code_system IS NULL
                    OR d.code_system LIKE '%icd-10%' THEN upper(trim(d.code)) ELSE trim(d.code) END AS code,
               d.code_system IS NULL OR d.code_system LIKE '%icd-10%' AS ours
        FROM problems d
        WHERE d.noted_at >= :from_at AND d.noted_at < :to_at
          AND d.status <> 'entered_in_error' AND d.certainty <> 'refuted' ONLY(sex, d.patient_id)
    ), coded AS MATERIALIZED (
        SELECT n.code AS code, c.key AS key, c.number AS number, c.title AS title
        FROM (SELECT DISTINCT code FROM noted WHERE ours) n
        JOIN chapters c ON substr(n.code, 2, 1) BETWEEN '0' AND '9' AND substr(n.code, 1, 3) BETWEEN c.first AND c.last
    ), placed AS MATERIALIZED (
        SELECT n.*, CASE WHEN n.code = '' THEN 98 WHEN NOT n.ours THEN 99 ELSE coalesce(c.key, 97) END AS place,
               CASE WHEN n.code = '' THEN 'not coded' WHEN NOT n.ours THEN 'other coding'
                    ELSE coalesce(c.number, 'no chapter') END AS chapter,
               coalesce(c.title, '') AS heading, p.sex AS sex,
               substr(n.noted_on, 1, 4) - substr(p.born_on, 1, 4)
                   - (substr(n.noted_on, 6) < substr(p.born_on, 6)) < 15 AS young
        FROM noted n JOIN patients p ON p.id = n.patient
        LEFT JOIN coded c ON n.ours AND c.code = n.code
    ), parts(period, place, chapter, code, title, patient, sex, young, confirmed) AS (
        SELECT period, place, chapter, '', heading, patient, sex, young, confirmed FROM placed
        UNION ALL
        SELECT period, place, chapter, CASE WHEN code = '' THEN '-' ELSE code END, title, patient, sex, young, confirmed
        FROM placed
    )
    SELECT period, chapter, CASE WHEN code = '-' THEN '' ELSE code END, min(title), count(DISTINCT patient),
           count(DISTINCT CASE WHEN sex = 'female' THEN patient END),
           count(DISTINCT CASE WHEN sex = 'male' THEN patient END), count(DISTINCT CASE WHEN young THEN patient END),
           count(DISTINCT CASE WHEN confirmed THEN patient END), code || CASE WHEN code = '-' THEN title ELSE '' END
    FROM parts
    GROUP BY period, place, code, CASE WHEN code = '-' THEN title ELSE '' END
    ORDER BY period, place, code, min(title)
    """,
    """
    SELECT count(DISTINCT KEPT(d.patient_id)) AS people FROM problems d
    WHERE d.noted_at >= :from_at AND d.noted_at < :to_at
      AND d.status <> 'entered_in_error' AND d.certainty <> 'refuted' ONLY(sex, d.patient_id)
    """,
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


# Whom the measures are about, what they have, and their pressures by day: what counts them and what lists them agree.
QUALITY_PEOPLE: Final = """
    WITH people AS MATERIALIZED (
        SELECT p.id AS id,
               substr(:last_on, 1, 4) - substr(p.born_on, 1, 4) - (substr(:last_on, 6) < substr(p.born_on, 6)) AS age
        FROM patients p
        WHERE p.merged_into IS NULL AND p.registered_at < :to_at AND p.born_on IS NOT NULL
          AND (p.deceased_on IS NULL OR p.deceased_on > :last_on) ONLY(sex, p.id)
    ), ill AS MATERIALIZED (
        SELECT DISTINCT KEPT(d.patient_id) AS patient, substr(upper(trim(d.code)), 1, 3) AS code FROM problems d
        WHERE d.status = 'active' AND d.certainty <> 'refuted' AND d.noted_at < :to_at
          AND (d.code_system IS NULL OR d.code_system LIKE '%icd-10%')
    ), pressures AS MATERIALIZED (
        SELECT KEPT(v.patient_id) AS patient, DAY(v.taken_at) AS taken_on,
               min(CASE WHEN v.code = '8480-6' THEN CAST(v.value AS REAL) END) AS systolic,
               min(CASE WHEN v.code = '8462-4' THEN CAST(v.value AS REAL) END) AS diastolic
        FROM vital_signs v
        WHERE v.code IN ('8480-6', '8462-4') AND v.status = 'final' AND v.taken_at >= :from_at AND v.taken_at < :to_at
        GROUP BY 1, 2 HAVING systolic IS NOT NULL AND diastolic IS NOT NULL
    )"""
QUALITY: Final = Question(
    QUALITY_PEOPLE  # noqa: S608 - two constants of this program
    + """, pressure AS (
        SELECT p.id AS id, p.id IN (
            SELECT patient FROM (
                SELECT *, row_number() OVER (PARTITION BY patient ORDER BY taken_on DESC) AS k FROM pressures
            ) WHERE k = 1 AND systolic < 140 AND diastolic < 90
        ) AS met
        FROM people p
        WHERE p.age BETWEEN 18 AND 85 AND p.id IN (SELECT patient FROM ill WHERE code = 'I10')
    ), sugars AS MATERIALIZED (
        SELECT KEPT(r.patient_id) AS patient, CAST(r.value AS REAL) AS value, r.released_at AS released_at,
               r.rowid_ AS row
        FROM lab_results r JOIN lab_tests t ON t.code = r.test_code
        WHERE t.loinc = '4548-4' AND r.unit = '%' AND r.status = 'released'
          AND r.released_at >= :from_at AND r.released_at < :to_at
    ), sugar AS (
        SELECT p.id AS id, p.id IN (
            SELECT patient FROM (
                SELECT *, row_number() OVER (PARTITION BY patient ORDER BY released_at DESC, row DESC) AS k FROM sugars
            ) WHERE k = 1 AND value <= 9.0
        ) AS met
        FROM people p
        WHERE p.age BETWEEN 18 AND 75 AND p.id IN (SELECT patient FROM ill WHERE code BETWEEN 'E08' AND 'E14')
    ), visits AS (
        SELECT EXISTS (SELECT 1 FROM consultation_steps c WHERE c.encounter_id = e.id AND c.step = 'history'
                       AND coalesce(c.content ->> 'medicines_reconciled', '') NOT IN ('', '0')) AS met
        FROM encounters e WHERE e.status = 'signed' AND e.started_at >= :from_at AND e.started_at < :to_at
              ONLY(sex, e.patient_id)
    )
    SELECT 'blood_pressure', count(*), coalesce(sum(met), 0) FROM pressure
    UNION ALL SELECT 'hba1c', count(*), coalesce(sum(met), 0) FROM sugar
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
