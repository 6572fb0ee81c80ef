"""A clinic with two insurers, a patient of both and something to pay for."""

from dataclasses import replace
from datetime import date

from clinic_desktop.clock import new_id
from clinic_desktop.services import billing, claims, covers, insurance, invoices
from clinic_desktop.services.claim_views import Claim, claim
from clinic_desktop.services.covers import NewCover
from clinic_desktop.services.insurance import NewInsurer, NewPlan
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.chart import encounters, problems
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor

HARBOUR = NewInsurer("Harbour Mutual", "HM01", policy_format="AAA999999|99999999")
COVER = NewCover("", 1, "abc123456", date(2026, 1, 1), date(2026, 12, 31), "GRP-1")


class Insured:
    """One patient with a primary cover; amounts in cents."""

    def __init__(self, store: Store, desk_for: DeskFor, *, copay: int = 500, authorisation: bool = False) -> None:
        self.store, self.cashier = store, desk_for("cashier")
        with store.write(act=new_id(), session=None) as unit:
            price = {"code": "visit", "name": "Visit", "kind": "consultation", "amount": 1500, "currency": "USD"}
            unit.create(prices, price, kind="price.added")
            person = {
                "mrn": "M-1", "family_name": "Okafor", "given_names": "Ada", "sex": "female", "born_on": "1990-04-05",
                "insurer": "NHIA", "insurance_share": 70, "registered_at": "x", "family_key": "okafor",
                "given_key": "ada",
            }  # fmt: skip
            self.patient = unit.create(patients, person, kind="patient.registered")
            visit = {
                "patient_id": self.patient, "preset": "new", "status": "signed",
                "started_at": "2026-03-10T09:00:00.000000Z",
            }  # fmt: skip
            self.visit = unit.create(encounters, visit, kind="encounter.opened")
            problem = {
                "patient_id": self.patient, "encounter_id": self.visit, "code": "I10", "title": "Hypertension",
                "certainty": "confirmed", "status": "active", "noted_at": "2026-03-10T09:00:00.000000Z",
            }  # fmt: skip
            unit.create(problems, problem, kind="problem.added")
        self.insurer = insurance.add_insurer(self.cashier, HARBOUR)
        plan = NewPlan(self.insurer, "Gold", 80, copay, needs_authorisation=authorisation, filing_days=90)
        self.plan = insurance.add_plan(self.cashier, plan)
        self.cover = covers.add_cover(self.cashier, self.patient, replace(COVER, plan_id=self.plan))

    def second(self, share: int = 50) -> str:
        """Cover the patient by a second insurer too."""
        other = insurance.add_insurer(self.cashier, NewInsurer("Workers' Scheme", "WS"))
        plan = insurance.add_plan(self.cashier, NewPlan(other, "Basic", share))
        return covers.add_cover(self.cashier, self.patient, NewCover(plan, 2, "7", date(2026, 1, 1)))

    def invoice(self, quantity: int = 1) -> str:
        """An invoice of so many visits."""
        made = billing.charge_by_hand(self.cashier, self.patient, "visit", quantity)
        return invoices.issue_invoice(self.cashier, self.patient, [made]).id

    def claim(self, quantity: int = 1, diagnoses: str = "I10") -> Claim:
        """A claim with everything it needs."""
        (made,) = claims.make_claims(self.cashier, self.invoice(quantity))
        return self.complete(made, diagnoses)

    def complete(self, claim_id: str, diagnoses: str = "I10") -> Claim:
        """Enter what a claim lacks."""
        one = claim(self.cashier, claim_id)
        edits = [claims.LineEdit(line.id, "99213", "25", "1") for line in one.lines] if diagnoses else []
        claims.change_claim(
            self.cashier, claim_id, diagnoses=diagnoses, authorisation="", lines=edits, expect=one.revision
        )
        return claim(self.cashier, claim_id)
