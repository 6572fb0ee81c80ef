"""What stands behind the reports about medicines, stock and the laboratory: hand-outs, alerts, lines, tests, moves."""

from typing import Final

CONSUMPTION: Final = """
    SELECT BUCKET(d.dispensed_at) AS period, d.product_id AS product, MOMENT(d.dispensed_at) AS at,
           CASE WHEN d.status = 'cancelled' THEN 'taken back' ELSE 'hand-out' END AS what,
           trim(p.number || ' ' || coalesce(d.substituted_reason, '')) AS detail, KEPT(d.patient_id) AS patient,
           d.status = 'dispensed' AS people, d.status = 'dispensed' AS hand_outs,
           CASE WHEN d.status = 'dispensed' THEN d.quantity ELSE 0 END AS quantity,
           d.status = 'cancelled' AS taken_back,
           d.status = 'dispensed' AND d.substituted_reason IS NOT NULL AS substituted
    FROM dispenses d LEFT JOIN prescriptions p ON p.id = d.prescription_id
    WHERE d.dispensed_at >= :from_at AND d.dispensed_at < :to_at ONLY(sex, d.patient_id)
"""

PRESCRIBING: Final = """
    WITH signed AS (
        SELECT p.* FROM prescriptions p
        WHERE p.signed_at >= :from_at AND p.signed_at < :to_at AND p.status <> 'cancelled'
              ONLY(practitioner, p.prescriber_id)
    ), lines AS (
        SELECT s.signed_at, s.number, s.patient_id, s.prescriber_id AS person, l.name AS name,
               lower(trim(l.name)) = lower(trim(coalesce(m.name, l.generic_name, ''))) AS generic
        FROM signed s JOIN prescription_lines l ON l.prescription_id = s.id
        LEFT JOIN reference_medicines m ON m.code = l.medicine_code
    ), parts("by", part, tier, signed_at, what, detail, patient_id, yes) AS (
        SELECT 'Safety rule', replace(replace(CASE WHEN instr(a.rule, a.kind || ':') = 1 THEN a.rule
                   ELSE a.kind || ' ' || a.rule END, ':', ' · '), '_', ' '),
               a.tier, s.signed_at, 'alert',
               s.number || coalesce(': ' || a.override_reason, ''), s.patient_id, a.override_reason IS NOT NULL
        FROM signed s JOIN safety_alerts a ON a.prescription_id = s.id
        UNION ALL
        SELECT 'Prescriber', NAMED(f), '', l.signed_at, 'line', l.number || ' ' || l.name, l.patient_id, l.generic
        FROM lines l JOIN staff f ON f.id = l.person
        UNION ALL
        SELECT 'All', 'lines', '', signed_at, 'line', number || ' ' || name, patient_id, generic FROM lines
    )
    SELECT BUCKET(p.signed_at) AS period, p."by" AS "by", p.part AS part, coalesce(p.tier, '') AS tier,
           MOMENT(p.signed_at) AS at, p.what AS what, p.detail AS detail, KEPT(p.patient_id) AS patient, 1 AS number,
           p.yes AS of_these
    FROM parts p
"""

LABORATORY: Final = """
    WITH firsts AS (
        SELECT r.order_test_id AS order_test_id, min(r.released_at) AS released_at
        FROM lab_results r WHERE r.released_at IS NOT NULL GROUP BY 1
        HAVING min(r.released_at) >= :from_at AND min(r.released_at) < :to_at
    ), times AS (
        SELECT f.released_at AS released_at, coalesce(k.section, '') AS section, coalesce(k.name, t.test_code) AS test,
               o.number AS number, o.patient_id AS patient_id, r.flag AS flag,
               SECONDS(o.ordered_at, s.collected_at) AS collecting, SECONDS(s.collected_at, f.released_at) AS bench,
               SECONDS(o.ordered_at, f.released_at) AS whole, r.flag IN ('LL', 'HH') AS critical,
               CASE WHEN r.flag IN ('LL', 'HH') THEN
                   (SELECT min(c.told_at) FROM callbacks c WHERE c.result_id = r.id) END AS told_at,
               EXISTS (SELECT 1 FROM lab_results n WHERE n.order_test_id = t.id AND n.supersedes IS NOT NULL
                       AND n.released_at IS NOT NULL) AS corrected
        FROM firsts f JOIN lab_order_tests t ON t.id = f.order_test_id JOIN lab_orders o ON o.id = t.order_id
        JOIN lab_results r ON r.id = (SELECT q.id FROM lab_results q WHERE q.order_test_id = f.order_test_id
                                      AND q.released_at = f.released_at ORDER BY q.rowid_ LIMIT 1)
        LEFT JOIN specimens s ON s.id = t.specimen_id LEFT JOIN lab_tests k ON k.code = t.test_code
        WHERE TRUE ONLY(section, k.section) ONLY(sex, t.patient_id)
    )
    SELECT BUCKET(t.released_at) AS period, t.section AS section, t.test AS test, MOMENT(t.released_at) AS at,
           'result' AS what, trim(t.number || ' ' || CASE WHEN t.flag = 'none' THEN '' ELSE t.flag END) AS detail,
           KEPT(t.patient_id) AS patient, 1 AS released, t.collecting AS collect_seconds, t.bench AS bench_seconds,
           t.whole AS whole_seconds, t.critical AS critical, t.told_at IS NOT NULL AS called,
           SECONDS(t.released_at, t.told_at) AS call_seconds, t.corrected AS corrected
    FROM times t
"""

STOCK: Final = """
    SELECT '' AS period, m.lot_id AS lot_id, MOMENT(m.moved_at) AS at, m.kind AS what, coalesce(m.reason, '') AS detail,
           KEPT(d.patient_id) AS patient, m.quantity AS on_hand,
           CASE WHEN m.dispense_id IS NOT NULL AND m.moved_at >= :from_at THEN -m.quantity ELSE 0 END AS used
    FROM stock_moves m LEFT JOIN dispenses d ON d.id = m.dispense_id
    WHERE m.moved_at < :to_at
"""

STATEMENTS: Final = {
    "drug-consumption": CONSUMPTION,
    "prescribing": PRESCRIBING,
    "laboratory-turnaround": LABORATORY,
    "stock-and-expiry": STOCK,
}
