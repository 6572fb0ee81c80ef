"""The pharmacy and the cashier: medicines by first expiry, the invoice, part payment, the day's end."""

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step


def dispense(hands: Hands, step: Step) -> None:
    """Dispense from the lot that expires first."""
    drive = hands.driver
    hands.sign_in("pharmtour", "Pharmacist Tour")
    hands.go("pharmacy")
    drive.pick_row("pharmacy.queue", hands.visit.family, open_it=True)
    drive.find("pharmacy.counselled")
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "pharmacy")
    drive.click("pharmacy.label_0")
    hands.keep_paper(step, "medicine-label")
    drive.click("pharmacy.counselled")
    hands.primary()
    drive.until("the hand-out", lambda: hands.one("SELECT id FROM dispenses"))
    lots = {row[0] for row in hands.rows("SELECT lot FROM stock_lots l JOIN dispenses d ON d.lot_id = l.id")}
    step.check("the lot that expires first went out", lots == {"SOON1"}, lots)
    step.check("counselled", hands.one("SELECT counselled FROM dispenses") == 1)
    low = hands.one("SELECT min(balance) FROM (SELECT sum(quantity) AS balance FROM stock_moves GROUP BY lot_id)")
    step.check("no stock below zero", low >= 0, low)


def open_shift(hands: Hands, step: Step) -> None:
    """The cashier says what lies in the till."""
    drive = hands.driver
    hands.sign_in("cashtour", "Cashier Tour")
    hands.go("billing")
    drive.tab("billing.lists", 2)
    drive.fill("billing.opening_float", "100.00")
    drive.key("Tab")
    drive.click("billing.shift_act")
    drive.until("the shift", lambda: hands.one("SELECT id FROM shifts"))
    step.check("the float is 100.00", hands.one("SELECT opening_float FROM shifts") == 10_000)


def invoice(hands: Hands, step: Step) -> None:
    """Bill what was done, shared with the insurer."""
    drive, visit = hands.driver, hands.visit
    drive.tab("billing.lists", 0)
    drive.pick_row("billing.waiting", visit.family, open_it=True)
    drive.settle(0.5)
    step.picture += drive.pictures(hands.out, "billing-charges")
    sources = {row[0] for row in hands.rows("SELECT source_kind FROM charges")}
    step.check("visit, tests and medicine are charged", len(sources) >= 3, sources)
    hands.primary()
    drive.until("the invoice", lambda: hands.one("SELECT id FROM invoices"))
    total, insurer, patient = hands.rows("SELECT total, insurer_owes, patient_owes FROM invoices")[0]
    step.check(
        "the parts add up", total == insurer + patient and insurer == total * visit.share // 100, (total, insurer)
    )
    drive.click("billing.print_invoice")
    hands.keep_paper(step, "invoice")


def pay(hands: Hands, step: Step) -> None:
    """Part payment, then the receipt."""
    drive = hands.driver
    owed = hands.one("SELECT patient_owes FROM invoices")
    part = owed // 2
    drive.fill("billing.amount", f"{part / 100:.2f}")
    step.picture += drive.pictures(hands.out, "billing-payment")
    hands.primary()
    drive.until("the payment", lambda: hands.one("SELECT id FROM payments"))
    left = hands.one("SELECT sum(amount) FROM ledger WHERE account = 'receivable.patient'")
    step.check("the rest is still owed", left == owed - part, left)
    sums = [row[0] for row in hands.rows("SELECT sum(amount) FROM ledger GROUP BY movement")]
    step.check("every movement sums to nothing", set(sums) == {0}, sums)
    drive.settle(0.5)
    drive.click("billing.print_receipt")
    hands.keep_paper(step, "receipt")


def day_end(hands: Hands, step: Step) -> None:
    """Count the till and close the shift."""
    drive = hands.driver
    expected = 10_000 + hands.one("SELECT sum(amount) FROM payments")
    drive.tab("billing.lists", 2)
    drive.fill("billing.counted", f"{expected / 100:.2f}")
    drive.click("billing.shift_act")
    drive.until("the end of the shift", lambda: hands.one("SELECT id FROM shifts WHERE closed_at IS NOT NULL"))
    row = hands.rows("SELECT expected_cash, counted_cash FROM shifts")[0]
    step.check("expected and counted agree", row == (expected, expected), row)
    hands.keep_paper(step, "day-end")
