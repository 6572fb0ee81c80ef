"""Results that came from another system and are not in the chart: whoever ordered them is told, once of each state.

What the window shows of them is an administrator's; that a result is there and not here must not wait for one. The
notice is closed once the result is taken in after all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from clinic_desktop.services import heard_results, inbox
from clinic_desktop.services.acts import Act
from clinic_desktop.store.tables.inbox import notifications

IN_ACT = ("settle", "unsettled")

ABOUT = "results_aside"
TITLE = "Results came that are not in the chart"
TAKEN_IN = "Taken in after all, or told of anew."


@dataclass(frozen=True)
class Untaken:
    """Results that stand in a system and not here: under which key they are known, and a print of what they say."""

    key: str
    print: str
    order_id: str | None
    patient_id: str | None
    number: str  # under which the system knows them
    why: str
    critical: bool  # whether it says so anywhere in what cannot be taken in

    def __repr__(self) -> str:
        return f"Untaken({self.key})"

    def about(self, system: str) -> str:
        """What the notice of this state is about."""
        return f"{_under(system)}{self.key} {self.print}"


def unsettled(connection: Connection, system: str, standing: Sequence[Untaken]) -> tuple[list[Untaken], list[str]]:
    """Of which nobody was told as they are now; and what is told still of those that are so no more."""
    begin = _under(system)
    rows = connection.execute(
        select(notifications.c.about_id, notifications.c.done_at, notifications.c.done_by)
        .where(notifications.c.about_id.between(begin, f"{begin}\x7f"), notifications.c.about_kind == ABOUT)
        .order_by(notifications.c.rowid_)
    ).all()
    last = {row.about_id.rpartition(" ")[0]: row for row in rows}
    new = []
    for one in standing:
        about = one.about(system)
        told = last.get(about.rpartition(" ")[0])
        # What a person has closed is told of again once it says something else.
        if told is None or told.about_id != about or (told.done_at is not None and told.done_by is None):
            new.append(one)
    now = {one.about(system) for one in standing}
    return new, sorted({row.about_id for row in rows if row.done_at is None} - now)


def settle(act: Act, system: str, title: str, new: Sequence[Untaken], over: Sequence[str]) -> None:
    """Tell whoever ordered, or the doctors, of what is new; close what is over."""
    for about in over:
        inbox.answer_about(act, ABOUT, about, TAKEN_IN)
    for one in new:
        order = heard_results.placed(act, one.order_id) if one.order_id is not None else None
        named = f"order {order.number}" if order is not None else f"their number {one.number}"
        body = (
            f"{title} shows results ({named}) of which not all is in the chart. {one.why}\n"
            f"Look at them in {title} or ask its laboratory; an administrator finds them under “Sync”."
        )
        patient = order.patient_id if order is not None else one.patient_id
        to = order.ordered_by if order is not None else "doctor"
        category, priority = ("critical_result", "critical") if one.critical else ("task", "high")
        arguments = (("patient_id", order.patient_id), ("order_id", order.id)) if order is not None else ()
        inbox.notify(
            act,
            inbox.Notice(category, priority, TITLE, to, body, patient, ABOUT, one.about(system),
                         screen="laboratory" if order is not None else None, arguments=arguments,
                         must_answer=one.critical),
        )  # fmt: skip


def _under(system: str) -> str:
    return f"results aside {system} "
