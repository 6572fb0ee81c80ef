"""The statements behind the reports about work: appointments, the queue, practitioners, patients, who saw one."""

from typing import Final

from clinic_desktop.domain.reporting import Row
from clinic_desktop.services.access import sight_words
from clinic_desktop.services.reporting_words import Question

APPOINTMENTS: Final = Question(
    """
    WITH RECURSIVE days(day) AS (
        SELECT :first_on UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < :last_on
    ), offered(period, person, minutes) AS (
        SELECT CIVIL(d.day), h.staff_id,
               sum(substr(h.ends, 1, 2) * 60 + substr(h.ends, 4, 2)
                   - substr(h.starts, 1, 2) * 60 - substr(h.starts, 4, 2))
        FROM days d JOIN staff_hours h ON h.active = 1 AND h.weekday = (strftime('%w', d.day) + 6) % 7
             ONLY(practitioner, h.staff_id)
        GROUP BY 1, 2
    ), booked(period, person, booked, kept, cancelled, missed, open, people, kept_minutes) AS (
        SELECT BUCKET(a.starts_at), a.practitioner_id, count(*),
               sum(a.status IN ('arrived', 'completed')), sum(a.status = 'cancelled'), sum(a.status = 'no_show'),
               sum(a.status = 'booked'), count(DISTINCT CASE WHEN a.status <> 'cancelled' THEN KEPT(a.patient_id) END),
               sum(CASE WHEN a.status IN ('arrived', 'completed') THEN a.minutes ELSE 0 END)
        FROM appointments a WHERE a.starts_at >= :from_at AND a.starts_at < :to_at ONLY(practitioner, a.practitioner_id)
        GROUP BY 1, 2
    )
    SELECT k.period, NAMED(s), coalesce(b.booked, 0), coalesce(b.kept, 0), coalesce(b.cancelled, 0),
           coalesce(b.missed, 0), coalesce(b.open, 0), coalesce(b.people, 0), coalesce(b.kept_minutes, 0),
           coalesce(o.minutes, 0), coalesce(b.booked - b.cancelled, 0), k.person
    FROM (SELECT period, person FROM offered UNION SELECT period, person FROM booked) k
    JOIN staff s ON s.id = k.person
    LEFT JOIN booked b ON b.period = k.period AND b.person = k.person
    LEFT JOIN offered o ON o.period = k.period AND o.person = k.person
    ORDER BY 1, 2, k.person
    """,
    """
    SELECT count(DISTINCT KEPT(a.patient_id)) AS people FROM appointments a
    WHERE a.starts_at >= :from_at AND a.starts_at < :to_at AND a.status <> 'cancelled'
          ONLY(practitioner, a.practitioner_id)
    """,
)

# Nearest rank: the k-th of n is the first that at least n/2 (or 9n/10) do not exceed.
QUEUE: Final = Question(
    """
    WITH entries AS (
        SELECT BUCKET(q.checked_in_at) AS period, q.priority AS priority, q.status AS status,
               SECONDS(q.checked_in_at, q.begun_at) AS wait,
               CASE WHEN q.status = 'done' THEN SECONDS(q.begun_at, q.finished_at) END AS service
        FROM (SELECT q.*, coalesce(q.called_at, e.started_at) AS begun_at
              FROM queue_entries q LEFT JOIN encounters e ON e.id = q.encounter_id) q
        WHERE q.checked_in_at >= :from_at AND q.checked_in_at < :to_at
              ONLY(priority, q.priority) ONLY(sex, q.patient_id)
    ), ranked AS (
        SELECT *, count(wait) OVER (PARTITION BY period, priority) AS n,
               row_number() OVER (PARTITION BY period, priority ORDER BY wait IS NULL, wait) AS k
        FROM entries
    )
    SELECT period, priority, count(*), count(wait), sum(status = 'done'), sum(status = 'left'),
           coalesce(sum(wait), 0),
           (max(CASE WHEN k = (n + 1) / 2 THEN wait END) + 3) / 6,
           (max(CASE WHEN k = (9 * n + 9) / 10 THEN wait END) + 3) / 6,
           (max(wait) + 3) / 6, coalesce(sum(service), 0), count(service)
    FROM ranked GROUP BY period, priority
    ORDER BY period, instr('emergency urgent routine', priority)
    """,
    """
    WITH waits AS (
        SELECT SECONDS(q.checked_in_at, q.begun_at) AS wait
        FROM (SELECT q.checked_in_at, q.priority, q.patient_id, coalesce(q.called_at, e.started_at) AS begun_at
              FROM queue_entries q LEFT JOIN encounters e ON e.id = q.encounter_id) q
        WHERE q.checked_in_at >= :from_at AND q.checked_in_at < :to_at AND q.begun_at IS NOT NULL
              ONLY(priority, q.priority) ONLY(sex, q.patient_id)
    ), ranked AS (SELECT wait, count(*) OVER () AS n, row_number() OVER (ORDER BY wait) AS k FROM waits)
    SELECT (max(CASE WHEN k = (n + 1) / 2 THEN wait END) + 3) / 6 AS wait_median,
           (max(CASE WHEN k = (9 * n + 9) / 10 THEN wait END) + 3) / 6 AS wait_ninth,
           (max(wait) + 3) / 6 AS wait_longest
    FROM ranked
    """,
)

