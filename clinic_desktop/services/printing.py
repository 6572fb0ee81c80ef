"""Label and receipt printers, and the log of what was printed: every print is a row before its first byte leaves."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection, Row, func, select

from clinic_desktop.clock import to_text
from clinic_desktop.domain import printing as rules
from clinic_desktop.domain.printing import Target
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.inbox import Notice
from clinic_desktop.store.tables.pharmacy import products, stock_lots
from clinic_desktop.store.tables.printing import printers as printer_table
from clinic_desktop.store.tables.printing import prints as print_table
from clinic_desktop.store.tables.staff import staff

LISTED = 500
LONGEST_SEND = timedelta(minutes=2)
# What a print that was cut off by a crash is called, so that nobody waits for its label.
CUT_OFF = N_("it is not known whether it came out")


@dataclass(frozen=True)
class Printer:
    """One printer of the clinic."""

    id: str
    revision: int
    target: Target
    active: bool


@dataclass(frozen=True)
class Print:
    """What is to be printed; `number` is what people call the record, `digest` that of the bytes."""

    document: str
    record_id: str
    number: str
    copies: int
    digest: str
    reason: str = field(default="", repr=False)


@dataclass(frozen=True)
class Before:
    """Whether something was printed before, and whether printing it again needs a reason."""

    times: int
    last_at: str
    needs_reason: bool


@dataclass(frozen=True)
class PrintRow:
    """One line of the log."""

    id: str
    asked_at: str
    by: str
    document: str
    number: str
    printer: str
    copies: int
    again: bool
    reason: str
    state: str
    why: str
    digest: str


@command
def add_printer(act: Act, new: Target) -> str:
    """Set a printer up; returns its id. Raises Refusal."""
    return act.create(printer_table, _values(act.conn, new, ""), kind="printer.added")


@command
def change_printer(act: Act, printer_id: str, new: Target, *, active: bool = True, expect: int) -> int:
    """Change a printer, or say that it is not used any more; returns the new revision. Raises Refusal."""
    values = _values(act.conn, new, printer_id) | {"active": int(active)}
    return act.change(printer_table, printer_id, values, kind="printer.changed", expect=expect)


@query
def printers(read: Read) -> tuple[Printer, ...]:
    """Every printer that is set up, those in use first."""
    rows = read.conn.execute(select(printer_table).order_by(printer_table.c.active.desc(), printer_table.c.name))
    return tuple(_printer(row) for row in rows)


@query
def printer_for(read: Read, document: str) -> Printer | None:
    """The printer that a document goes to; None where it goes through the system's printers as PDF."""
    rows = read.conn.execute(select(printer_table).where(printer_table.c.active == 1).order_by(printer_table.c.rowid_))
    return next((one for one in map(_printer, rows) if document in one.target.documents), None)


@query
def printed_before(read: Read, document: str, record_id: str) -> Before:
    """How often this was printed, so that a second print can ask why."""
    return _before(read.conn, document, record_id)


@command
def begin_print(act: Act, printer_id: str, what: Print) -> str:
    """Note a print before its first byte leaves; returns its id. Raises Refusal where a reason is wanted."""
    row = act.conn.execute(select(printer_table).where(printer_table.c.id == printer_id)).one_or_none()
    if row is None or not row.active:
        raise Refusal(N_("This printer is not used any more."), field="printer")
    before = _before(act.conn, what.document, what.record_id)
    reason = rules.require_reason(
        what.document, what.reason, again=before.times > 0, controlled=_is_controlled(act.conn, what)
    )
    values = {
        "document": what.document, "record_id": what.record_id, "number": what.number[: rules.LONGEST],
        "printer_id": printer_id, "printer": row.name, "copies": rules.require_copies(what.copies),
        "digest": what.digest, "again": int(before.times > 0), "reason": reason or None, "asked_at": act.at,
        "asked_by": act.session.staff_id, "state": "sending",
    }  # fmt: skip
    return act.create(print_table, values, kind="print.begun", reason=reason or None)


@command
def end_print(act: Act, print_id: str, why: str = "") -> int:
    """Note that a print was taken, or why not; one that failed stands in the inbox of who asked for it."""
    row = act.conn.execute(select(print_table).where(print_table.c.id == print_id)).one_or_none()
    if row is None or row.asked_by != act.session.staff_id:
        raise Refusal(N_("There is no such print."), field="print")
    if row.state != "sending":
        return int(row.revision)
    changes = {"state": "failed" if why else "sent", "why": why[:500] or None}
    revision = act.change(print_table, print_id, changes, kind="print.ended")
    if why:
        title = f"{row.number[:80]}: not printed on {row.printer[:80]}"
        inbox.notify(act, Notice("task", "normal", title, row.asked_by, why[:500], about_kind="print",
                                 about_id=print_id))  # fmt: skip
    return revision


@query
def prints(read: Read, document: str = "") -> tuple[PrintRow, ...]:
    """What was printed, the newest first: who, what, when, where, and why again."""
    wanted = select(print_table, staff.c.display_name).join(staff, staff.c.id == print_table.c.asked_by)
    if document:
        wanted = wanted.where(print_table.c.document == document)
    rows = read.conn.execute(wanted.order_by(print_table.c.rowid_.desc()).limit(LISTED))
    still_sent = to_text(read.now - LONGEST_SEND)
    return tuple(
        PrintRow(
            row.id, row.asked_at, row.display_name, row.document, row.number, row.printer, row.copies,
            bool(row.again), row.reason or "", row.state,
            row.why or (CUT_OFF if row.state == "sending" and row.asked_at < still_sent else ""), row.digest,
        )
        for row in rows
    )  # fmt: skip


def _before(connection: Connection, document: str, record_id: str) -> Before:
    # A print that failed left no label; one that was cut off may have.
    times, last = connection.execute(
        select(func.count(), func.max(print_table.c.asked_at)).where(
            print_table.c.record_id == record_id, print_table.c.document == document, print_table.c.state != "failed"
        )
    ).one()
    asks = document == "medicine-label" or _controlled(connection, document, record_id)
    return Before(int(times), last or "", bool(times) and asks)


def _is_controlled(connection: Connection, what: Print) -> bool:
    return _controlled(connection, what.document, what.record_id)


def _controlled(connection: Connection, document: str, record_id: str) -> bool:
    if document != "shelf-label":
        return False
    found = connection.execute(
        select(products.c.controlled)
        .join(stock_lots, stock_lots.c.product_id == products.c.id)
        .where(stock_lots.c.id == record_id)
    ).scalar()
    return bool(found)


def _values(connection: Connection, new: Target, itself: str) -> dict[str, object]:
    kept = rules.checked(new)
    table = printer_table
    same = select(table.c.id).where(table.c.name == kept.name, table.c.id != itself, table.c.active == 1)
    if connection.execute(same).first() is not None:
        raise Refusal(N_("A printer is called so already."), field="name")
    return {
        "name": kept.name, "kind": kept.kind, "way": kept.way, "address": kept.address, "dpi": kept.dpi,
        "roll_mm": kept.roll_mm, "documents": " ".join(kept.documents), "look_first": int(kept.look_first),
        "drawer": int(kept.drawer),
    }  # fmt: skip


def _printer(row: Row[tuple[object, ...]]) -> Printer:
    target = Target(
        row.name, row.kind, row.way, row.address, row.dpi, row.roll_mm, tuple(row.documents.split()),
        bool(row.look_first), bool(row.drawer),
    )  # fmt: skip
    return Printer(row.id, row.revision, target, bool(row.active))
