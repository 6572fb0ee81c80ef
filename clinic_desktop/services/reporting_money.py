"""The statements behind the reports about money; the ledger is what is owed, and its postings are never changed."""

from typing import Final

from clinic_desktop.services.reporting_words import Question

# An invoice moves the ledger once when it is issued and once more when it is void; each counts in its own period.
# The ledger is read once, and lines are added up before their names are looked at: it is the largest table of all.
REVENUE: Final = Question(
    """
    WITH postings AS MATERIALIZED (
        SELECT l.movement AS movement, l.posted_at AS posted_at, l.invoice_id AS invoice_id, l.currency AS currency,
               l.kind AS kind, l.account AS account, l.amount AS amount
        FROM ledger l
        WHERE l.posted_at >= :from_at AND l.posted_at < :to_at
          AND (l.kind IN ('invoice', 'void') OR l.account = 'written_off') ONLY(insurer, l.invoice_id)
    ), moves AS MATERIALIZED (
        SELECT BUCKET(l.posted_at) AS period, l.invoice_id AS invoice_id, l.currency AS currency,
               l.kind = 'void' AS back,
               sum(CASE WHEN l.account = 'receivable.patient' THEN l.amount ELSE 0 END) AS patient,
               sum(CASE WHEN l.account = 'receivable.insurer' THEN l.amount ELSE 0 END) AS insurer,
               sum(CASE WHEN l.account = 'discount' THEN l.amount ELSE 0 END) AS discount
        FROM postings l WHERE l.kind IN ('invoice', 'void')
        GROUP BY l.movement
    ), lines AS MATERIALIZED (
        SELECT m.period AS period, m.currency AS currency, m.back AS back, coalesce(p.kind, 'other') AS service,
               coalesce(c.provider_id,
                        (SELECT e.practitioner_id FROM encounters e WHERE e.id = c.encounter_id)) AS person,
               count(*) AS number, sum(i.amount) AS amount
        FROM moves m CROSS JOIN invoice_lines i ON i.invoice_id = m.invoice_id
        CROSS JOIN charges c ON c.id = i.charge_id
        LEFT JOIN prices p ON p.code = c.price_code
        WHERE TRUE ONLY(service, p.kind) ONLY(practitioner, person)
        GROUP BY 1, 2, 3, 4, 5
    ), taken AS MATERIALIZED (
        SELECT BUCKET(p.paid_at) AS period, p.currency AS currency, p.kind = 'refund' AS back,
               p.method AS method, p.taken_by AS taken_by, count(*) AS number, sum(p.amount) AS amount
        FROM payments p WHERE p.paid_at >= :from_at AND p.paid_at < :to_at
              ONLY(insurer, p.invoice_id) WITHOUT(service) WITHOUT(practitioner)
        GROUP BY 1, 2, 3, 4, 5
    ), parts(place, by, period, part, currency, back, number, amount) AS (
        SELECT 1, 'Payer', period, 'patients', currency, back, count(*), sum(abs(patient)) FROM moves
        WHERE patient <> 0 WITHOUT(service) WITHOUT(practitioner) GROUP BY period, currency, back
        UNION ALL
        SELECT 1, 'Payer', m.period, coalesce(v.insurer, 'insurer'), m.currency, m.back, 1, abs(m.insurer)
        FROM moves m JOIN invoices v ON v.id = m.invoice_id
        WHERE m.insurer <> 0 WITHOUT(service) WITHOUT(practitioner)
        UNION ALL
        SELECT 2, 'Discount', period, 'discounts', currency, back, 1, abs(discount) FROM moves
        WHERE discount <> 0 WITHOUT(service) WITHOUT(practitioner)
        UNION ALL SELECT 3, 'Service', period, service, currency, back, number, amount FROM lines
        UNION ALL
        SELECT 4, 'Practitioner', l.period, coalesce(NAMED(s), 'nobody named'), l.currency, l.back, l.number,
               l.amount
        FROM lines l LEFT JOIN staff s ON s.id = l.person
        UNION ALL
        SELECT 5, 'Cashier', t.period, NAMED(s), t.currency, t.back, t.number, t.amount
        FROM taken t JOIN staff s ON s.id = t.taken_by
        UNION ALL SELECT 6, 'Method', period, replace(method, '_', ' '), currency, back, number, amount FROM taken
        UNION ALL
        SELECT 7, 'Written off', BUCKET(l.posted_at), coalesce(v.insurer, 'insurer'), l.currency, l.amount < 0, 1,
               abs(l.amount)
        FROM postings l JOIN invoices v ON v.id = l.invoice_id
        WHERE l.account = 'written_off' WITHOUT(service) WITHOUT(practitioner)
    )
    SELECT period, by, part, currency, sum(number), sum(CASE WHEN back THEN 0 ELSE amount END),
           sum(CASE WHEN back THEN amount ELSE 0 END), sum(CASE WHEN back THEN -amount ELSE amount END)
    FROM parts GROUP BY period, place, part, currency ORDER BY period, place, part, currency
    """
)