PRACTITIONERS: Final = Question(
    """
    WITH work(period, person, visits, people, signed, unsigned, seconds, late, prescribed, ordered, added) AS (
        SELECT BUCKET(e.started_at), e.practitioner_id, count(*), count(DISTINCT KEPT(e.patient_id)),
               sum(e.status = 'signed'), sum(e.status <> 'signed'),
               sum(CASE WHEN e.status = 'signed' THEN SECONDS(e.started_at, e.signed_at) ELSE 0 END),
               sum(e.status = 'signed' AND SECONDS(e.started_at, e.signed_at) > 86400), 0, 0, 0
        FROM encounters e
        WHERE e.started_at >= :from_at AND e.started_at < :to_at AND e.status NOT IN ('void', 'outside')
              ONLY(practitioner, e.practitioner_id) ONLY(sex, e.patient_id)
        GROUP BY 1, 2
        UNION ALL
        SELECT BUCKET(p.signed_at), p.prescriber_id, 0, 0, 0, 0, 0, 0, count(*), 0, 0 FROM prescriptions p
        WHERE p.signed_at >= :from_at AND p.signed_at < :to_at AND p.status <> 'cancelled'
              ONLY(practitioner, p.prescriber_id) ONLY(sex, p.patient_id)
        GROUP BY 1, 2
        UNION ALL
        SELECT BUCKET(o.ordered_at), o.ordered_by, 0, 0, 0, 0, 0, 0, 0, count(*), 0 FROM lab_orders o
        WHERE o.ordered_at >= :from_at AND o.ordered_at < :to_at AND o.status <> 'cancelled'
              ONLY(practitioner, o.ordered_by) ONLY(sex, o.patient_id)
        GROUP BY 1, 2
        UNION ALL
        SELECT BUCKET(d.written_at), d.author_id, 0, 0, 0, 0, 0, 0, 0, 0, count(*) FROM addenda d
        WHERE d.written_at >= :from_at AND d.written_at < :to_at
              ONLY(practitioner, d.author_id) ONLY(sex, d.patient_id)
        GROUP BY 1, 2
    )
    SELECT w.period, NAMED(s), sum(w.visits), sum(w.people), sum(w.signed), sum(w.unsigned),
           sum(w.seconds), sum(w.late), sum(w.prescribed), sum(w.ordered), sum(w.added), w.person
    FROM work w JOIN staff s ON s.id = w.person
    GROUP BY w.period, w.person ORDER BY 1, 2, w.person
    """,
    """
    SELECT count(DISTINCT KEPT(e.patient_id)) AS people FROM encounters e
    WHERE e.started_at >= :from_at AND e.started_at < :to_at AND e.status NOT IN ('void', 'outside')
      AND e.practitioner_id IS NOT NULL ONLY(practitioner, e.practitioner_id) ONLY(sex, e.patient_id)
    """,
)

