"""The demo's insurance: two insurers with their plans, some people covered, and claims in every state."""

import random
from dataclasses import replace
from datetime import date, timedelta

from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.domain.claims import stops
from clinic_desktop.services import claim_answers, claim_batches, claim_views, claims, covers, insurance
from clinic_desktop.services.claim_answers import NewAnswer
from clinic_desktop.services.covers import NewCover
from clinic_desktop.services.insurance import NewInsurer, NewPlan

COVERED = 0.4  # of those who are known on the first day
SENT_EVERY = 3  # days


class Insurers:
    """Insures people on the first morning and works the claims each evening; draws from a source of its own."""

    def __init__(self, weeks: Weeks, seed: int) -> None:
        self.weeks, self.draw = weeks, random.Random(f"insurance {seed}")  # noqa: S311 - made-up people
        self._evenings = 0

    def begin(self, day: date) -> None:
        """Enter two insurers with their plans, and cover some of the people known."""
        cashier, front = self.weeks.desk("cashier"), self.weeks.desk("frontdesk")
        harbour = insurance.add_insurer(
            cashier, NewInsurer("Harbour Mutual", "HM01", "020 555 0140", policy_format="AA999999")
        )
        scheme = insurance.add_insurer(cashier, NewInsurer("Workers' Scheme", "WS20", policy_format="99999999"))
        plans = (
            insurance.add_plan(cashier, NewPlan(harbour, "Gold", 80, 200, filing_days=90)),
            insurance.add_plan(cashier, NewPlan(harbour, "Basic", 60, 500, 100_000, filing_days=60)),
        )
        second = insurance.add_plan(cashier, NewPlan(scheme, "Employees", 50, needs_authorisation=True))
        since = day - timedelta(days=200)
        for patient_id, _story in self.weeks.known:
            if self.draw.random() > COVERED:
                continue
            number = f"HM{self.draw.randint(100_000, 999_999)}"
            new = NewCover(self.draw.choice(plans), 1, number, since, since + timedelta(days=365))
            cover = covers.add_cover(front, patient_id, new)
            if self.draw.random() < 0.7:
                covers.verify_cover(front, cover, expect=1)
            if self.draw.random() < 0.15:
                other = replace(new, plan_id=second, position=2, policy_number=number[2:] + "00", valid_until=None)
                covers.add_cover(front, patient_id, other)

    def evening(self) -> None:
        """Claim what was invoiced, send what is complete, and enter what came back."""
        self._evenings += 1
        cashier = self.weeks.desk("cashier")
        for invoice in {row.invoice_id: row for row in reversed(claim_views.to_claim(cashier))}:
            for made in claims.make_claims(cashier, invoice):
                one = claim_views.claim(cashier, made)
                if not stops(one.findings):
                    claims.make_ready(cashier, made, expect=one.revision)
        if self._evenings % SENT_EVERY == 0:
            self._answer()
            self._send()

    def _send(self) -> None:
        cashier = self.weeks.desk("cashier")
        ready = [row for row in claim_views.claims_in(cashier, ["ready"]) if not row.batch_id]
        if len(ready) > 2:
            # Somebody pays by themselves after all: cancelled, with the reason, and never sent.
            wrong = ready.pop()
            claims.cancel_claim(cashier, wrong.id, reason="The patient pays it alone", expect=wrong.revision)
        for insurer in dict.fromkeys(row.insurer_id for row in ready):
            batch = claim_batches.make_batch(cashier, [row.id for row in ready if row.insurer_id == insurer])
            claim_batches.mark_sent(cashier, batch, expect=1)

    def _answer(self) -> None:
        cashier, today = self.weeks.desk("cashier"), self.weeks.clock.now().astimezone().date()
        for place, row in enumerate(claim_views.claims_in(cashier, ["sent"])):
            reference = f"R{self.draw.randint(10_000, 99_999)}"
            if place % 6 == 1:
                new = NewAnswer("rejected", today, payer_reference=reference, reason="policy number not found")
            elif place % 6 == 3:
                new = NewAnswer("paid", today, row.claimed // 2, payer_reference=reference)
            else:
                new = NewAnswer("paid", today, row.claimed, payer_reference=reference)
            claim_answers.enter_answer(cashier, row.id, new, expect=row.revision)
