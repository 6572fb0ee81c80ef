"""What stands behind the reports about money: movements of the ledger, lines of invoices, payments."""

from typing import Final

REVENUE: Final = """
    WITH moves AS MATERIALIZED (
        SELECT l.posted_at AS at, l.invoice_id AS invoice_id, l.currency AS currency, l.kind = 'void' AS back,
               sum(CASE WHEN l.account = 'receivable.patient' THEN l.amount ELSE 0 END) AS owed,
               sum(CASE WHEN l.account = 'receivable.insurer' THEN l.amount ELSE 0 END) AS insured,
               sum(CASE WHEN l.account = 'discount' THEN l.amount ELSE 0 END) AS discount
        FROM ledger l
        WHERE l.kind IN ('invoice', 'void') AND l.posted_at >= :from_at AND l.posted_at < :to_at
              ONLY(insurer, l.invoice_id)
        GROUP BY l.movement
    ), lines AS (
        SELECT m.at AS at, m.currency AS currency, m.back AS back, i.amount AS amount, i.invoice_id AS invoice_id,
               i.description AS description, coalesce(p.kind, 'other') AS service,
               coalesce(c.provider_id, e.practitioner_id) AS person
        FROM moves m JOIN invoice_lines i ON i.invoice_id = m.invoice_id
        JOIN charges c ON c.id = i.charge_id
        LEFT JOIN prices p ON p.code = c.price_code
        LEFT JOIN encounters e ON e.id = c.encounter_id
        WHERE TRUE ONLY(service, p.kind) ONLY(provider, c.provider_id, e.practitioner_id)
    ), taken AS (
        SELECT p.paid_at AS at, p.currency AS currency, p.kind = 'refund' AS back, p.amount AS amount,
               p.method AS method, p.taken_by AS taken_by, p.number AS number, p.invoice_id AS invoice_id
        FROM payments p WHERE p.paid_at >= :from_at AND p.paid_at < :to_at
             ONLY(insurer, p.invoice_id) WITHOUT(service) WITHOUT(practitioner)
    ), parts("by", part, currency, at, what, detail, invoice_id, back, amount) AS (
        SELECT 'Payer', 'patients', currency, at, 'invoice', '', invoice_id, back, abs(owed) FROM moves
        WHERE owed <> 0 WITHOUT(service) WITHOUT(practitioner)
        UNION ALL
        SELECT 'Payer', coalesce(v.insurer, 'insurer'), m.currency, m.at, 'invoice', '', m.invoice_id, m.back,
               abs(m.insured)
        FROM moves m JOIN invoices v ON v.id = m.invoice_id
        WHERE m.insured <> 0 WITHOUT(service) WITHOUT(practitioner)
        UNION ALL
        SELECT 'Discount', 'discounts', currency, at, 'invoice', '', invoice_id, back, abs(discount) FROM moves
        WHERE discount <> 0 WITHOUT(service) WITHOUT(practitioner)
        UNION ALL
        SELECT 'Service', service, currency, at, 'line', description, invoice_id, back, amount FROM lines
        UNION ALL
        SELECT 'Practitioner', coalesce(NAMED(s), 'nobody named'), l.currency, l.at, 'line', l.description,
               l.invoice_id, l.back, l.amount
        FROM lines l LEFT JOIN staff s ON s.id = l.person
        UNION ALL
        SELECT 'Cashier', NAMED(s), t.currency, t.at, CASE WHEN t.back THEN 'refund' ELSE 'payment' END,
               t.number, t.invoice_id, t.back, t.amount
        FROM taken t JOIN staff s ON s.id = t.taken_by
        UNION ALL
        SELECT 'Method', replace(method, '_', ' '), currency, at, CASE WHEN back THEN 'refund' ELSE 'payment' END,
               number, invoice_id, back, amount
        FROM taken
        UNION ALL
        SELECT 'Written off', coalesce(v.insurer, 'insurer'), l.currency, l.posted_at, 'written off', '', l.invoice_id,
               l.amount < 0, abs(l.amount)
        FROM ledger l JOIN invoices v ON v.id = l.invoice_id
        WHERE l.account = 'written_off' AND l.posted_at >= :from_at AND l.posted_at < :to_at
              ONLY(insurer, l.invoice_id) WITHOUT(service) WITHOUT(practitioner)
    )
    SELECT BUCKET(p.at) AS period, p."by" AS "by", p.part AS part, p.currency AS currency, MOMENT(p.at) AS at,
           CASE WHEN p.back AND p.what IN ('invoice', 'line') THEN 'void ' ELSE '' END || p.what AS what,
           trim(i.number || ' ' || p.detail) AS detail, KEPT(i.patient_id) AS patient, 1 AS number,
           CASE WHEN p.back THEN 0 ELSE p.amount END AS added, CASE WHEN p.back THEN p.amount ELSE 0 END AS back,
           CASE WHEN p.back THEN -p.amount ELSE p.amount END AS net
    FROM parts p JOIN invoices i ON i.id = p.invoice_id
"""

