"""What the primary insurer does not pay is asked of the secondary: shown first, moved by an act of its own.

No money moves: what the insurers owe together stays as it is in the ledger, only whose part it is changes.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import claims as rules
from clinic_desktop.domain import insurance
from clinic_desktop.domain.insurance import PRIMARY, SECONDARY, Terms
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.claim_rows import claim_row, copy_lines, fresh, open_amount, resubmitted_as
from clinic_desktop.services.covers import Paying, paying_on
from clinic_desktop.store.tables.billing import invoices
from clinic_desktop.store.tables.insurance import claims, covers, invoice_shares

IN_ACT = ("move_back",)


@dataclass(frozen=True)
class Moving:
    """What would be moved, in minor units: what is open, what the secondary plan pays of it, what stays open."""

    claim_id: str
    revision: int
    number: str
    insurer: str
    open: int
    moved: int
    share: int
    currency: str

    @property
    def stays(self) -> int:
        """What the secondary plan does not pay either."""
        return self.open - self.moved


@query(access="bill", once=True, of=lambda found: (found[1],))
def what_moves(read: Read, claim_id: str) -> tuple[Moving, str]:
    """What the secondary insurer would be asked for of a claim, and whose it is. Raises Refusal where it is nothing."""
    row = claim_row(read.conn, claim_id)
    return _moving(read.conn, row)[1], str(row.patient_id)


@command
def move_to_secondary(act: Act, claim_id: str, *, expect: int) -> str:
    """Ask the secondary insurer for what is open on a claim that the primary answered; returns the new claim's id.

    Its plan's share is moved, the rest stays open on the first claim. Raises Refusal.
    """
    row = claim_row(act.conn, claim_id)
    paying, moving = _moving(act.conn, row)
    _shift(act, row, str(row.cover_id), -moving.moved, None)
    _shift(act, row, paying.cover_id, moving.moved, paying)
    act.change(claims, claim_id, {"moved": (row.moved or 0) + moving.moved}, kind="claim.moved_on", expect=expect)
    kept = {name: getattr(row, name) for name in ("patient_id", "invoice_id", "diagnoses", "billed", "currency")}
    values = {**kept, **fresh(act), "cover_id": paying.cover_id, "claimed": moving.moved, "primary_claim_id": claim_id}
    new = act.create(claims, values, kind="claim.made")
    copy_lines(act, claim_id, new)
    return new


def move_back(act: Act, row: Row[tuple[object, ...]]) -> None:
    """Give back to the primary's claim what a claim to the secondary, now cancelled, was made of."""
    if row.primary_claim_id is None:
        return
    first = claim_row(act.conn, str(row.primary_claim_id))
    again = resubmitted_as(act.conn, str(first.id))
    if again:
        raise Refusal(N_("The first insurer was asked again meanwhile: cancel {number} first."), field="claim",
                      number=again)  # fmt: skip
    _shift(act, row, str(row.cover_id), -int(row.claimed), None)
    _shift(act, row, str(first.cover_id), int(row.claimed), None)
    act.change(claims, first.id, {"moved": (first.moved or 0) - row.claimed}, kind="claim.moved_back")


def _moving(connection: Connection, row: Row[tuple[object, ...]]) -> tuple[Paying, Moving]:
    rules.require_move("move", str(row.status))
    cover = connection.execute(select(covers.c.position).where(covers.c.id == row.cover_id)).scalar_one()
    if cover != PRIMARY:
        raise Refusal(N_("Only what the first insurer does not pay is moved to the second."), field="claim")
    again = resubmitted_as(connection, str(row.id))
    if again:
        raise Refusal(N_("It was sent again already, as {number}."), field="claim", number=again)
    rest = open_amount(connection, row)
    if not rest:
        raise Refusal(N_("Nothing is open on this claim any more."), field="claim")
    issued = connection.execute(select(invoices.c.issued_at).where(invoices.c.id == row.invoice_id)).scalar_one()
    day = from_text(issued).astimezone().date()
    second = next((one for one in paying_on(connection, str(row.patient_id), day) if one.position == SECONDARY), None)
    if second is None:
        raise Refusal(
            N_("No secondary cover of the patient was in force on {day}. Enter it on the page Insurance first."),
            field="claim", day=_shown(day),
        )  # fmt: skip
    # Its copay was taken off already where it has a part of this invoice.
    asked = _share_row(connection, str(row.invoice_id), second.cover_id) is not None
    terms = Terms(second.terms.share, 0 if asked else second.terms.copay, second.terms.ceiling_left)
    (moved,) = insurance.shares(rest, [terms])
    if not moved:
        raise Refusal(N_("The plan of {insurer} pays nothing of this."), field="claim", insurer=second.insurer)
    made = Moving(
        str(row.id), int(row.revision), str(row.number), second.insurer, rest, moved, terms.share, str(row.currency)
    )
    return second, made


def _shift(act: Act, row: Row[tuple[object, ...]], cover_id: str, amount: int, paying: Paying | None) -> None:
    """Change what one cover owes of the invoice; a cover that had no part of it gets one."""
    known = _share_row(act.conn, str(row.invoice_id), cover_id)
    if known is not None:
        act.change(invoice_shares, known.id, {"amount": known.amount + amount}, kind="invoice_share.moved")
    elif paying is not None:
        values = {
            "invoice_id": row.invoice_id, "patient_id": row.patient_id, "cover_id": cover_id,
            "position": paying.position, "insurer": paying.insurer, "share": paying.terms.share, "amount": amount,
            "currency": row.currency, "owed_on": act.now.astimezone().date().isoformat(),
        }  # fmt: skip
        act.create(invoice_shares, values, kind="invoice_share.made")


def _share_row(connection: Connection, invoice_id: str, cover_id: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(
        select(invoice_shares).where(invoice_shares.c.invoice_id == invoice_id, invoice_shares.c.cover_id == cover_id)
    ).one_or_none()


def _shown(day: date) -> str:
    return f"{day:%d-%b-%Y}"