# Who was seen in the period, and the first cover of each person: what counts people and what lists them agree.
SEEN_AND_COVERED: Final = """
    WITH seen(patient) AS (
        SELECT DISTINCT KEPT(e.patient_id) FROM encounters e
        WHERE e.started_at >= :from_at AND e.started_at < :to_at AND e.status NOT IN ('void', 'outside')
    ), covered AS (
        SELECT patient, insurer FROM (
            SELECT v.*, row_number() OVER (PARTITION BY v.patient ORDER BY v.position, v.row) AS k
            FROM (SELECT KEPT(c.patient_id) AS patient, i.name AS insurer, c.position AS position, c.rowid_ AS row
              FROM covers c JOIN plans l ON l.id = c.plan_id JOIN insurers i ON i.id = l.insurer_id
              WHERE c.valid_from <= :last_on AND (c.valid_until IS NULL OR c.valid_until >= :last_on)
                AND (c.ended_on IS NULL OR c.ended_on > :last_on)) v
        ) WHERE k = 1
    )"""
DEMOGRAPHICS: Final = Question(
    SEEN_AND_COVERED  # noqa: S608 - two constants of this program
    + """, people AS (
        SELECT p.id, p.sex, p.city, p.language, p.registered_at >= :from_at AS new,
               p.id IN (SELECT patient FROM seen) AS seen,
               substr(:last_on, 1, 4) - substr(p.born_on, 1, 4) - (substr(:last_on, 6) < substr(p.born_on, 6)) AS age,
               coalesce(c.insurer, p.insurer, '') AS insurer
        FROM patients p LEFT JOIN covered c ON c.patient = p.id
        WHERE p.merged_into IS NULL AND p.registered_at < :to_at
          AND (p.deceased_on IS NULL OR p.deceased_on > :last_on) ONLY(sex, p.id)
    ), parts(place, dimension, part, new, seen) AS (
        SELECT 1, 'Age', CASE WHEN age IS NULL THEN 'not known' WHEN age <= 18 THEN '0-18' WHEN age <= 35 THEN '19-35'
                              WHEN age <= 50 THEN '36-50' WHEN age <= 65 THEN '51-65' ELSE '66 and over' END, new, seen
        FROM people
        UNION ALL SELECT 2, 'Sex', sex, new, seen FROM people
        UNION ALL SELECT 3, 'Insurance', CASE WHEN insurer = '' THEN 'none' ELSE insurer END, new, seen FROM people
        UNION ALL SELECT 4, 'City', coalesce(nullif(trim(city), ''), 'not known'), new, seen FROM people
        UNION ALL SELECT 5, 'Language', coalesce(nullif(trim(language), ''), 'not known'), new, seen FROM people
    )
    SELECT dimension, part, count(*), sum(new), sum(seen), (SELECT count(*) FROM people)
    FROM parts GROUP BY place, part ORDER BY place, part
    """,
)


def _seen(row: tuple[object, ...]) -> Row:
    at, who, username, role, workstation, what, reason = (None if value is None else str(value) for value in row)
    return at, who, username, (role or "").replace("_", " "), workstation, sight_words(what or ""), reason


WHO_SAW: Final = Question(
    """
    SELECT MOMENT(x.at), coalesce(p.display_name, ''), p.username, s.role, s.workstation, x.what, x.reason
    FROM (
        SELECT a.at, a.hlc, a.session, a.kind || coalesce(' ' || CASE
                   WHEN a.kind IN ('chart', 'report', 'bill', 'banner', 'refused') THEN a.subject END, '') AS what,
               a.detail AS reason
        FROM access a WHERE a.patient IN (SELECT value FROM json_each(:people))
        UNION ALL
        SELECT j.at, j.hlc, j.session, j.kind, j.reason FROM journal j
        WHERE j.patient IN (SELECT value FROM json_each(:people))
    ) x
    LEFT JOIN sessions s ON s.id = x.session LEFT JOIN staff p ON p.id = s.staff_id
    WHERE x.at >= :from_at AND x.at < :to_at
    ORDER BY x.hlc
    """,
    shape=_seen,
)

QUESTIONS: Final = {
    "appointment-utilization": APPOINTMENTS,
    "queue-analytics": QUEUE,
    "doctor-performance": PRACTITIONERS,
    "patient-demographics": DEMOGRAPHICS,
    "who-saw-patient": WHO_SAW,
}
