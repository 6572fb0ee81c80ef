"""What care elsewhere cost and who paid for it there: shown as history, owed to nobody here. Amounts in minor units."""

from dataclasses import dataclass

from sqlalchemy import func, select

from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.outside_bills import outside_bill_lines, outside_bills, outside_costs

SHOWN = 200


@dataclass(frozen=True)
class OutsideBill:
    """One bill of elsewhere; `outstanding` is what was owed there when it came."""

    id: str
    served_on: str
    payer: str
    provider: str
    charged: int
    paid: int
    adjusted: int
    outstanding: int
    currency: str
    status: str

    def __repr__(self) -> str:
        return f"OutsideBill({self.id})"


@dataclass(frozen=True)
class OutsideTotal:
    """What all bills of one currency come to."""

    currency: str
    bills: int
    charged: int
    paid: int
    outstanding: int


@dataclass(frozen=True)
class CostTotal:
    """What all visits, medicines, procedures or vaccines of a currency cost; for a person, all care so far."""

    kind: str
    currency: str
    number: int
    total: int
    covered: int


@dataclass(frozen=True)
class MoneyElsewhere:
    """A patient's bills elsewhere, the newest first and no more than can be looked through, with their sums."""

    bills: tuple[OutsideBill, ...] = ()
    totals: tuple[OutsideTotal, ...] = ()
    costs: tuple[CostTotal, ...] = ()


@query(access="bill", once=True)
def money_elsewhere(read: Read, patient_id: str) -> MoneyElsewhere:
    """What care elsewhere cost a patient, over every registration of theirs."""
    people = ids_of(read.conn, patient_id)
    lines, bills, costs = outside_bill_lines.c, outside_bills.c, outside_costs.c

    def sums(kind: str, column: str) -> dict[str, int]:
        found = select(lines.bill_id, func.coalesce(func.sum(lines[column]), 0)).where(
            lines.patient_id.in_(people), lines.kind == kind
        )
        return {bill: int(total) for bill, total in read.conn.execute(found.group_by(lines.bill_id))}

    charged, paid, adjusted = sums("charge", "amount"), sums("payment", "payments"), sums("adjustment", "adjustments")
    rows = read.conn.execute(
        select(outside_bills).where(bills.patient_id.in_(people)).order_by(bills.served_at.desc(), bills.rowid_.desc())
    ).all()
    shown = tuple(
        OutsideBill(
            row.id, (row.served_text or "")[:10], row.payer or "", row.provider or "", charged.get(row.id, 0),
            paid.get(row.id, 0), adjusted.get(row.id, 0),
            (row.payer_owes or 0) + (row.second_payer_owes or 0) + (row.patient_owes or 0), row.currency, row.status,
        )
        for row in rows
    )  # fmt: skip
    spent = read.conn.execute(
        select(
            costs.kind,
            costs.currency,
            func.count(),
            func.coalesce(func.sum(func.coalesce(costs.total, costs.base)), 0),
            func.coalesce(func.sum(costs.covered), 0),
        )
        .where(costs.patient_id.in_(people))
        .group_by(costs.kind, costs.currency)
        .order_by(costs.kind)
    )
    return MoneyElsewhere(shown[:SHOWN], _totals(shown), tuple(CostTotal(*row) for row in spent))


def _totals(bills: tuple[OutsideBill, ...]) -> tuple[OutsideTotal, ...]:
    found = []
    for currency in dict.fromkeys(bill.currency for bill in bills):
        own = [bill for bill in bills if bill.currency == currency]
        charged, paid, owed = (sum(getattr(bill, name) for bill in own) for name in ("charged", "paid", "outstanding"))
        found.append(OutsideTotal(currency, len(own), charged, paid, owed))
    return tuple(found)
