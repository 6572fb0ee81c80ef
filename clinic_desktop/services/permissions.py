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
    "counts.counts": EVERYONE,
    "about.clinic_facts": EVERYONE,
    # patients and identity
    "patients.find_patients": EVERYONE,
    "patients.patient_banner": EVERYONE,
    "patients.recent_patients": EVERYONE,
    "patients.register_patient": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "patients.change_patient": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "patients.patient_details": frozenset({DOCTOR, NURSE, FRONT_DESK, CASHIER, ADMINISTRATOR}),
    "identity.likely_duplicates": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "identity.duplicates": frozenset({FRONT_DESK, ADMINISTRATOR}),
    # access
    "access.note_search_opened": EVERYONE,
    "access.note_search_closed": EVERYONE,
    "access.who_saw": frozenset({ADMINISTRATOR}),
    # scheduling and queue
    "scheduling.practitioners": EVERYONE,
    "scheduling.day_board": frozenset({DOCTOR, NURSE, FRONT_DESK, CASHIER, ADMINISTRATOR}),
    "scheduling.free_times": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "scheduling.appointments_of": frozenset({DOCTOR, NURSE, FRONT_DESK, CASHIER, ADMINISTRATOR}),
    "scheduling.book": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "scheduling.reschedule": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "scheduling.cancel": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "scheduling.no_show": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "queue.waiting_list": EVERYONE,
    "queue.check_in": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "queue.call_next": frozenset({DOCTOR, NURSE, FRONT_DESK}),
    "queue.call": frozenset({DOCTOR, NURSE, FRONT_DESK}),
    "queue.start": CLINICAL,
    "queue.finish": frozenset({DOCTOR, NURSE, FRONT_DESK}),
    "queue.left": frozenset({DOCTOR, NURSE, FRONT_DESK}),
    "queue.change_priority": frozenset({DOCTOR, NURSE, FRONT_DESK}),
    # home
    "home.waits_for_me": EVERYONE,
    # staff
    "staff.add_staff": frozenset({ADMINISTRATOR}),
    "staff.staff_members": frozenset({ADMINISTRATOR}),
    # audit
    "audit.verify_audit": frozenset({ADMINISTRATOR}),
    "audit.export_audit": frozenset({ADMINISTRATOR}),
    # backups
    "backups.create_backup": frozenset({ADMINISTRATOR}),
    "backups.verify_backup": frozenset({ADMINISTRATOR}),
    "backups.kept_backups": frozenset({ADMINISTRATOR}),
    # chart
    "chart.open_chart": CLINICAL,
    "chart.chart_again": CLINICAL,
    "chart.timeline": CLINICAL,
    "chart.resolved_problems": CLINICAL,
    "vitals.record_vitals": CLINICAL,
    "vitals.vitals_entered_in_error": CLINICAL,
    "vitals.vitals_trend": CLINICAL,
    "substances.find_substances": CLINICAL,
    "charting.add_problem": frozenset({DOCTOR}),
    "charting.resolve_problem": frozenset({DOCTOR}),
    "charting.problem_entered_in_error": frozenset({DOCTOR}),
    "charting.add_allergy": CLINICAL,
    "charting.deactivate_allergy": frozenset({DOCTOR}),
    "charting.confirm_no_known_allergies": CLINICAL,
    "charting.confirm_allergies": CLINICAL,
    "charting.add_outside_medicine": CLINICAL,
    "charting.stop_medicine": frozenset({DOCTOR}),
    # consultation
    "encounters.consultation": CLINICAL,
    "encounters.consultation_again": CLINICAL,
    "encounters.my_open_consultations": CLINICAL,
    "encounters.visit_summary_facts": CLINICAL,
    "consultation.open_consultation": frozenset({DOCTOR}),
    "consultation.save_step": CLINICAL,
    "consultation.skip_step": CLINICAL,
    "consultation.reopen_step": CLINICAL,
    "consultation.park_consultation": frozenset({DOCTOR}),
    "consultation.void_consultation": frozenset({DOCTOR}),
    "consultation.sign_consultation": frozenset({DOCTOR}),
    "consultation.add_addendum": frozenset({DOCTOR}),
    # reference data
    "reference.import_reference": frozenset({ADMINISTRATOR}),
    "reference.list_packs": EVERYONE,
    "terminology.find_diagnoses": EVERYONE,
    "terminology.diagnosis": EVERYONE,
    # prescribing
    "prescribing.find_medicines": frozenset({DOCTOR, NURSE, PHARMACIST, ADMINISTRATOR}),
    "prescribing.known_medicines": frozenset({DOCTOR, NURSE, PHARMACIST, ADMINISTRATOR}),
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
    # laboratory
    "laboratory.catalogue": frozenset({DOCTOR, NURSE, LABORATORY, ADMINISTRATOR}),
    "laboratory.place_order": CLINICAL,
    "laboratory.cancel_order": frozenset({DOCTOR, NURSE, LABORATORY}),
    "laboratory.cancel_test": frozenset({DOCTOR, NURSE, LABORATORY}),
    "laboratory.collect_specimen": frozenset({NURSE, LABORATORY}),
    "laboratory.reject_specimen": frozenset({LABORATORY}),
    "laboratory.open_tests": frozenset({DOCTOR, NURSE, LABORATORY}),
    "results.enter_results": frozenset({LABORATORY}),
    "results.release_results": frozenset({LABORATORY}),
    "results.correct_result": frozenset({LABORATORY}),
    "results.record_callback": frozenset({DOCTOR, LABORATORY}),
    "results.results": frozenset({DOCTOR, NURSE, PHARMACIST, LABORATORY}),
    "results.order_results": frozenset({DOCTOR, NURSE, LABORATORY}),
    "results.history": frozenset({DOCTOR, NURSE, PHARMACIST, LABORATORY}),
    "worklist.worklist": frozenset({DOCTOR, NURSE, LABORATORY}),
    "worklist.counts": frozenset({DOCTOR, NURSE, LABORATORY}),
    "worklist.critical_results": frozenset({DOCTOR, NURSE, LABORATORY}),
    "worklist.sections": frozenset({DOCTOR, NURSE, LABORATORY}),
    "sheets.order_sheet": frozenset({DOCTOR, NURSE, LABORATORY}),
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
