"""One table of role and act: who may call which service. What is not in it may be called by nobody."""

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

DOCTOR, NURSE, PHARMACIST = "doctor", "nurse", "pharmacist"
LABORATORY, FRONT_DESK, CASHIER, ADMINISTRATOR = "laboratory", "front_desk", "cashier", "administrator"
ROLES = (DOCTOR, NURSE, PHARMACIST, LABORATORY, FRONT_DESK, CASHIER, ADMINISTRATOR)
EVERYONE = frozenset(ROLES)
CLINICAL = frozenset({DOCTOR, NURSE})

ACTS: dict[str, frozenset[str]] = {
    "drafts.keep_draft": EVERYONE,
    "drafts.drop_draft": EVERYONE,
    "drafts.draft": EVERYONE,
    "drafts.my_drafts": EVERYONE,
    "sessions.close_session": EVERYONE,
    "changes.journal_head": EVERYONE,
    "changes.kinds_since": EVERYONE,
    "counts.counts": EVERYONE,
    # audit
    "audit.verify_audit": frozenset({ADMINISTRATOR}),
    "audit.export_audit": frozenset({ADMINISTRATOR}),
    # backups
    "backups.create_backup": frozenset({ADMINISTRATOR}),
    "backups.verify_backup": frozenset({ADMINISTRATOR}),
    "backups.kept_backups": frozenset({ADMINISTRATOR}),
    # prescribing
    "prescribing.find_medicines": frozenset({DOCTOR, NURSE, PHARMACIST, ADMINISTRATOR}),
    "prescribing.check_lines": frozenset({DOCTOR}),
    "prescribing.medication_chart": frozenset({DOCTOR}),
    "prescribing.sign_prescription": frozenset({DOCTOR}),
    "prescribing.cancel_prescription": frozenset({DOCTOR}),
    "prescribing.active_prescriptions": frozenset({DOCTOR, NURSE, PHARMACIST}),
    "prescribing.last_prescriptions": frozenset({DOCTOR, NURSE, PHARMACIST}),
    "prescribing.prescription": frozenset({DOCTOR, NURSE, PHARMACIST}),
    # pharmacy
    "pharmacy.queue": frozenset({DOCTOR, NURSE, PHARMACIST}),
    "pharmacy.work_order": frozenset({PHARMACIST}),
    "pharmacy.start_preparing": frozenset({PHARMACIST}),
    "pharmacy.prepared": frozenset({PHARMACIST}),
    "pharmacy.dispense": frozenset({PHARMACIST}),
    "pharmacy.reject": frozenset({PHARMACIST}),
    "pharmacy.cancel_dispense": frozenset({PHARMACIST}),
    # stock and shelf
    "stock.add_product": frozenset({PHARMACIST, ADMINISTRATOR}),
    "stock.set_reorder_level": frozenset({PHARMACIST, ADMINISTRATOR}),
    "stock.receive_stock": frozenset({PHARMACIST, ADMINISTRATOR}),
    "stock.count_stock": frozenset({PHARMACIST}),
    "stock.adjust_stock": frozenset({PHARMACIST}),
    "stock.cancel_move": frozenset({PHARMACIST}),
    "stock.recall_lot": frozenset({PHARMACIST, ADMINISTRATOR}),
    "stock.lift_recall": frozenset({PHARMACIST, ADMINISTRATOR}),
    "shelf.stock_levels": frozenset({PHARMACIST, ADMINISTRATOR}),
    "shelf.lots": frozenset({PHARMACIST, ADMINISTRATOR}),
    "shelf.ledger": frozenset({PHARMACIST, ADMINISTRATOR}),
    # billing
    **dict.fromkeys(
        (
            "billing.charge_by_hand",
            "billing.change_charge",
            "billing.cancel_charge",
            "invoices.issue_invoice",
            "invoices.void_invoice",
            "billing.patients_to_bill",
            "invoices.unpaid_invoices",
            "cash.open_shift",
            "cash.take_payment",
            "cash.refund_payment",
            "cash.close_shift",
            "cash.my_shift",
            "cash.day_end",
            "cash.recent_shifts",
        ),
        frozenset({CASHIER, ADMINISTRATOR}),
    ),
    **dict.fromkeys(
        (
            "billing.pending_charges",
            "invoices.insurance",
            "invoices.invoice",
            "invoices.invoices_of",
            "billing.price_list",
            "cash.receipt",
        ),
        frozenset({CASHIER, ADMINISTRATOR, FRONT_DESK}),
    ),
}


def require(role: str, act: str) -> None:
    """Refuse an act that the role may not do; asked before any row is read."""
    if role not in ACTS.get(act, frozenset()):
        raise Refusal(N_("Your role ({role}) may not do this."), role=role, act=act)
