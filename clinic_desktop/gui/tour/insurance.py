"""Insurance: an insurer and its plan, the patient's cover, an invoice split by it, and its claim to the answer."""

from clinic_desktop.gui.tour.hands import ADMIN, Hands
from clinic_desktop.gui.tour.record import Step

INSURER, PLAN = "Northern Harbour Mutual", "Family plan"
SHARE = 80
SERVICE, CODE = "Consultation, follow-up", "99213"  # an office visit of an established patient, in CPT


def cover_and_split(hands: Hands, step: Step) -> None:
    """Enter an insurer, a plan and a cover; a wrong number is refused in words; the invoice is split by it."""
    drive = hands.driver
    _insurer(hands)
    hands.sign_in("desktour", "Front Desk Tour")
    _open_tab(hands, "insurance")
    drive.choose("insurance.plan_id", PLAN)
    drive.click("insurance.position.1")
    drive.fill("insurance.policy_number", "12-NOPE")
    drive.fill("insurance.valid_from", "1 Jan 2026")
    hands.primary()
    said = drive.until("the refusal", lambda: drive.find("insurance.policy_number").accessibleDescription() or None)
    step.check("a wrong policy number is refused in words", "AAA999999" in said, said)
    step.picture += drive.pictures(hands.out, "insurance-wrong-number")
    drive.fill("insurance.policy_number", "NHM204417")
    hands.primary()
    drive.until("the cover", lambda: hands.one("SELECT id FROM covers WHERE policy_number = 'NHM204417'"))
    drive.settle(0.5)
    drive.pick_row("insurance.covers", PLAN)
    drive.click("insurance.verify")
    drive.until("verified", lambda: hands.one("SELECT verified_on FROM covers WHERE verified_on IS NOT NULL"))
    drive.settle(0.3)
    step.picture += drive.pictures(hands.out, "insurance")
    _invoice(hands, step)


def claim(hands: Hands, step: Step) -> None:
    """Checked, completed, batched, sent and answered: the money is in the ledger."""
    drive = hands.driver
    hands.go("claims")
    drive.settle(0.6)
    drive.pick_row("claims.invoices", hands.visit.family)
    hands.primary()
    drive.until("the claim", lambda: hands.one("SELECT id FROM claims WHERE status = 'draft'"))
    drive.settle(0.6)
    hands.primary()
    drive.find("claims.stops")
    step.check("what is missing is said in words", "diagnosis" in drive.text_of("claims.stops"))
    step.picture += drive.pictures(hands.out, "claim-incomplete")
    drive.fill("claims.diagnoses", hands.visit.diagnosis[1])
    drive.fill("claims.code", CODE)
    drive.fill("claims.pointers", "1")
    drive.click("claims.save")
    drive.until("completed", lambda: hands.one("SELECT id FROM claim_lines WHERE code = ? AND pointers = '1'", CODE))
    drive.settle(0.5)
    hands.primary_until("ready", lambda: hands.one("SELECT id FROM claims WHERE status = 'ready'"))
    drive.click("claims.show.ready")
    drive.settle(0.5)
    hands.primary()
    drive.until("the batch", lambda: hands.one("SELECT id FROM claim_batches"))
    drive.settle(0.6)
    step.picture += drive.pictures(hands.out, "claim-batches")
    hands.primary()
    drive.until("sent", lambda: hands.one("SELECT id FROM claims WHERE status = 'sent'"))
    _answer(hands, step)


def _answer(hands: Hands, step: Step) -> None:
    drive = hands.driver
    claimed = hands.one("SELECT claimed FROM claims")
    drive.click("claims.show.sent")
    drive.settle(0.5)
    drive.fill("claims.paid", f"{(claimed - 500) / 100:.2f}")
    drive.fill("claims.to_patient", "5.00")
    drive.fill("claims.reason", "Above the usual fee")
    step.picture += drive.pictures(hands.out, "claim-answer")
    hands.primary()
    drive.until("the answer", lambda: hands.one("SELECT id FROM claim_answers"))
    row = hands.rows("SELECT status, paid FROM claims")[0]
    step.check("paid, and the rest is the patient's", row == ("paid", claimed - 500), row)
    sums = {row[0] for row in hands.rows("SELECT sum(amount) FROM ledger GROUP BY movement")}
    step.check("every movement sums to nothing", sums == {0}, sums)
    bank = hands.one("SELECT sum(amount) FROM ledger WHERE account = 'bank.insurer'")
    step.check("the insurer's money lies in the bank", bank == claimed - 500, bank)


def _insurer(hands: Hands) -> None:
    drive = hands.driver
    hands.sign_in(*ADMIN)
    hands.go("claims")
    drive.click("claims.show.insurers")
    drive.settle(0.5)
    drive.fill("claims.insurer.name", INSURER)
    drive.fill("claims.insurer.payer_code", "NHM01")
    drive.fill("claims.insurer.policy_format", "AAA999999")
    hands.primary()
    drive.until("the insurer", lambda: hands.one("SELECT id FROM insurers WHERE name = ?", INSURER))
    drive.settle(0.5)
    drive.pick_row("claims.insurers", INSURER)
    drive.click("claims.kind.plan")
    drive.fill("claims.plan.name", PLAN)
    drive.fill("claims.plan.share", str(SHARE))
    drive.fill("claims.plan.copay", "5.00")
    hands.primary()
    drive.until("the plan", lambda: hands.one("SELECT id FROM plans WHERE name = ? AND copay = 500", PLAN))


def _invoice(hands: Hands, step: Step) -> None:
    drive = hands.driver
    hands.sign_in("cashtour", "Cashier Tour")
    _palette(hands)
    drive.find("billing.view")
    drive.settle(0.6)
    drive.choose("billing.price_code", SERVICE)
    drive.click("billing.add")
    pending = "SELECT id FROM charges WHERE description = ? AND status = 'pending'"
    drive.until("the charge", lambda: hands.one(pending, SERVICE))
    drive.settle(0.5)
    step.picture += drive.pictures(hands.out, "billing-insured")
    before = hands.one("SELECT count(*) FROM invoices")
    hands.primary()
    drive.until("the invoice", lambda: hands.one("SELECT count(*) FROM invoices") == before + 1 or None)
    newest = "SELECT total, insurer_owes, patient_owes FROM invoices ORDER BY rowid DESC"
    total, insurer, patient = hands.rows(newest)[0]
    owed = hands.one("SELECT sum(amount) FROM invoice_shares")
    right = (owed, insurer, patient) == ((total - 500) * SHARE // 100, owed, total - insurer)
    step.check("split by the plan: its share of what the copay leaves", right, (total, insurer, owed))


def _open_tab(hands: Hands, tab: str) -> None:
    _palette(hands)
    drive = hands.driver
    drive.until("the banner", lambda: hands.window.frame.banner.patient_id)
    if drive.seen(f"{tab}.view") is None:
        drive.click(f"tabs.{tab}")
    drive.find(f"{tab}.view")
    drive.settle(0.6)


def _palette(hands: Hands) -> None:
    drive = hands.driver
    drive.key("Ctrl+K")
    drive.settle(0.2)
    drive.write(hands.visit.family)
    drive.offered("palette.results", hands.visit.family)
    drive.key("Return")
    drive.settle(0.5)
