"""Billing: charges from what was done, invoices, payments, shifts."""

from sqlalchemy import select

from clinic_desktop.services.acts import Act
from clinic_desktop.store.tables.billing import charges, prices

IN_ACT = ("add_charge",)


def add_charge(
    act: Act,
    *,
    patient_id: str,
    encounter_id: str | None,
    source_kind: str,
    source_id: str,
    price_code: str | None,
    description: str,
    quantity: int = 1,
) -> str | None:
    """Charge for what was just done, in the same transaction; returns the charge's id.

    Something with no price in the list is charged at 0 with the reason said, so that the cashier sees it and nothing
    that was done goes missing; None only where there is no price list at all.
    """
    price = act.conn.execute(select(prices).where(prices.c.code == price_code, prices.c.active == 1)).one_or_none()
    currency = act.conn.execute(select(prices.c.currency).limit(1)).scalar_one_or_none()
    if currency is None:
        return None
    return act.create(
        charges,
        {
            "patient_id": patient_id,
            "encounter_id": encounter_id,
            "source_kind": source_kind,
            "source_id": source_id,
            "price_code": price_code,
            "description": description,
            "quantity": quantity,
            "unit_amount": price.amount if price is not None else 0,
            "currency": price.currency if price is not None else currency,
            "charged_at": act.at,
            "status": "pending",
            "reason": None if price is not None else "no price in the list",
        },
        kind="charge.made",
    )
