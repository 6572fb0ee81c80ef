"""Charges, invoices, payments and claims: everything is set by services and read back by queries."""

from datetime import date

from clinic_desktop.services import administration, billing, cash, charge_codes, claim_views, claims, covers, invoices
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.cash import Card
from clinic_desktop.services.charge_codes import ChargeCode
from clinic_desktop.services.consultation import open_consultation, save_step, sign_consultation
from clinic_desktop.services.covers import NewCover
from clinic_desktop.services.insurance import plans_known
from tests.conftest import DeskFor
from tests.contract.proofs import Proofs
from tests.medicines import add_patient

SEEN = {"identity.name": "1", "identity.born_on": "1"}
CODED = ChargeCode("99213", "25", "G44.1", "seen for headache")


def prove_money(proofs: Proofs, desk_for: DeskFor) -> None:
    """Do the acts of the cashier."""
    patient = add_patient(proofs.store, "Mutua", "Joyce")
    doctor, cashier, admin = desk_for("doctor"), desk_for("cashier"), desk_for("administrator")
    price = next(one for one in administration.price_list(admin) if one.code == "consult_new")
    administration.change_price(
        admin, price.id, name=price.name, amount=price.amount, active=True, procedure_code="99203",
        expect=price.revision,
    )  # fmt: skip
    plan = plans_known(cashier)[0]
    covers.add_cover(cashier, patient, NewCover(plan.id, 1, "HM-9911", date(2026, 1, 1), group_number="GRP-3"))
    visit = open_consultation(doctor, patient, "new").encounter_id
    save_step(doctor, visit, "patient_overview", SEEN)
    sign_consultation(doctor, visit)
    charge = _charge(proofs, cashier, patient, visit, doctor.session.staff_id)
    invoice = _invoice(proofs, cashier, patient, charge)
    _payment(proofs, cashier, invoice)
    _claim(proofs, cashier, patient, invoice)


def _charge(proofs: Proofs, cashier: Desk, patient: str, visit: str, doctor: str) -> str:
    (before,) = billing.pending_charges(cashier, patient)
    assert before.code.procedure_code == "99203"  # of the price list, until somebody codes the charge
    charge_codes.code_charge(cashier, before.id, CODED, expect=before.revision)
    (shown,) = billing.pending_charges(cashier, patient)
    wanted = {"procedure_code": "99213", "modifiers": "25", "diagnoses": "G44.1", "note": "seen for headache"}
    proofs.alike("charges", wanted | {"provider_id": doctor}, shown.code)
    for name in ("number", "charged_at", "description", "quantity", "unit_amount"):
        proofs.made(f"charges.{name}", getattr(shown, name))
    proofs.see("charges.encounter_id", visit, shown.encounter_id)
    # That it is asked for by its patient and stands among what waits says whose it is, and how it stands.
    proofs.see("charges.patient_id", 1, len(billing.pending_charges(cashier, patient)), stored=patient)
    return shown.id


def _invoice(proofs: Proofs, cashier: Desk, patient: str, charge: str) -> str:
    cash.open_shift(cashier, 0)
    made = invoices.issue_invoice(cashier, patient, [charge], due_on=date(2026, 4, 10)).id
    proofs.see("charges.status", 0, len(billing.pending_charges(cashier, patient)), stored="invoiced")
    shown = invoices.invoice(cashier, made)
    proofs.alike("invoices", {"patient_id": patient, "due_on": date(2026, 4, 10), "status": "issued"}, shown)
    for name in ("issued_at", "total", "insurer_owes", "patient_owes"):
        proofs.made(f"invoices.{name}", getattr(shown, name))
    (line,) = shown.lines
    proofs.see("invoice_lines.procedure_code", "99213", line.procedure_code)
    for name in ("description", "quantity", "unit_amount", "amount"):
        proofs.made(f"invoice_lines.{name}", getattr(line, name))
    return made


def _payment(proofs: Proofs, cashier: Desk, invoice: str) -> None:
    before = invoices.invoice(cashier, invoice).outstanding
    cash.take_payment(cashier, invoice, amount=before, method="card", reference="txn_88", card=Card("visa", "1234"))
    after = invoices.invoice(cashier, invoice)
    (shown,) = after.payments
    wanted = {"amount": before, "method": "card", "reference": "txn_88", "card_type": "visa", "card_last_four": "1234"}
    proofs.alike("payments", wanted, shown)
    proofs.made("payments.paid_at", shown.paid_at)
    proofs.see("payments.invoice_id", 1, len(after.payments), stored=invoice)
    proofs.see("ledger.amount", before, before - after.outstanding, stored=-before)


def _claim(proofs: Proofs, cashier: Desk, patient: str, invoice: str) -> None:
    (made,) = claims.make_claims(cashier, invoice)
    first = claim_views.claim(cashier, made)
    claims.change_claim(
        cashier, made, diagnoses="G44.1", authorisation="", submission_method="electronic", expect=first.revision
    )
    shown = claim_views.claim(cashier, made)
    proofs.alike("claims", {"patient_id": patient, "invoice_id": invoice, "submission_method": "electronic"}, shown)
    proofs.see("claims.diagnoses", ("G44.1",), shown.diagnoses)
    proofs.made("claims.billed", shown.billed)
    (line,) = shown.lines
    proofs.see("claim_lines.code", "99213", line.code)
    with proofs.store.read() as connection:
        of = connection.exec_driver_sql("SELECT charge_id FROM claim_lines WHERE id = ?", (line.id,)).scalar_one()
    proofs.see("claim_lines.charge_id", "99213", line.code, stored=of)
