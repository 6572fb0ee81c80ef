"""A patient of the small clinic who is covered, and claims for them, so that their forms can be opened."""

from collections.abc import Callable
from datetime import date

from clinic_desktop.services import billing, claim_batches, claim_views, claims, covers, insurance, invoices
from tests.journeys.small_clinic import Clinic


def covered(clinic: Clinic) -> dict[str, str]:
    """The patient with a cover."""
    cashier = clinic.desk_for("cashier")
    insurer = insurance.add_insurer(cashier, insurance.NewInsurer("Drafted Mutual"))
    plan = insurance.add_plan(cashier, insurance.NewPlan(insurer, "Basic", 50))
    new = covers.NewCover(plan, 1, "12345678", date(2026, 1, 1), holder="Kept One", relation="child")
    covers.add_cover(cashier, clinic.patient, new)
    return {"patient_id": clinic.patient}


def claimed(state: str) -> Callable[[Clinic], dict[str, str]]:
    """The claims screen with one claim that is ``draft`` or ``sent``."""

    def arguments(clinic: Clinic) -> dict[str, str]:
        cashier = clinic.desk_for("cashier")
        covered(clinic)
        made = billing.charge_by_hand(cashier, clinic.patient, "drafted", 2)
        (one,) = claims.make_claims(cashier, invoices.issue_invoice(cashier, clinic.patient, [made]).id)
        if state == "sent":
            (line,) = claim_views.claim(cashier, one).lines
            edit = claims.LineEdit(line.id, "A1", "", "1")
            revision = claims.change_claim(cashier, one, diagnoses="I10", authorisation="", lines=[edit], expect=1)
            claims.make_ready(cashier, one, expect=revision)
            claim_batches.mark_sent(cashier, claim_batches.make_batch(cashier, [one]), expect=1)
        return {"show": state}

    return arguments
