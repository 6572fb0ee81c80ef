"""Results that came from another system and are not in the chart: whoever ordered them is told, once of each state.

What the window shows of them is an administrator's; that a result is there and not here must not wait for one. Where
the results of an order cannot even be asked for, that is told; of many orders at once it is told once. No more than one
notice of an order stands open, and it is closed once there is nothing to tell any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from clinic_desktop.services import heard_results, inbox
from clinic_desktop.services.acts import Act
from clinic_desktop.store.tables.inbox import notifications

IN_ACT = ("settle", "unsettled")

ABOUT = "results_aside"
TITLE = "Results came that are not in the chart"
LIST = "Results of an order cannot be asked for"
LISTS = "The results of a system cannot be read"
TOGETHER = 25  # in one transaction: whoever saves meanwhile waits no longer than for these
FEW = 3  # of so many orders each is told by itself; of more it is the system that cannot be read
# Why a notice is closed that nobody has closed.
OVER = "Nothing of this waits any more: it was read since, is not shown there any more, or somebody has settled it."
ASKED = "The results can be asked for again, or are looked for no more."
ANEW = "Told of anew: it says “critical” now."
AS_ONE = "Told of once, with the other orders of this system."
_ENDED, _LISTED, _ALL = "ended", "list.", "lists"
_SHORT = 8  # signs of its key: so many of each order stand in the print of a notice that tells of many


@dataclass(frozen=True)
class Untaken:
    """Results that stand in a system and not here: under which key they are known, and a print of what they say.

    `print` is one of the reason, a full stop, and one of the rest. `listed`: they cannot be asked for.
    """

    key: str
    print: str
    order_id: str | None
    patient_id: str | None
    number: str  # under which the system knows them, or their order
    why: str
    critical: bool  # whether it says so anywhere in what cannot be taken in
    listed: bool = False

    def __repr__(self) -> str:
        return f"Untaken({self.key})"

    def about(self, system: str) -> str:
        """What the notice of this state is about."""
        return f"{_under(system)}{self.key} {_LISTED if self.listed else ''}{self.print}"


@dataclass(frozen=True)
class Step:
    """One thing to do: close notices, each with why; note that what one was about is over; change some; tell anew."""

    close: tuple[tuple[str, str], ...] = ()
    change: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()
    tell: Untaken | None = None


def unsettled(connection: Connection, system: str, standing: Sequence[Untaken]) -> list[Step]:
    """What is to be done so that everybody is told of what stands as it is now, and of nothing else."""
    begin = _under(system)
    rows = connection.execute(
        select(notifications)
        .where(notifications.c.about_id.between(begin, f"{begin}\x7f"), notifications.c.about_kind == ABOUT)
        .order_by(notifications.c.rowid_)
    ).all()
    told: dict[str, list[Row[Any]]] = {}
    for row in rows:
        told.setdefault(_key(row), []).append(row)
    gathered = _gathered(system, standing, told)
    now = {f"{begin}{one.key}" for one in gathered}
    as_one = {f"{begin}{one.key}" for one in standing} - now
    steps = [_ended(told[key], as_one=key in as_one) for key in sorted(told.keys() - now)]
    steps += [_step(one, one.about(system), told.get(f"{begin}{one.key}", [])) for one in gathered]
    return [step for step in steps if step != Step()]


def _gathered(system: str, standing: Sequence[Untaken], told: dict[str, list[Row[Any]]]) -> list[Untaken]:
    """What stands; lists of many orders as one, and as long as that one is open."""
    lists = [one for one in standing if one.listed]
    open_ = any(row.done_at is None for row in told.get(f"{_under(system)}{_ALL}", ()))
    if not lists or not (len(lists) > FEW or open_):
        return list(standing)
    # By its print it is seen which orders it told of: of one more it is told anew, of one less it is not.
    print_ = "".join(sorted(each.key[:_SHORT] for each in lists))
    one = replace(lists[0], key=_ALL, print=print_, order_id=None, patient_id=None, number="")
    return [one, *(each for each in standing if not each.listed)]


def _step(one: Untaken, about: str, rows: Sequence[Row[Any]]) -> Step:
    open_ = [row for row in rows if row.done_at is None]
    if not open_:
        # What a person has closed is told of again once it says something else.
        last = rows[-1] if rows else None
        seen = last is not None and _tells_of(last.about_id, about) and last.done_by is not None
        return Step() if seen else Step(tell=one)
    if one.critical and not any(row.must_answer for row in open_):
        return Step(close=tuple({row.about_id: ANEW for row in open_}.items()), tell=one)
    # It is open, and says where to look: only for another reason are its words changed.
    other = tuple(row.id for row in open_ if _reason(row.about_id) != _reason(about))
    return Step(change=other, tell=one) if other else Step()


def _tells_of(told: str, about: str) -> bool:
    """Whether a notice has told of all that is told now: of the same state, or of each of many orders."""
    if not _key_in(about).endswith(f" {_ALL}"):
        return told == about
    return _orders(about) <= _orders(told)


def _orders(about: str) -> set[str]:
    said = about.rpartition(".")[2]
    return {said[at : at + _SHORT] for at in range(0, len(said), _SHORT)}


def _ended(rows: Sequence[Row[Any]], *, as_one: bool) -> Step:
    """What stands no more: should it ever do so again, it is told of again, whoever has closed this one."""
    why = {row.about_id: AS_ONE if as_one else _over(row) for row in rows if row.done_at is None}
    seen = rows[-1].done_by is not None and not rows[-1].about_id.endswith(f" {_ENDED}")
    return Step(close=tuple(why.items()), mark=(rows[-1].id,) if seen and not why else ())


def settle(act: Act, system: str, title: str, steps: Iterable[Step]) -> None:
    """Tell whoever ordered, or the doctors, of what is new; close what is over."""
    for step in steps:
        for about, why in step.close:
            inbox.answer_about(act, ABOUT, about, why)
        for record in step.mark:
            about = f"{_key_of(act, record)} {_ENDED}"
            act.change(notifications, record, {"about_id": about}, kind="notification.changed")
        if step.tell is not None:
            notice = _notice(act, system, title, step.tell)
            said = {"title": notice.title, "body": notice.body, "about_id": notice.about_id}
            for record in step.change:
                act.change(notifications, record, said, kind="notification.changed")
            if not step.change:
                inbox.notify(act, notice)


def _notice(act: Act, system: str, title: str, one: Untaken) -> inbox.Notice:
    order = heard_results.placed(act, one.order_id) if one.order_id is not None else None
    named = f"order {order.number}" if order is not None else f"their number {one.number}"
    patient = order.patient_id if order is not None else one.patient_id
    to = order.ordered_by if order is not None else "doctor"
    category, priority = ("critical_result", "critical") if one.critical else ("task", "high")
    arguments = (("patient_id", order.patient_id), ("order_id", order.id)) if order is not None else ()
    heading, body = _words(title, named, one)
    return inbox.Notice(
        category, priority, heading, to, body, patient, ABOUT, one.about(system),
        screen="laboratory" if order is not None else None, arguments=arguments, must_answer=one.critical,
    )  # fmt: skip


def _words(title: str, named: str, one: Untaken) -> tuple[str, str]:
    look = f"Look at them in {title} or ask its laboratory; an administrator finds them under “Sync”."
    if one.key == _ALL:
        said = f"The results of several orders cannot be asked for at {title}: whether there are any is not known here."
        return LISTS, f"{said} {one.why}\n{look}"
    if one.listed:
        said = f"The results of one order ({named}) cannot be asked for at {title}: whether there are any is not known"
        return LIST, f"{said} here. {one.why}\n{look}"
    return TITLE, f"{title} shows results ({named}) of which not all is in the chart. {one.why}\n{look}"


def _over(row: Row[Any]) -> str:
    return ASKED if row.about_id.rpartition(" ")[2].startswith(_LISTED) else OVER


def _key(row: Row[Any]) -> str:
    return _key_in(str(row.about_id))


def _key_in(about: str) -> str:
    return about.rpartition(" ")[0]


def _key_of(act: Act, record: str) -> str:
    return _key(act.conn.execute(select(notifications.c.about_id).where(notifications.c.id == record)).one())


def _reason(about: str) -> str:
    """The print of the reason in what a notice is about, with whether it is of a list."""
    said = about.rpartition(" ")[2]
    return said.rpartition(".")[0]


def _under(system: str) -> str:
    return f"results aside {system} "
