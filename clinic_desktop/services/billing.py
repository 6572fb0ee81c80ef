"""Billing: charges from what was done, and the one ledger that money is written in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from clinic_desktop.clock import new_id
from clinic_desktop.domain import billing
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.charge_codes import NOT_CODED, ChargeCode, provider_of
from clinic_desktop.services.merges import ids_of, kept_of
from clinic_desktop.store.tables.billing import charges, ledger, prices
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("add_charge", "post", "outstanding", "pending", "need_reason", "uncharge")


@dataclass(frozen=True)
class Charge:
    """Something done that is to be paid for; amounts in minor units."""

    id: str
    revision: int
    description: str
    quantity: int
    unit_amount: int
    amount: int
    currency: str
    charged_at: str
    source_kind: str
    note: str | None
    number: str = ""
    code: ChargeCode = NOT_CODED
    provider: str = ""
    encounter_id: str | None = None


@dataclass(frozen=True)
class ToBill:
    """A patient with charges that stand on no invoice yet."""

    patient_id: str
    mrn: str
    family_name: str
    given_names: str
    amount: int
    currency: str
    charges: int
    since: str


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
            "number": act.number("CHG"),
            "procedure_code": None if price is None else price.procedure_code,
            "provider_id": provider_of(act.conn, encounter_id),
        },
        kind="charge.made",
    )


def uncharge(act: Act, source_kind: str, source_id: str, reason: str) -> bool:
    """Take off what was charged for something that was undone; True where it stands on an invoice already.

    On an invoice it stays until that is voided, and the cashier is told that there is something to credit.
    """
    row = act.conn.execute(
        select(charges.c.id, charges.c.status).where(
            charges.c.source_id == source_id, charges.c.source_kind == source_kind, charges.c.status != "cancelled"
        )
    ).one_or_none()
    if row is None:
        return False
    invoiced = row.status == "invoiced"
    changes = {"undone": reason.strip()} if invoiced else {"status": "cancelled", "reason": reason.strip()}
    act.change(
        charges, row.id, changes, kind="charge.undone" if invoiced else "charge.cancelled", reason=reason.strip()
    )
    return bool(invoiced)


def post(
    act: Act,
    kind: str,
    postings: Iterable[billing.Posting],
    *,
    currency: str,
    patient_id: str,
    invoice_id: str,
    payment_id: str | None = None,
    shift_id: str | None = None,
) -> None:
    """Write one movement into the ledger; nothing else ever does."""
    movement = new_id()
    for posting in postings:
        act.create(
            ledger,
            {
                "movement": movement,
                "kind": kind,
                "account": posting.account,
                "amount": posting.amount,
                "currency": currency,
                "posted_at": act.at,
                "patient_id": patient_id,
                "invoice_id": invoice_id,
                "payment_id": payment_id,
                "shift_id": shift_id,
            },
            kind="ledger.posted",
        )


def outstanding(connection: Connection, invoice_id: str) -> int:
    """What the patient still owes on an invoice: the sum of the postings on their account."""
    total = connection.execute(
        select(func.coalesce(func.sum(ledger.c.amount), 0)).where(
            ledger.c.invoice_id == invoice_id, ledger.c.account == billing.PATIENT
        )
    ).scalar_one()
    return int(total)


@command
def charge_by_hand(act: Act, patient_id: str, price_code: str, quantity: int = 1) -> str:
    """Charge something from the price list that no act has charged. Raises Refusal."""
    price = act.conn.execute(select(prices).where(prices.c.code == price_code, prices.c.active == 1)).one_or_none()
    if price is None:
        raise Refusal(N_("This is not on the price list."), field="price_code")
    billing.line_amount(quantity, price.amount)
    made = add_charge(
        act,
        patient_id=patient_id,
        encounter_id=None,
        source_kind="by_hand",
        source_id=new_id(),
        price_code=price_code,
        description=price.name,
        quantity=quantity,
    )
    return str(made)


@command
def change_charge(act: Act, charge_id: str, *, quantity: int, unit_amount: int, reason: str, expect: int) -> int:
    """Change what a charge comes to before it is invoiced, with the reason. Raises Refusal."""
    pending(act, [charge_id])
    billing.line_amount(quantity, unit_amount)
    need_reason(reason, "reason")
    changes = {"quantity": quantity, "unit_amount": unit_amount, "reason": reason.strip()}
    return act.change(charges, charge_id, changes, kind="charge.changed", reason=reason.strip(), expect=expect)


@command
def cancel_charge(act: Act, charge_id: str, *, reason: str) -> int:
    """Take a charge off before it is invoiced; it stays on record with the reason. Raises Refusal."""
    pending(act, [charge_id])
    need_reason(reason, "reason")
    changes = {"status": "cancelled", "reason": reason.strip()}
    return act.change(charges, charge_id, changes, kind="charge.cancelled", reason=reason.strip())


@query
def patients_to_bill(read: Read) -> tuple[ToBill, ...]:
    """Everybody with charges on no invoice yet, longest waiting first."""
    since = func.min(charges.c.charged_at).label("since")
    rows = read.conn.execute(
        select(
            patients.c.id,
            patients.c.mrn,
            patients.c.family_name,
            patients.c.given_names,
            func.sum(charges.c.quantity * charges.c.unit_amount).label("amount"),
            func.max(charges.c.currency).label("currency"),
            func.count().label("n"),
            since,
        )
        .join_from(charges, patients, patients.c.id == kept_of(charges.c.patient_id))
        .where(charges.c.status == "pending")
        .group_by(patients.c.id)
        .order_by(since)
        .limit(500)
    )
    return tuple(
        ToBill(row.id, row.mrn, row.family_name, row.given_names, row.amount, row.currency, row.n, row.since)
        for row in rows
    )


@query(access="bill", once=True)
def pending_charges(read: Read, patient_id: str) -> tuple[Charge, ...]:
    """The charges of a patient that stand on no invoice yet, oldest first."""
    rows = read.conn.execute(
        select(charges, staff.c.display_name)
        .join(staff, staff.c.id == charges.c.provider_id, isouter=True)
        .where(charges.c.patient_id.in_(ids_of(read.conn, patient_id)), charges.c.status == "pending")
        .order_by(charges.c.charged_at, charges.c.id)
    )
    return tuple(
        Charge(
            row.id,
            row.revision,
            row.description,
            row.quantity,
            row.unit_amount,
            row.quantity * row.unit_amount,
            row.currency,
            row.charged_at,
            row.source_kind,
            row.reason,
            row.number or "",
            ChargeCode(
                row.procedure_code or "", row.modifiers or "", row.diagnoses or "", row.note or "", row.provider_id
            ),
            row.display_name or "",
            row.encounter_id,
        )
        for row in rows
    )


@query
def price_list(read: Read) -> tuple[tuple[str, str, int, str], ...]:
    """What may be charged by hand: (code, name, amount in minor units, currency), by name."""
    rows = read.conn.execute(select(prices).where(prices.c.active == 1).order_by(prices.c.name))
    return tuple((row.code, row.name, row.amount, row.currency) for row in rows)


def pending(act: Act, charge_ids: Sequence[str]) -> list["ChargeRow"]:
    """The charges of these ids, all still on no invoice. Raises Refusal."""
    if not charge_ids:
        raise Refusal(N_("There is nothing to put on the invoice."), field="charges")
    rows = act.conn.execute(
        select(
            charges.c.id,
            charges.c.patient_id,
            charges.c.description,
            charges.c.quantity,
            charges.c.unit_amount,
            charges.c.currency,
            charges.c.procedure_code,
            charges.c.modifiers,
        )
        .where(charges.c.id.in_(charge_ids), charges.c.status == "pending")
        .order_by(charges.c.charged_at, charges.c.id)
    )
    found = [ChargeRow(*row) for row in rows]
    if len(found) != len(set(charge_ids)):
        raise Refusal(N_("A charge was invoiced or taken off meanwhile. Look again."), field="charges")
    return found


@dataclass(frozen=True)
class ChargeRow:
    """A pending charge, as the commands here read it."""

    id: str
    patient_id: str
    description: str
    quantity: int
    unit_amount: int
    currency: str
    procedure_code: str | None
    modifiers: str | None


def need_reason(text: str, field: str) -> None:
    """Refuse to go on without a reason."""
    if not text.strip():
        raise Refusal(N_("Say why."), field=field)