RECEIVABLES: Final = Question(
    """
    WITH owed AS (
        SELECT l.invoice_id AS invoice_id, l.account AS account, sum(l.amount) AS amount
        FROM ledger l
        WHERE l.account IN ('receivable.patient', 'receivable.insurer') AND l.posted_at < :to_at
              ONLY(insurer, l.invoice_id)
        GROUP BY 1, 2 HAVING sum(l.amount) <> 0
    ), aged AS (
        SELECT CASE WHEN o.account = 'receivable.patient' THEN 'patient' ELSE coalesce(i.insurer, 'insurer') END
                   AS owed_by,
               p.mrn AS mrn, p.family_name || ', ' || p.given_names AS patient, i.number AS invoice,
               DAY(i.issued_at) AS issued_on, i.issued_at AS issued_at,
               CAST(julianday(:last_on) - julianday(DAY(i.issued_at)) AS INTEGER) AS days,
               i.currency AS currency, o.amount AS amount, o.account AS account,
               o.invoice_id || ' ' || o.account AS posting
        FROM owed o JOIN invoices i ON i.id = o.invoice_id JOIN patients p ON p.id = KEPT(i.patient_id)
    )
    SELECT owed_by, mrn, patient, invoice, issued_on, days, currency,
           CASE WHEN days <= 30 THEN amount ELSE 0 END, CASE WHEN days BETWEEN 31 AND 60 THEN amount ELSE 0 END,
           CASE WHEN days BETWEEN 61 AND 90 THEN amount ELSE 0 END, CASE WHEN days > 90 THEN amount ELSE 0 END, amount,
           posting
    FROM aged ORDER BY issued_at, invoice, account DESC
    """
)

DAY_ENDS: Final = Question(
    """
    WITH sums AS (
        SELECT p.shift_id AS shift_id, sum(p.kind = 'payment') AS payments, sum(p.kind = 'refund') AS refunds,
               sum(CASE WHEN p.method <> 'cash' THEN 0 WHEN p.kind = 'refund' THEN -p.amount ELSE p.amount END) AS cash,
               sum(CASE WHEN p.method <> 'card' THEN 0 WHEN p.kind = 'refund' THEN -p.amount ELSE p.amount END) AS card,
               sum(CASE WHEN p.method <> 'mobile_money' THEN 0
                        WHEN p.kind = 'refund' THEN -p.amount ELSE p.amount END) AS mobile,
               sum(CASE WHEN p.method <> 'bank_transfer' THEN 0
                        WHEN p.kind = 'refund' THEN -p.amount ELSE p.amount END) AS bank
        FROM payments p JOIN shifts h ON h.id = p.shift_id
        WHERE h.opened_at >= :from_at AND h.opened_at < :to_at
        GROUP BY 1
    )
    SELECT MOMENT(h.opened_at), MOMENT(h.closed_at), NAMED(s), h.currency, h.opening_float,
           coalesce(m.payments, 0), coalesce(m.refunds, 0), coalesce(m.cash, 0), coalesce(m.card, 0),
           coalesce(m.mobile, 0), coalesce(m.bank, 0), h.opening_float + coalesce(m.cash, 0), h.counted_cash,
           h.counted_cash - h.opening_float - coalesce(m.cash, 0), h.difference_reason, h.id
    FROM shifts h JOIN staff s ON s.id = h.cashier_id LEFT JOIN sums m ON m.shift_id = h.id
    WHERE h.opened_at >= :from_at AND h.opened_at < :to_at ONLY(cashier, h.cashier_id)
    ORDER BY h.opened_at, h.rowid_
    """
)

QUESTIONS: Final = {
    "revenue-analysis": REVENUE,
    "receivables-ageing": RECEIVABLES,
    "cashier-day-end": DAY_ENDS,
}
