"""What is told of money: how a claim is sent, what its lines ask for, and what was taken back after it was told."""

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services import billing, cash, claim_batches, claims
from clinic_desktop.services.claim_views import claim
from clinic_desktop.services.remotes import House, add_remote
from clinic_desktop.store.engine import Store
from sync.engine.desk import Desk as SyncDesk
from sync.engine.intake import Intake
from sync.engine.plan import Plan, plan
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Shadow, Work
from sync.port import Kind, Story
from sync.records.claim import Claim
from sync.telling.work import extra, procedure_code
from tests.conftest import DeskFor
from tests.unit.exchange.heard_case import Heard
from tests.unit.services.insured import Insured


@pytest.fixture
def heard(store: Store, clock: SetClock) -> Heard:
    return Heard(store, clock)


@pytest.fixture
def insured(store: Store, desk_for: DeskFor) -> Insured:
    made = Insured(store, desk_for)
    cash.open_shift(made.cashier, 0)
    return made


def sent(insured: Insured, code: str = "99213") -> str:
    """A claim that was sent on paper, its line with this code."""
    one = insured.claim()
    edits = [claims.LineEdit(line.id, code, "", "1") for line in one.lines]
    claims.change_claim(
        insured.cashier, one.id, diagnoses="I10", authorisation="", lines=edits, submission_method="paper",
        expect=one.revision,
    )  # fmt: skip
    claims.make_ready(insured.cashier, one.id, expect=claim(insured.cashier, one.id).revision)
    claim_batches.mark_sent(insured.cashier, claim_batches.make_batch(insured.cashier, [one.id]), expect=1)
    return one.id


def first(story: Story | None) -> Claim:
    assert story is not None
    assert isinstance(story.first, Claim)
    return story.first


@pytest.mark.parametrize(("code", "procedure"), [("99214", "99214"), ("visit", None)])
def test_a_claim_says_how_it_is_sent_and_its_lines_their_procedures_but_no_price_of_ours(
    insured: Insured, heard: Heard, code: str, procedure: str | None
) -> None:
    made = first(heard.story(Kind.CLAIM, sent(insured, code)))
    assert extra(made, "submissionMethod") == "paper"
    assert [procedure_code(each.product_or_service) for each in made.item] == [procedure]


class Office:
    """One system that is on and cannot be reached; what it was told of is as a test says."""

    def __init__(self, insured: Insured, desk_for: DeskFor, system: str) -> None:
        self.insured, self.system = insured, system
        self.house = House.of(desk_for("administrator"))
        add_remote(desk_for("administrator"), system, "http://127.0.0.1:9", {"username": "u", "password": "p"})

    def next_of(
        self, kind: Kind, record: str, told: dict[str, object] | None, **known: str
    ) -> tuple[str, str, Plan | None]:
        """The state and the reason of a record that the office heard of from the journal, and what it would send."""
        office = PostOffice(self.house, only=self.system)
        try:
            one: SyncDesk = office.engine.offices[self.system].desk
            office.engine.offices[self.system].start()
            for _batch in range(5):
                Intake(one).take_in()
            with self.insured.store.write(act=new_id(), session=None) as unit:
                rows = Rows(unit)
                rows.put_all([Link(self.system, each, f"{each}-1", local) for each, local in known.items()])
                if told is not None:
                    rows.put(Link(self.system, str(kind), "there-1", record))
                    rows.put(Shadow(self.system, str(kind), "there-1", told=told))
                work = rows.get(Work, self.system, str(kind), record)
                assert work is not None, "the journal led to it"
                planned = plan(one, rows, work)
                return work.state, work.why, planned
        finally:
            office.close()


@pytest.mark.parametrize("was_told", [True, False])
def test_a_charge_that_was_cancelled_is_a_task_where_it_had_been_told(
    insured: Insured, desk_for: DeskFor, *, was_told: bool
) -> None:
    office = Office(insured, desk_for, "hms_enterprise")
    charge = billing.charge_by_hand(insured.cashier, insured.patient, "visit", 1)
    billing.cancel_charge(insured.cashier, charge, reason="Not done")
    state, why, planned = office.next_of(Kind.CHARGE, charge, {} if was_told else None)
    assert planned is None
    assert (state, "withdrawn" in why) == (("cannot", True) if was_told else ("idle", False))


@pytest.mark.parametrize("was_told", [True, False])
def test_a_claim_that_was_cancelled_is_a_task_where_it_had_been_told(
    insured: Insured, desk_for: DeskFor, *, was_told: bool
) -> None:
    office = Office(insured, desk_for, "arocord_hims")
    made = sent(insured)
    claims.cancel_claim(insured.cashier, made, reason="Sent twice", expect=claim(insured.cashier, made).revision)
    state, why, planned = office.next_of(Kind.CLAIM, made, {} if was_told else None)
    assert planned is None
    assert (state, "withdraw" in why) == (("cannot", True) if was_told else ("idle", False))


def paid(insured: Insured, back: int) -> tuple[str, str]:
    """An invoice that was paid 3.00 of which so much was given back, and the payment."""
    invoice = insured.invoice()
    payment = cash.take_payment(insured.cashier, invoice, amount=300, method="cash", reference="").id
    cash.refund_payment(insured.cashier, payment, amount=back, reason="Paid twice")
    return invoice, payment


@pytest.mark.parametrize(("back", "word"), [(300, "refund"), (100, "change")])
def test_money_given_back_is_a_task_where_the_payment_had_been_told(
    insured: Insured, desk_for: DeskFor, back: int, word: str
) -> None:
    office = Office(insured, desk_for, "arocord_hims")
    invoice, payment = paid(insured, back)
    said = {"invoice_id": "invoice-1", "payment_method": "cash", "amount": 3}
    state, why, planned = office.next_of(Kind.PAYMENT, payment, said, invoice=invoice)
    assert (state, word in why, planned) == ("cannot", True, None)


def test_of_a_payment_that_was_not_told_only_what_was_kept_is(insured: Insured, desk_for: DeskFor) -> None:
    office = Office(insured, desk_for, "arocord_hims")
    invoice, payment = paid(insured, 300)
    state, _why, planned = office.next_of(Kind.PAYMENT, payment, None, invoice=invoice)
    assert (state, planned) == ("idle", None), "nothing was kept, and nobody was told"
    invoice, payment = paid(insured, 100)
    _state, _why, planned = office.next_of(Kind.PAYMENT, payment, None, invoice=invoice)
    assert planned is not None
    assert (planned.op, planned.body["amount"]) == ("create", 2)
