"""A patient's laboratory orders: their numbers, what the laboratory is told with them, and what it concludes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import coding
from clinic_desktop.domain.counting import says_something
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.directory import require_place
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.directory import places
from clinic_desktop.store.tables.laboratory import lab_orders
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("details_of", "order_columns")


@dataclass(frozen=True)
class OrderDetails:
    """What the laboratory should know: why, of what, how the specimen is taken, and when the patient comes for it."""

    clinical_information: str = ""
    diagnoses: str = ""
    collection_instructions: str = ""
    collect_at: datetime | None = None
    place_id: str | None = None


NOTHING_SAID = OrderDetails()


@dataclass(frozen=True)
class PlacedOrderRow:
    """One order in a list; `conclusion` is what the laboratory says of all of it."""

    id: str
    patient_id: str
    number: str
    ordered_at: datetime
    status: str
    revision: int = 0
    priority: str = "routine"
    ordered_by: str = ""
    note: str = ""
    details: OrderDetails = NOTHING_SAID
    place: str = ""
    conclusion: str = ""


@query(access="chart")
def orders_of(read: Read, patient_id: str) -> tuple[PlacedOrderRow, ...]:
    """The patient's laboratory orders, newest first."""
    return _rows(read.conn, lab_orders.c.patient_id.in_(ids_of(read.conn, patient_id)))


@query(access="chart", once=True)
def order_of(read: Read, patient_id: str, order_id: str) -> PlacedOrderRow:
    """One order of a patient, with what the laboratory was told. Raises Refusal where there is none."""
    mine = lab_orders.c.patient_id.in_(ids_of(read.conn, patient_id))
    found = _rows(read.conn, mine & (lab_orders.c.id == order_id))
    if not found:
        raise Refusal(N_("This order is not here."), field="order")
    return found[0]


@command
def conclude_order(act: Act, order_id: str, conclusion: str, *, expect: int) -> int:
    """Say in words what the results of an order come to; returns the new revision. Raises Refusal."""
    row = act.conn.execute(select(lab_orders.c.status).where(lab_orders.c.id == order_id)).one_or_none()
    if row is None or row.status not in {"partly_released", "released"}:
        raise Refusal(N_("Release a result first: there is nothing yet to conclude from."), field="conclusion")
    if not says_something(conclusion):
        raise Refusal(N_("Write what the results come to."), field="conclusion")
    text = "\n".join(clean(line, "conclusion", most=2000) for line in conclusion.strip().splitlines())
    return act.change(lab_orders, order_id, {"conclusion": text}, kind="lab_order.concluded", expect=expect)


def order_columns(act: Act, details: OrderDetails) -> dict[str, object]:
    """The columns of what the laboratory is told, checked. Raises Refusal naming the field."""
    if details.collect_at is not None and details.collect_at.astimezone().date() < act.now.astimezone().date():
        raise Refusal(N_("This day is in the past."), field="collect_on")
    return {
        "clinical_information": _words(details.clinical_information, "clinical_information"),
        "diagnoses": coding.diagnosis_codes(details.diagnoses) or None,
        "collection_instructions": _words(details.collection_instructions, "collection_instructions"),
        "collect_at": None if details.collect_at is None else to_text(details.collect_at),
        "place_id": require_place(act.conn, details.place_id),
    }


def details_of(row: Row[tuple[object, ...]]) -> OrderDetails:
    """What the laboratory was told with an order's row."""
    return OrderDetails(
        row.clinical_information or "", row.diagnoses or "", row.collection_instructions or "",
        None if row.collect_at is None else from_text(row.collect_at), row.place_id,
    )  # fmt: skip


def _words(text: str, field: str) -> str | None:
    return " ".join(clean(line, field, most=2000) for line in text.split("\n")).strip() or None


def _rows(connection: Connection, where: ColumnElement[bool]) -> tuple[PlacedOrderRow, ...]:
    rows = connection.execute(
        select(lab_orders, staff.c.display_name, places.c.name.label("place"))
        .join(staff, staff.c.id == lab_orders.c.ordered_by)
        .join(places, places.c.id == lab_orders.c.place_id, isouter=True)
        .where(where)
        .order_by(lab_orders.c.ordered_at.desc(), lab_orders.c.rowid_.desc())
    )
    return tuple(
        PlacedOrderRow(
            row.id, row.patient_id, row.number, from_text(row.ordered_at), row.status, row.revision, row.priority,
            row.display_name, row.note or "",
            details_of(row),
            row.place or "", row.conclusion or "",
        )
        for row in rows
    )  # fmt: skip
