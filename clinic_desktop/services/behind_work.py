"""What stands behind the reports about work: appointments and offered hours, check-ins, visits, people."""

from typing import Final

from clinic_desktop.services.reporting_work import SEEN_AND_COVERED

APPOINTMENTS: Final = """
    WITH RECURSIVE days(day) AS (
        SELECT :first_on UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < :last_on
    )
    SELECT BUCKET(a.starts_at) AS period, a.practitioner_id AS person, MOMENT(a.starts_at) AS at,
           'appointment' AS what, replace(a.status, '_', ' ') || ', ' || a.minutes || ' min' AS detail,
           KEPT(a.patient_id) AS patient, 1 AS booked, a.status IN ('arrived', 'completed') AS kept,
           a.status = 'cancelled' AS cancelled, a.status = 'no_show' AS missed, a.status = 'booked' AS open,
           a.status <> 'cancelled' AS people,
           CASE WHEN a.status IN ('arrived', 'completed') THEN a.minutes ELSE 0 END AS kept_minutes,
           0 AS offered_minutes, a.status <> 'cancelled' AS due
    FROM appointments a
    WHERE a.starts_at >= :from_at AND a.starts_at < :to_at ONLY(practitioner, a.practitioner_id)
    UNION ALL
    SELECT CIVIL(d.day), h.staff_id, d.day, 'working hours', h.starts || '–' || h.ends, NULL, 0, 0, 0, 0, 0, 0, 0,
           substr(h.ends, 1, 2) * 60 + substr(h.ends, 4, 2) - substr(h.starts, 1, 2) * 60 - substr(h.starts, 4, 2), 0
    FROM days d JOIN staff_hours h ON h.active = 1 AND h.weekday = (strftime('%w', d.day) + 6) % 7
         ONLY(practitioner, h.staff_id)
"""

QUEUE: Final = """
    SELECT BUCKET(q.checked_in_at) AS period, q.priority AS priority, MOMENT(q.checked_in_at) AS at,
           'check-in ' || q.ticket AS what, replace(q.status, '_', ' ') AS detail, KEPT(q.patient_id) AS patient,
           1 AS arrived, q.begun_at IS NOT NULL AS called, q.status = 'done' AS seen, q.status = 'left' AS gone,
           SECONDS(q.checked_in_at, q.begun_at) AS wait_seconds,
           CASE WHEN q.status = 'done' THEN SECONDS(q.begun_at, q.finished_at) END AS service_seconds,
           q.status = 'done' AND SECONDS(q.begun_at, q.finished_at) IS NOT NULL AS served
    FROM (SELECT q.*, coalesce(q.called_at, e.started_at) AS begun_at
          FROM queue_entries q LEFT JOIN encounters e ON e.id = q.encounter_id) q
    WHERE q.checked_in_at >= :from_at AND q.checked_in_at < :to_at ONLY(priority, q.priority) ONLY(sex, q.patient_id)
"""

PRACTITIONERS: Final = """
    SELECT BUCKET(e.started_at) AS period, e.practitioner_id AS person, MOMENT(e.started_at) AS at, 'visit' AS what,
           replace(e.status, '_', ' ') AS detail, KEPT(e.patient_id) AS patient, 1 AS visits, 1 AS people,
           e.status = 'signed' AS signed, e.status <> 'signed' AS unsigned,
           CASE WHEN e.status = 'signed' THEN SECONDS(e.started_at, e.signed_at) ELSE 0 END AS visit_seconds,
           e.status = 'signed' AND SECONDS(e.started_at, e.signed_at) > 86400 AS late,
           0 AS prescriptions, 0 AS lab_orders, 0 AS addenda
    FROM encounters e
    WHERE e.started_at >= :from_at AND e.started_at < :to_at AND e.status NOT IN ('void', 'outside')
          AND e.practitioner_id IS NOT NULL ONLY(practitioner, e.practitioner_id) ONLY(sex, e.patient_id)
    UNION ALL
    SELECT BUCKET(p.signed_at), p.prescriber_id, MOMENT(p.signed_at), 'prescription', p.number, KEPT(p.patient_id),
           0, 0, 0, 0, 0, 0, 1, 0, 0
    FROM prescriptions p WHERE p.signed_at >= :from_at AND p.signed_at < :to_at AND p.status <> 'cancelled'
         ONLY(practitioner, p.prescriber_id) ONLY(sex, p.patient_id)
    UNION ALL
    SELECT BUCKET(o.ordered_at), o.ordered_by, MOMENT(o.ordered_at), 'laboratory order', o.number, KEPT(o.patient_id),
           0, 0, 0, 0, 0, 0, 0, 1, 0
    FROM lab_orders o WHERE o.ordered_at >= :from_at AND o.ordered_at < :to_at AND o.status <> 'cancelled'
         ONLY(practitioner, o.ordered_by) ONLY(sex, o.patient_id)
    UNION ALL
    SELECT BUCKET(d.written_at), d.author_id, MOMENT(d.written_at), 'addendum', '', KEPT(d.patient_id),
           0, 0, 0, 0, 0, 0, 0, 0, 1
    FROM addenda d WHERE d.written_at >= :from_at AND d.written_at < :to_at
         ONLY(practitioner, d.author_id) ONLY(sex, d.patient_id)
"""

DEMOGRAPHICS: Final = (
    SEEN_AND_COVERED  # noqa: S608 - two constants of this program
    + """, persons AS (
        SELECT p.id, p.sex, p.city, p.language, p.registered_at, p.registered_at >= :from_at AS new,
               p.id IN (SELECT patient FROM seen) AS seen,
               substr(:last_on, 1, 4) - substr(p.born_on, 1, 4) - (substr(:last_on, 6) < substr(p.born_on, 6)) AS age,
               coalesce(c.insurer, p.insurer, '') AS insurer
        FROM patients p LEFT JOIN covered c ON c.patient = p.id
        WHERE p.merged_into IS NULL AND p.registered_at < :to_at
          AND (p.deceased_on IS NULL OR p.deceased_on > :last_on) ONLY(sex, p.id)
    ), parts(dimension, part, id, registered_at, new, seen) AS (
        SELECT 'Age', CASE WHEN age IS NULL THEN 'not known' WHEN age <= 18 THEN '0-18' WHEN age <= 35 THEN '19-35'
                           WHEN age <= 50 THEN '36-50' WHEN age <= 65 THEN '51-65' ELSE '66 and over' END,
               id, registered_at, new, seen FROM persons
        UNION ALL SELECT 'Sex', sex, id, registered_at, new, seen FROM persons
        UNION ALL SELECT 'Insurance', CASE WHEN insurer = '' THEN 'none' ELSE insurer END, id, registered_at, new, seen
        FROM persons
        UNION ALL SELECT 'City', coalesce(nullif(trim(city), ''), 'not known'), id, registered_at, new, seen
        FROM persons
        UNION ALL SELECT 'Language', coalesce(nullif(trim(language), ''), 'not known'), id, registered_at, new, seen
        FROM persons
    )
    SELECT '' AS period, dimension, part, MOMENT(registered_at) AS at, 'registered' AS what,
           CASE WHEN seen THEN 'seen in the period' ELSE '' END AS detail, id AS patient, 1 AS people, new, seen
    FROM parts
"""
)

STATEMENTS: Final = {
    "appointment-utilization": APPOINTMENTS,
    "queue-analytics": QUEUE,
    "doctor-performance": PRACTITIONERS,
    "patient-demographics": DEMOGRAPHICS,
}
