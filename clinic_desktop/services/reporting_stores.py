"""The statements behind the reports about medicines, stock and the laboratory."""

from typing import Final

from clinic_desktop.services.reporting_words import Question

CONSUMPTION: Final = Question(
    """
    SELECT BUCKET(d.dispensed_at), p.name, p.form, p.strength, p.unit,
           count(DISTINCT CASE WHEN d.status = 'dispensed' THEN KEPT(d.patient_id) END),
           sum(d.status = 'dispensed'), sum(CASE WHEN d.status = 'dispensed' THEN d.quantity ELSE 0 END),
           sum(d.status = 'cancelled'), sum(d.status = 'dispensed' AND d.substituted_reason IS NOT NULL), p.id
    FROM dispenses d JOIN products p ON p.id = d.product_id
    WHERE d.dispensed_at >= :from_at AND d.dispensed_at < :to_at ONLY(sex, d.patient_id)
    GROUP BY 1, p.id ORDER BY 1, p.name, p.strength, p.form, p.id
    """,
    """
    SELECT count(DISTINCT KEPT(d.patient_id)) AS people FROM dispenses d
    WHERE d.dispensed_at >= :from_at AND d.dispensed_at < :to_at AND d.status = 'dispensed'
          ONLY(sex, d.patient_id)
    """,
)

PRESCRIBING: Final = Question(
    """
    WITH signed AS (
        SELECT BUCKET(p.signed_at) AS period, p.id AS id, p.prescriber_id AS person FROM prescriptions p
        WHERE p.signed_at >= :from_at AND p.signed_at < :to_at AND p.status <> 'cancelled'
              ONLY(practitioner, p.prescriber_id)
    ), lines AS (
        SELECT s.period AS period, s.person AS person,
               lower(trim(l.name)) = lower(trim(coalesce(m.name, l.generic_name, ''))) AS generic
        FROM signed s JOIN prescription_lines l ON l.prescription_id = s.id
        LEFT JOIN reference_medicines m ON m.code = l.medicine_code
    ), parts(place, by, period, part, tier, yes) AS (
        SELECT 1, 'Safety rule', s.period, replace(replace(CASE WHEN instr(a.rule, a.kind || ':') = 1 THEN a.rule
                   ELSE a.kind || ' ' || a.rule END, ':', ' · '), '_', ' '),
               a.tier, a.override_reason IS NOT NULL
        FROM signed s JOIN safety_alerts a ON a.prescription_id = s.id
        UNION ALL
        SELECT 2, 'Prescriber', l.period, NAMED(f), '', l.generic FROM lines l JOIN staff f ON f.id = l.person
        UNION ALL SELECT 3, 'All', period, 'lines', '', generic FROM lines
    )
    SELECT period, by, part, tier, count(*), sum(yes)
    FROM parts GROUP BY period, place, part, tier ORDER BY period, place, part, tier
    """
)

# The first result of a test is the one that supersedes none, or the first that was released at all.
LABORATORY: Final = Question(
    """
    WITH firsts AS (
        SELECT r.order_test_id AS order_test_id, min(r.released_at) AS released_at
        FROM lab_results r WHERE r.released_at IS NOT NULL GROUP BY 1
        HAVING min(r.released_at) >= :from_at AND min(r.released_at) < :to_at
    ), times AS (
        SELECT BUCKET(f.released_at) AS period, coalesce(k.section, '') AS section,
               coalesce(k.name, t.test_code) AS test,
               SECONDS(o.ordered_at, s.collected_at) AS collecting, SECONDS(s.collected_at, f.released_at) AS bench,
               SECONDS(o.ordered_at, f.released_at) AS whole, r.flag IN ('LL', 'HH') AS critical,
               CASE WHEN r.flag IN ('LL', 'HH') THEN
                   (SELECT min(c.told_at) FROM callbacks c WHERE c.result_id = r.id) END AS told_at,
               f.released_at AS released_at,
               EXISTS (SELECT 1 FROM lab_results n WHERE n.order_test_id = t.id AND n.supersedes IS NOT NULL
                       AND n.released_at IS NOT NULL) AS corrected
        FROM firsts f JOIN lab_order_tests t ON t.id = f.order_test_id JOIN lab_orders o ON o.id = t.order_id
        JOIN lab_results r ON r.id = (SELECT q.id FROM lab_results q WHERE q.order_test_id = f.order_test_id
                                      AND q.released_at = f.released_at ORDER BY q.rowid_ LIMIT 1)
        LEFT JOIN specimens s ON s.id = t.specimen_id LEFT JOIN lab_tests k ON k.code = t.test_code
        WHERE TRUE ONLY(section, k.section) ONLY(sex, t.patient_id)
    ), ranked AS (
        SELECT *, count(*) OVER (PARTITION BY period, section, test) AS n,
               row_number() OVER (PARTITION BY period, section, test ORDER BY whole) AS k
        FROM times
    ), calls AS (SELECT *, SECONDS(released_at, told_at) AS calling FROM ranked)
    SELECT period, section, test, count(*), coalesce(sum(collecting), 0), coalesce(sum(bench), 0), sum(whole),
           (max(CASE WHEN k = (9 * n + 9) / 10 THEN whole END) + 3) / 6,
           sum(critical), count(told_at), coalesce(sum(calling), 0), sum(corrected)
    FROM calls GROUP BY period, section, test ORDER BY period, section, test
    """
)

STOCK: Final = Question(
    """
    WITH held AS (
        SELECT l.id AS id, l.product_id AS product_id, l.lot AS lot, l.expires_on AS expires_on, l.recalled AS recalled,
               (SELECT coalesce(sum(m.quantity), 0) FROM stock_moves m
                WHERE m.lot_id = l.id AND m.moved_at < :to_at) AS on_hand,
               (SELECT coalesce(-sum(m.quantity), 0) FROM stock_moves m
                WHERE m.lot_id = l.id AND m.dispense_id IS NOT NULL
                  AND m.moved_at >= :from_at AND m.moved_at < :to_at) AS used
        FROM stock_lots l
    )
    SELECT p.name, p.form, p.strength, h.lot, h.expires_on,
           CAST(julianday(h.expires_on) - julianday(:last_on) AS INTEGER),
           CASE WHEN h.recalled THEN 'recalled' WHEN h.expires_on < :last_on THEN 'expired'
                WHEN h.expires_on <= date(:last_on, '+30 days') THEN '30 days'
                WHEN h.expires_on <= date(:last_on, '+90 days') THEN '90 days' ELSE 'good' END,
           h.on_hand, h.used, p.unit,
           sum(CASE WHEN h.recalled OR h.expires_on < :last_on THEN 0 ELSE h.on_hand END) OVER (PARTITION BY p.id),
           p.reorder_level, h.id
    FROM held h JOIN products p ON p.id = h.product_id
    WHERE h.on_hand <> 0 OR h.used <> 0
    ORDER BY p.name, p.strength, p.form, p.id, h.expires_on, h.lot, h.id
    """
)

QUESTIONS: Final = {
    "drug-consumption": CONSUMPTION,
    "prescribing": PRESCRIBING,
    "laboratory-turnaround": LABORATORY,
    "stock-and-expiry": STOCK,
}
