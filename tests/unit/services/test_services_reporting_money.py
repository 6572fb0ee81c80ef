"""The reports about money against plain Python: voids and refunds count in their own period, currencies stay apart."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

import pytest

from clinic_desktop.domain.reporting import Asked, cells
from clinic_desktop.services.reporting import Held, open_report
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import charges, invoice_lines, invoices, ledger, payments, prices, shifts
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.unit import Transaction
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import (
    FIRST,
    GROUPS,
    LAST,
    Case,
    Line,
    amount,
    bucket,
    rows_of,
    told,
    within,
    without,
)

SEEING = {"doctor", "nurse"}
KINDS = ("consultation", "test", "medicine")


def money(made: Case, unit: Transaction) -> None:
    """Invoices with lines, some void, some paid and given back weeks later, in two currencies."""
    draw = made.draw
    for kind in KINDS:
        made.some(prices, unit, code=kind, name=kind, kind=kind, amount=1, currency="USD")
    tills = {}
    for cashier in made.staff["cashier"]:
        for currency in ("USD", "KWD"):
            opened = made.moment()
            closed = draw.random() < 0.7
            tills[cashier, currency] = made.some(
                shifts, unit, cashier_id=cashier, opened_at=opened, opening_float=5000, currency=currency,
                closed_at=made.after(opened, 600, 30_000) if closed else None,
                counted_cash=draw.randrange(9000) if closed else None,
                difference_reason="=lost" if closed else None,
            )  # fmt: skip
    for number in range(160):
        patient, currency = draw.choice(made.people), draw.choice(["USD", "USD", "KWD"])
        visit = made.some(encounters, unit, patient_id=patient, preset="new", status="signed", started_at=made.moment(),
                          practitioner_id=draw.choice(made.staff["doctor"]))  # fmt: skip
        amounts = [draw.randrange(1, 90_000) for _line in range(draw.randint(1, 3))]
        total = sum(amounts)
        discount = draw.choice([0, 0, total // 7])
        insurer = draw.choice([0, (total - discount) // 3, total - discount])
        owes = total - discount - insurer
        issued = made.moment()
        void = draw.random() < 0.2
        invoice = made.some(invoices, unit, number=f"INV-{number:04}", patient_id=patient, issued_at=issued,
                            issued_by=made.staff["cashier"][0], currency=currency, total=total, discount=discount,
                            insurer=draw.choice(["Assurance Ελλάς", "=Insurer"]) if insurer else None,
                            insurer_owes=insurer, patient_owes=owes, status="void" if void else "issued")  # fmt: skip
        for place, each in enumerate(amounts):
            charge = made.some(charges, unit, patient_id=patient, encounter_id=draw.choice([visit, None]),
                               source_kind="hand", source_id="x", price_code=draw.choice([*KINDS, None]),
                               description="d", quantity=1, unit_amount=each, currency=currency, charged_at=issued,
                               status="invoiced", provider_id=draw.choice([None, made.staff["nurse"][0]]))  # fmt: skip
            made.some(invoice_lines, unit, invoice_id=invoice, patient_id=patient, charge_id=charge, description="d",
                      quantity=1, unit_amount=each, amount=each, position=place)  # fmt: skip

        post = partial(_post, made, unit, currency=currency, patient_id=patient, invoice_id=invoice)
        owed = {"receivable.patient": owes, "receivable.insurer": insurer, "discount": discount, "revenue": -total}
        post("invoice", issued, owed)
        if void:
            post("void", made.after(issued, 10, 3_000_000), {account: -value for account, value in owed.items()})
            continue
        if insurer and draw.random() < 0.3:
            lost = insurer // 2
            post("insurer_answer", made.moment(), {"written_off": lost, "receivable.insurer": -lost})
        if not owes or draw.random() < 0.3:
            continue
        method, paid = (
            draw.choice(["cash", "card", "mobile_money", "bank_transfer"]),
            max(owes // draw.choice([1, 2]), 1),
        )
        cashier = draw.choice(made.staff["cashier"])
        facts = {"invoice_id": invoice, "patient_id": patient, "method": method, "currency": currency,
                 "taken_by": cashier, "shift_id": tills[cashier, currency]}  # fmt: skip
        at = made.after(issued, 0, 600)
        first = made.some(payments, unit, **facts, number=f"RCP-{number}", kind="payment", amount=paid, paid_at=at)
        post("payment", at, {f"till.{method}": paid, "receivable.patient": -paid})
        if draw.random() < 0.3:
            again = made.after(at, 60, 3_000_000)
            made.some(payments, unit, **facts, number=f"RFD-{number}", kind="refund", amount=paid, paid_at=again,
                      refund_of=first)  # fmt: skip
            post("refund", again, {f"till.{method}": -paid, "receivable.patient": paid})


def _post(made: Case, unit: Transaction, kind: str, at: str, postings: dict[str, int], **links: str) -> None:
    movement = f"{kind} {links['invoice_id']} {at}"
    for account, value in postings.items():
        if value:
            made.some(ledger, unit, movement=movement, kind=kind, account=account, amount=value, posted_at=at, **links)


@pytest.fixture
def worked(store: Store) -> Iterator[Store]:
    with case.in_beirut():
        Case(store, 11).fill(money)
        yield store


@pytest.mark.parametrize("group", GROUPS)
def test_revenue_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor, group: str) -> None:
    names = case.named(worked)
    bills = {row["id"]: row for row in rows_of(worked, "invoices")}
    charged = {row["id"]: row for row in rows_of(worked, "charges")}
    seen_by = {row["id"]: row["practitioner_id"] for row in rows_of(worked, "encounters")}
    found: dict[tuple[str, int, str, str, str], list[tuple[bool, int]]] = defaultdict(list)
    lines = defaultdict(list)
    for row in rows_of(worked, "invoice_lines"):
        lines[row["invoice_id"]].append(row)
    for row in rows_of(worked, "ledger"):
        if not within(row["posted_at"]):
            continue
        period, insurer = bucket(row["posted_at"], group), bills[row["invoice_id"]]["insurer"] or "insurer"
        if row["account"] == "written_off":
            found[period, 7, "Written off", insurer, row["currency"]].append((row["amount"] < 0, abs(row["amount"])))
        if row["kind"] not in {"invoice", "void"}:
            continue
        back = row["kind"] == "void"
        place = {"receivable.patient": (1, "Payer", "patients"), "receivable.insurer": (1, "Payer", insurer),
                 "discount": (2, "Discount", "discounts")}.get(row["account"])  # fmt: skip
        if place is not None:
            found[(period, *place, row["currency"])].append((back, abs(row["amount"])))
            continue
        for line in lines[row["invoice_id"]]:
            charge = charged[line["charge_id"]]
            service = charge["price_code"] or "other"
            person = charge["provider_id"] or seen_by.get(charge["encounter_id"])
            who = names[person] if person else "nobody named"
            for each in ((3, "Service", service), (4, "Practitioner", who)):
                found[(period, *each, row["currency"])].append((back, line["amount"]))
    for row in rows_of(worked, "payments"):
        if within(row["paid_at"]):
            period, back = bucket(row["paid_at"], group), row["kind"] == "refund"
            for each in ((5, "Cashier", names[row["taken_by"]]), (6, "Method", row["method"].replace("_", " "))):
                found[(period, *each, row["currency"])].append((back, row["amount"]))
    expected = []
    for key in sorted(found, key=lambda key: (key[0], key[1], key[3], key[4])):
        period, _place, by, part, currency = key
        added = sum(value for back, value in found[key] if not back)
        taken = sum(value for back, value in found[key] if back)
        amounts = [amount(value, currency) for value in (added, taken, added - taken)]
        expected.append([period, by, part, currency, str(len(found[key])), *amounts])
    rows, totals = told(desk_for, "revenue-analysis", group)
    assert rows == without(expected, group)
    assert totals == [], "parts of one sum are not added up again"


def test_what_payers_owe_and_the_discounts_are_what_the_services_come_to(worked: Store, desk_for: DeskFor) -> None:
    net: dict[tuple[str, str], float] = defaultdict(float)
    for by, _part, currency, _number, _added, _back, rest in told(desk_for, "revenue-analysis")[0]:
        net[by, currency] += float(rest)
    for currency in ("USD", "KWD"):
        services = net["Service", currency]
        assert services == pytest.approx(net["Payer", currency] + net["Discount", currency])
        assert services == pytest.approx(net["Practitioner", currency])
        assert net["Cashier", currency] == pytest.approx(net["Method", currency])


def test_what_is_owed_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor) -> None:
    people = {row["id"]: row for row in rows_of(worked, "patients")}
    bills = {row["id"]: row for row in rows_of(worked, "invoices")}
    owed: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows_of(worked, "ledger"):
        if row["account"].startswith("receivable.") and case.local(row["posted_at"]).date() <= LAST:
            owed[row["invoice_id"], row["account"]] += row["amount"]
    expected = []
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for (invoice, account), value in owed.items():
        if not value:
            continue
        bill = bills[invoice]
        person = people[bill["patient_id"]]
        person = people[person["merged_into"] or person["id"]]
        issued = case.local(bill["issued_at"]).date()
        days = (LAST - issued).days
        place = 0 if days <= 30 else 1 if days <= 60 else 2 if days <= 90 else 3
        parts = [value if at == place else 0 for at in range(4)] + [value]
        sums[bill["currency"]] = [a + b for a, b in zip(sums[bill["currency"]], parts, strict=True)]
        name = f"{person['family_name']}, {person['given_names']}"
        name = "".join(f"[U+{ord(one):04X}]" if one in "\x07\t\n" else one for one in name)
        by = "patient" if account == "receivable.patient" else bill["insurer"]
        shown = [amount(part, bill["currency"]) for part in parts]
        line = [by, person["mrn"], name, bill["number"], issued.isoformat(), str(days), bill["currency"], *shown]
        expected.append(((bill["issued_at"], bill["number"], account != "receivable.patient"), line))
    rows, totals = told(desk_for, "receivables-ageing", role="cashier")
    assert rows == [line for _order, line in sorted(expected)]
    assert totals == [
        ["Total", "", "", "", "", "", currency, *(amount(part, currency) for part in sums[currency])]
        for currency in sorted(sums)
    ]


def test_each_till_comes_to_what_plain_counting_finds(worked: Store, desk_for: DeskFor) -> None:
    names = case.named(worked)
    expected: list[tuple[str, Line]] = []
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 10)
    for shift in rows_of(worked, "shifts"):
        if not within(shift["opened_at"]):
            continue
        mine = [row for row in rows_of(worked, "payments") if row["shift_id"] == shift["id"]]
        by = {
            method: sum(
                row["amount"] * (-1 if row["kind"] == "refund" else 1) for row in mine if row["method"] == method
            )
            for method in ("cash", "card", "mobile_money", "bank_transfer")
        }
        due = shift["opening_float"] + by["cash"]
        counted = shift["counted_cash"]
        numbers = [sum(row["kind"] == kind for row in mine) for kind in ("payment", "refund")]
        money = [*by.values(), due, counted, None if counted is None else counted - due]
        sums[shift["currency"]] = [
            a + (b or 0)
            for a, b in zip(sums[shift["currency"]], [shift["opening_float"], *numbers, *money], strict=True)
        ]

        def shown(value: int | None, currency: str = shift["currency"]) -> str:
            return "" if value is None else amount(value, currency)

        times = [f"{case.local(at):%Y-%m-%d %H:%M}" if at else "" for at in (shift["opened_at"], shift["closed_at"])]
        expected.append((shift["opened_at"], [*times, names[shift["cashier_id"]], shift["currency"],
                        shown(shift["opening_float"]), *map(str, numbers), *map(shown, money),
                        shift["difference_reason"] or ""]))  # fmt: skip
    rows, totals = told(desk_for, "cashier-day-end", role="cashier")
    assert rows == [line for _at, line in sorted(expected)]
    assert len(rows) > 1
    assert totals == [
        ["Total", "", "", currency, amount(one[0], currency), str(one[1]), str(one[2]),
         *(amount(value, currency) for value in one[3:]), ""]
        for currency, one in sorted(sums.items())
    ]  # fmt: skip


def test_revenue_narrowed_to_one_of_a_kind_is_that_kinds_own_line(worked: Store, desk_for: DeskFor) -> None:
    """What is narrowed to a practitioner, a service or a payer comes to what its own line said of the whole."""
    names = case.named(worked)
    people = {row["id"]: names[row["id"]] for row in rows_of(worked, "staff") if row["role"] in SEEING}
    whole, desk = told(desk_for, "revenue-analysis")[0], desk_for("administrator")
    shown = {line[1] for line in whole if line[0] == "Practitioner"}
    wanted = [(("practitioner", one), "Practitioner", name) for one, name in people.items() if name in shown]
    wanted += [(("service", kind), "Service", kind) for kind in (*KINDS, "other")]
    assert len(wanted) > 6, "two of them have one name, and a line each"
    for only, by, part in wanted:
        run, held = open_report(desk, Asked("revenue-analysis", FIRST, LAST, only=(only,))), Held()
        run.into(held)
        lines = [[*cells(run.columns, row)] for row in held.rows]
        own = [line for line in whole if line[:2] == [by, part]]
        assert [line for line in lines if line[0] == by] == own != [], only
        assert {line[0] for line in lines} == {"Service", "Practitioner"}, "nothing that cannot be told by it"
