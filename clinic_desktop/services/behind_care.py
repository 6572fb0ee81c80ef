"""What stands behind the reports about care: problems noted, children and doses, people and visits of each measure."""

from typing import Final

from clinic_desktop.services.reporting_care import QUALITY_PEOPLE

DISEASES: Final = """
    WITH noted AS (
        SELECT d.noted_at AS noted_at, KEPT(d.patient_id) AS patient, d.certainty = 'confirmed' AS confirmed,
               d.certainty AS certainty, d.title AS title, DAY(d.noted_at) AS noted_on,
               CASE WHEN d.code IS NULL OR trim(d.code) = '' THEN '' WHEN d.code_system IS NULL
                    OR d.code_system LIKE '%icd-10%' THEN upper(trim(d.code)) ELSE trim(d.code) END AS code,
               d.code_system IS NULL OR d.code_system LIKE '%icd-10%' AS ours
        FROM problems d
        WHERE d.noted_at >= :from_at AND d.noted_at < :to_at
          AND d.status <> 'entered_in_error' AND d.certainty <> 'refuted' ONLY(sex, d.patient_id)
    ), placed AS (
        SELECT n.*, CASE WHEN n.code = '' THEN 'not coded' WHEN NOT n.ours THEN 'other coding'
                    ELSE coalesce(c.value ->> 2, 'no chapter') END AS chapter,
               p.sex AS sex, substr(n.noted_on, 1, 4) - substr(p.born_on, 1, 4)
                   - (substr(n.noted_on, 6) < substr(p.born_on, 6)) < 15 AS young
        FROM noted n JOIN patients p ON p.id = n.patient
        LEFT JOIN json_each(:chapters) c ON n.ours AND substr(n.code, 2, 1) BETWEEN '0' AND '9'
             AND substr(n.code, 1, 3) BETWEEN c.value ->> 0 AND c.value ->> 1
    ), parts AS (
        SELECT p.*, '' AS key, 1 AS chapter_line FROM placed p
        UNION ALL
        SELECT p.*, CASE WHEN p.code = '' THEN '-' || p.title ELSE p.code END, 0 FROM placed p
    )
    SELECT BUCKET(p.noted_at) AS period, p.chapter AS chapter, p.key AS key, MOMENT(p.noted_at) AS at,
           'problem' AS what, trim(p.code || ' ' || p.title || ', ' || p.certainty) AS detail, p.patient AS patient,
           1 AS people, p.sex = 'female' AS female, p.sex = 'male' AS male, coalesce(p.young, 0) AS young,
           p.confirmed AS confirmed, p.chapter_line AS chapter_line
    FROM parts p
"""

IMMUNIZATION: Final = """
    WITH children AS (
        SELECT p.id AS id, p.born_on AS born_on FROM patients p
        WHERE p.merged_into IS NULL AND p.registered_at < :to_at AND p.born_precision = 'day'
          AND (p.deceased_on IS NULL OR p.deceased_on > :last_on)
          AND (substr(:last_on, 1, 4) - substr(p.born_on, 1, 4)) * 12 + substr(:last_on, 6, 2) - substr(p.born_on, 6, 2)
              - (substr(:last_on, 9) < substr(p.born_on, 9)) BETWEEN 12 AND 23 ONLY(sex, p.id)
    ), kinds AS (
        SELECT c.key AS place, v.cvx AS cvx FROM json_each(:coverage) c JOIN reference_vaccines v ON EXISTS (
            SELECT 1 FROM json_each(c.value, '$[2]') a WHERE instr(';' || v.antigens || ';', ';' || a.value || ';'))
    ), doses AS (
        SELECT KEPT(i.patient_id) AS patient, i.occurred_on AS occurred_on, i.vaccine_code AS cvx,
               i.vaccine_name AS name
        FROM immunizations i WHERE i.status = 'completed' AND i.occurred_on <= :last_on ONLY(sex, i.patient_id)
    ), counted AS (
        SELECT k.place AS place, d.patient AS patient, count(DISTINCT d.occurred_on) AS doses
        FROM kinds k JOIN doses d ON d.cvx = k.cvx GROUP BY 1, 2
    )
    SELECT '' AS period, c.value ->> 0 AS indicator, h.born_on AS at, 'born' AS what,
           coalesce(n.doses, 0) || ' of ' || (c.value ->> 1) || ' doses' AS detail, h.id AS patient, 1 AS eligible,
           coalesce(n.doses, 0) >= (c.value ->> 1) AS covered, 0 AS given
    FROM json_each(:coverage) c CROSS JOIN children h
    LEFT JOIN counted n ON n.place = c.key AND n.patient = h.id
    UNION ALL
    SELECT '', c.value ->> 0, d.occurred_on, 'dose', d.name, d.patient, 0, 0, 1
    FROM json_each(:coverage) c JOIN kinds k ON k.place = c.key JOIN doses d ON d.cvx = k.cvx
    WHERE d.occurred_on >= :first_on
"""

QUALITY: Final = (
    """
    -- A join of what was computed has no index to go by: two lists are put together and grouped instead.
"""  # noqa: S608 - two constants of this program
    + QUALITY_PEOPLE.removeprefix("\n")
    + """, pressure AS (
        SELECT id, max(taken_on) AS taken_on, max(systolic) AS systolic, max(diastolic) AS diastolic FROM (
            SELECT id, NULL AS taken_on, NULL AS systolic, NULL AS diastolic FROM pressed
            UNION ALL
            SELECT patient, taken_on, systolic, diastolic FROM lasts WHERE patient IN (SELECT id FROM pressed)
        ) GROUP BY id
    ), sugar AS (
        SELECT id, max(released_at) AS released_at, max(value) AS value FROM (
            SELECT id, NULL AS released_at, NULL AS value FROM sugared
            UNION ALL
            SELECT patient, released_at, value FROM newest WHERE patient IN (SELECT id FROM sugared)
        ) GROUP BY id
    )
    SELECT '' AS period, 'blood_pressure' AS measure_key, coalesce(l.taken_on, '') AS at, 'blood pressure' AS what,
           coalesce(CAST(l.systolic AS INTEGER) || '/' || CAST(l.diastolic AS INTEGER), 'none in the period') AS detail,
           l.id AS patient, 1 AS eligible, coalesce(l.systolic < 140 AND l.diastolic < 90, 0) AS met
    FROM pressure l
    UNION ALL
    SELECT '', 'hba1c', coalesce(MOMENT(n.released_at), ''), 'HbA1c', coalesce(n.value || ' %', 'none in the period'),
           n.id, 1, coalesce(n.value <= 9.0, 0)
    FROM sugar n
    UNION ALL
    SELECT '', 'reconciliation', MOMENT(e.started_at), 'visit', '', KEPT(e.patient_id), 1,
           EXISTS (SELECT 1 FROM consultation_steps c WHERE c.encounter_id = e.id AND c.step = 'history'
                   AND coalesce(c.content ->> 'medicines_reconciled', '') NOT IN ('', '0'))
    FROM encounters e WHERE e.status = 'signed' AND e.started_at >= :from_at AND e.started_at < :to_at
         ONLY(sex, e.patient_id)
"""
)

STATEMENTS: Final = {
    "disease-register": DISEASES,
    "immunization-coverage": IMMUNIZATION,
    "clinical-quality": QUALITY,
}
