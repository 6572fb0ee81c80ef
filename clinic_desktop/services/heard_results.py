"""Results that another system brings: in which order they stand here, and who is told of what became of them.

They are that system's: nobody here released them, and so they stand beside the results of this laboratory, never among
them. Whoever placed the order is told of each arrival, each correction and each withdrawal; a critical one must be
answered, and stays before them until it is, whatever is said of it later.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.inbox import notifications
from clinic_desktop.store.tables.laboratory import lab_orders
from clinic_desktop.store.tables.outside import identifiers, observations
from clinic_desktop.store.tables.staff import staff

IN_ACT = (
    "ask_about_gone",
    "brought",
    "is_asked",
    "is_said_again",
    "order_in",
    "placed",
    "same_patient",
    "stand_in",
    "tell",
)

# The identifier by which an observation from elsewhere says to which order placed here it belongs.
ORDER = "urn:x-clinic-desktop:order"
CAME = "Results came from another system"
CORRECTED = "Results were corrected in another system"
WITHDRAWN = "Results were withdrawn in another system"
CRITICAL_CORRECTED = "A critical result was corrected in another system"
CRITICAL_WITHDRAWN = "A critical result was withdrawn in another system"
NOT_SHOWN = "Results are not shown any more in another system"
SHOWN_NO_MORE = "results_gone"
# The gravest comes first: under it everything else of one look is told as well.
TITLES = (CRITICAL_WITHDRAWN, WITHDRAWN, CRITICAL_CORRECTED, CORRECTED, CAME)


@dataclass(frozen=True)
class Placed:
    """An order that was placed here, and under which registration: parted again, its results go with that one."""

    id: str
    number: str
    patient_id: str
    ordered_by: str  # a person's id, or the doctors where that person works here no more

    def __repr__(self) -> str:
        return f"Placed({self.id})"


def placed(act: Act, order_id: str) -> Placed | None:
    """An order of this clinic, with whoever is told of its results."""
    row = act.conn.execute(
        select(lab_orders, staff.c.active)
        .join(staff, staff.c.id == lab_orders.c.ordered_by)
        .where(lab_orders.c.id == order_id)
    ).one_or_none()
    if row is None:
        return None
    told = str(row.ordered_by) if row.active else "doctor"
    return Placed(row.id, row.number, str(row.patient_id), told)


def same_patient(act: Act, one: str, other: str) -> bool:
    """Whether two registrations are one patient's."""
    return other in ids_of(act.conn, one)


def brought(act: Act, system: str, own: str, under: str) -> Sequence[Mapping[str, Any]]:
    """The observations here that a system brought under an id, or under ids that begin so, the oldest first.

    `key` is the id of each; components, which are rows of their own, are not among them.
    """
    after = f"{under[:-1]}{chr(ord(under[-1]) + 1)}"
    found = (
        select(observations, identifiers.c.value.label("key"))
        .join(identifiers, identifiers.c.record_id == observations.c.id)
        .where(identifiers.c.use == "resource", identifiers.c.kind == "Observation", identifiers.c.system == system)
        .where((identifiers.c.value == own) | identifiers.c.value.between(under, after))
        .order_by(observations.c.rowid_)
    )
    return [dict(row) for row in act.conn.execute(found).mappings()]


def stand_in(act: Act, order: Placed, records: Collection[str]) -> None:
    """Have observations stand in the order that they are the results of."""
    known = act.conn.execute(
        select(identifiers.c.record_id).where(
            identifiers.c.use == "business", identifiers.c.system == ORDER, identifiers.c.value == order.id
        )
    )
    about = {
        "record_kind": "observations", "patient_id": order.patient_id, "use": "business", "kind": "Observation",
        "system": ORDER, "value": order.id, "received_at": act.at,
    }  # fmt: skip
    for record in sorted(set(records) - set(known.scalars())):
        act.create(identifiers, about | {"record_id": record}, kind="identifier.noted", patient=order.patient_id)


def tell(act: Act, order: Placed | None, patient: str, system: str, said: Sequence[tuple[str, str]]) -> None:
    """Tell whoever ordered what came of results: each of `said` is a title and a line; "" is a critical one.

    A critical result is a notice of its own that must be answered. Nobody's order is told to the doctors.
    """
    to = order.ordered_by if order is not None else "doctor"
    screen, arguments = _opens(order, patient)
    where = f"From {system}, order {order.number}." if order is not None else f"From {system}."
    for line in [line for title, line in said if not title]:
        body = f"{line}\n{where} Look at it in the chart."
        inbox.notify(
            act,
            inbox.Notice("critical_result", "critical", CAME, to, body, patient, screen=screen, arguments=arguments,
                         must_answer=True),
        )  # fmt: skip
    others = [(title, line) for title, line in said if title]
    if others:
        title = min((title for title, _line in others), key=TITLES.index)
        body = "\n".join([*(line for _title, line in others), where])
        inbox.notify(act, inbox.Notice("task", "high", title, to, body, patient, screen=screen, arguments=arguments))


def _opens(order: Placed | None, patient: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What is opened to look at results: their order, else the chart."""
    if order is None:
        return "chart", (("patient_id", patient),)
    return "laboratory", (("patient_id", patient), ("order_id", order.id))


def order_in(act: Act, record: str) -> Placed | None:
    """The order of this clinic in which an observation stands."""
    found = select(identifiers.c.value).where(
        identifiers.c.record_id == record, identifiers.c.use == "business", identifiers.c.system == ORDER
    )
    order = act.conn.execute(found).scalar()
    return None if order is None else placed(act, str(order))


def ask_about_gone(act: Act, order: Placed | None, patient: str, system: str, record: str, gone: Sequence[str]) -> None:
    """Ask whoever ordered, or the doctors, about results that a system shows no more; somebody must answer.

    It may be a slip, or another patient's blood: what stands here is left, and only who treats can say what is right.
    """
    to = order.ordered_by if order is not None else "doctor"
    screen, arguments = _opens(order, patient)
    where = f"order {order.number}" if order is not None else "no order of this clinic"
    body = (
        f"{system} showed this, and shows it no more ({where}): {'; '.join(gone)}.\n"
        "It stands in the chart. Ask them what is right, and say what was done."
    )
    inbox.notify(
        act,
        inbox.Notice("task", "high", NOT_SHOWN, to, body, patient, SHOWN_NO_MORE, record, screen, arguments,
                     must_answer=True),
    )  # fmt: skip


def is_said_again(act: Act, record: str) -> None:
    """Close that question: all of it is shown there again."""
    inbox.answer_about(act, SHOWN_NO_MORE, record, "It is shown there again.")


def is_asked(connection: Connection, record: str) -> bool:
    """Whether somebody is asked, and has not answered, about results of a record that are not shown any more."""
    asked = select(notifications.c.id).where(
        notifications.c.about_id == record,
        notifications.c.about_kind == SHOWN_NO_MORE,
        notifications.c.done_at.is_(None),
    )
    return connection.execute(asked).first() is not None


# What is said of a result that does not stand.
GONE = frozenset({"cancelled", "entered-in-error"})