RECEIVABLES: Final = """
    WITH owing AS (
        SELECT l.invoice_id AS invoice_id, l.account AS account
        FROM ledger l
        WHERE l.account IN ('receivable.patient', 'receivable.insurer') AND l.posted_at < :to_at
              ONLY(insurer, l.invoice_id)
        GROUP BY 1, 2 HAVING sum(l.amount) <> 0
    ), aged AS (
        SELECT o.invoice_id || ' ' || o.account AS posting, i.currency AS currency, l.posted_at AS posted_at,
               l.kind AS kind, i.number AS number, i.patient_id AS patient_id, l.amount AS amount,
               CAST(julianday(:last_on) - julianday(DAY(i.issued_at)) AS INTEGER) AS days
        FROM owing o JOIN invoices i ON i.id = o.invoice_id
        JOIN ledger l ON l.invoice_id = o.invoice_id AND l.account = o.account AND l.posted_at < :to_at
    )
    SELECT '' AS period, posting, currency, MOMENT(posted_at) AS at, replace(kind, '_', ' ') AS what, number AS detail,
           KEPT(patient_id) AS patient, amount AS owed, CASE WHEN days <= 30 THEN amount ELSE 0 END AS to_30,
           CASE WHEN days BETWEEN 31 AND 60 THEN amount ELSE 0 END AS to_60,
           CASE WHEN days BETWEEN 61 AND 90 THEN amount ELSE 0 END AS to_90,
           CASE WHEN days > 90 THEN amount ELSE 0 END AS over_90
    FROM aged
"""

# What lay in the till at the start and what was counted at the end stand beside the payments, so that each sum is made.
DAY_ENDS: Final = """
    WITH tills AS (
        SELECT h.* FROM shifts h WHERE h.opened_at >= :from_at AND h.opened_at < :to_at ONLY(cashier, h.cashier_id)
    ), signs AS (
        SELECT p.*, CASE WHEN p.kind = 'refund' THEN -p.amount ELSE p.amount END AS signed, h.currency AS till,
               h.counted_cash IS NOT NULL AS closed
        FROM payments p JOIN tills h ON h.id = p.shift_id
    )
    SELECT '' AS period, s.shift_id AS shift, s.till AS currency, MOMENT(s.paid_at) AS at, s.kind AS what,
           s.number || ' ' || replace(s.method, '_', ' ') AS detail, KEPT(s.patient_id) AS patient,
           s.kind = 'payment' AS payments, s.kind = 'refund' AS refunds,
           CASE WHEN s.method = 'cash' THEN s.signed ELSE 0 END AS cash,
           CASE WHEN s.method = 'card' THEN s.signed ELSE 0 END AS card,
           CASE WHEN s.method = 'mobile_money' THEN s.signed ELSE 0 END AS mobile,
           CASE WHEN s.method = 'bank_transfer' THEN s.signed ELSE 0 END AS bank, 0 AS opening,
           CASE WHEN s.method = 'cash' THEN s.signed ELSE 0 END AS expected, 0 AS found,
           CASE WHEN s.method = 'cash' AND s.closed THEN -s.signed ELSE 0 END AS difference
    FROM signs s
    UNION ALL
    SELECT '', h.id, h.currency, MOMENT(h.opened_at), 'float', '', NULL, 0, 0, 0, 0, 0, 0, h.opening_float,
           h.opening_float, 0, CASE WHEN h.counted_cash IS NULL THEN 0 ELSE -h.opening_float END
    FROM tills h
    UNION ALL
    SELECT '', h.id, h.currency, MOMENT(h.closed_at), 'counted', coalesce(h.difference_reason, ''), NULL,
           0, 0, 0, 0, 0, 0, 0, 0, h.counted_cash, h.counted_cash
    FROM tills h WHERE h.counted_cash IS NOT NULL
"""

STATEMENTS: Final = {
    "revenue-analysis": REVENUE,
    "receivables-ageing": RECEIVABLES,
    "cashier-day-end": DAY_ENDS,
}
