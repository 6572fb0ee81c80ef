"""Results of orders that the engine could not take in, or not all of them: looked for now and then while one runs."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any, cast

from clinic_desktop.clock import Clock
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.exchange.sync_wording import is_list, unread_fields, why_of, with_beside
from clinic_desktop.services import heard, heard_aside
from clinic_desktop.services.heard_aside import Step, Untaken
from sync.engine import aside, unread
from sync.engine.desk import Desk
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine, Shadow
from sync.port import Kind
from sync.records.exact import Json, digest, legible

log = logging.getLogger(__name__)
# While there is always something to do, too: nobody waits longer than this to hear of one.
OFTEN_SECONDS = 20.0
_KIND = str(Kind.LAB_RESULT)
_CRITICAL, _SIGNS = ("critical", "panic"), frozenset({"hh", "ll", "aa"})
_DENIED = frozenset({"", "0", "false", "n", "no", "none"})


class Asides:
    """The results that were set aside; in one thread with the engine."""

    def __init__(self, workstation: str, clock: Clock) -> None:
        self._workstation, self._clock = workstation, clock
        self._looked: float | None = None
        self._refused: set[tuple[str, Step]] = set()  # said in the log, and not tried at every look

    def due(self) -> bool:
        """Whether the last look is some time ago."""
        return self._looked is None or self._clock.steady() - self._looked >= OFTEN_SECONDS

    def look(self, desks: Sequence[Desk]) -> int:
        """Have whoever ordered told of what is not in the chart, once; returns how much was told, changed or closed."""
        self._looked = self._clock.steady()
        found = [self._guarded(desk) for desk in desks]
        if max(found, default=0) >= heard_aside.TOGETHER:
            self._looked = None  # there may be more: it goes on at once, and whoever saves meanwhile comes between
        return sum(found)

    def _guarded(self, desk: Desk) -> int:
        """Look through one system: what is wrong with its records must not stop the others."""
        try:
            return self._look(desk)
        except Trouble:
            raise  # the database or the disk: that is no matter of one system
        except Exception as error:  # noqa: BLE001 - what they write must not stop the other systems
            _log(desk, error)
            return 0

    def _look(self, desk: Desk) -> int:
        with desk.disk.read() as unit:
            steps = heard_aside.unsettled(unit.conn, desk.system, standing(desk, Rows(unit)))
        steps = [step for step in steps if (desk.system, step) not in self._refused][: heard_aside.TOGETHER]
        try:
            self._settle(desk, steps)
        except Refusal:
            for step in steps:
                self._settle_alone(desk, step)
        return len(steps)

    def _settle_alone(self, desk: Desk, step: Step) -> None:
        """Take one step that may be refused: the next ones are taken all the same."""
        try:
            self._settle(desk, [step])
        except Refusal as refusal:
            self._refused.add((desk.system, step))
            _log(desk, refusal)

    def _settle(self, desk: Desk, steps: Sequence[Step]) -> None:
        if steps:
            with desk.disk.write() as unit:
                title = SYSTEMS[desk.system].title
                act = heard.act_of(cast(Any, unit), self._workstation, title)
                heard_aside.settle(act, desk.system, title, steps)


def _log(desk: Desk, error: Exception) -> None:
    # By its type alone: its words may carry data.
    log.error("%s: nobody is told of results that are not in the chart: %s", desk.system, type(error).__name__)


def standing(desk: Desk, rows: Rows) -> list[Untaken]:
    """The results that stand there and of which something is not here, whether or not somebody has seen them.

    Also the orders for whose results they cannot be asked.
    """
    found: dict[str, Untaken] = {}
    asides = rows.find(Quarantine, ("at", "remote_id"), system=desk.system, kind=_KIND)
    for each in asides:
        if is_list(each.remote_id):
            _put(desk, rows, found, each, why_of(each.why, each.remote_id))
    # What has come says more than that it cannot be asked for now.
    for one in rows.find(Conflict, ("at", "id"), system=desk.system, kind=_KIND, sort="unread"):
        if one.state == "open" or one.keep == unread.NOTED:
            members: Json = one.sides.get("members") or {}
            why = unread_fields(", ".join(sorted(_named(members))))
            _put(desk, rows, found, Quarantine(desk.system, _KIND, one.remote_id, "", members), why)
    # What is set aside as a whole says more than that it cannot be read.
    for each in asides:
        if not is_list(each.remote_id):
            _put(desk, rows, found, each, why_of(each.why, each.remote_id))
    return list(found.values())


def _put(desk: Desk, rows: Rows, found: dict[str, Untaken], one: Quarantine, why: str) -> None:
    order, listed = _order(rows, one), is_list(one.remote_id)
    patient, _number = aside.whose(desk, rows, one)
    key = digest(order or one.remote_id)[:24]
    shadow = rows.get(Shadow, one.system, one.kind, one.remote_id)
    critical = _says_critical(_as_now(one.raw, shadow))
    said = digest([critical] if listed else [one.why, _compared(desk, one.raw), critical])[:24]
    number = one.remote_id[1:].rpartition(":")[0] if one.remote_id.startswith("?") else one.remote_id
    found[key] = Untaken(
        key, f"{digest(why)[:8]}.{said}", order, patient or None, legible(number or one.remote_id), why,
        critical=critical, listed=listed,
    )  # fmt: skip


def _named(members: Json) -> set[str]:
    """The names of what cannot be read, also of what stands beside what is known."""
    beside = members.get("beside")
    return {*(members.keys() - {"beside"}), *map(str, beside)} if isinstance(beside, (dict, list)) else {*members}


def _compared(desk: Desk, raw: Json) -> Json:
    """What is said, as it is compared; of members that have no place here there are the names alone."""
    kp = desk.kind(_KIND)
    rules = kp.rules if kp is not None else {}
    read = {name: value for name, value in raw.items() if name in rules}
    return {"said": dict(desk.remote.canonical(Kind.LAB_RESULT, read)), "names": sorted(raw.keys() - rules.keys())}


def _as_now(raw: Json, shadow: Shadow | None) -> Json:
    """The same members as they were seen last: of some only the name was kept with the question."""
    came: Json = {} if shadow is None else shadow.raw
    seen = {name: came[name] for name in raw if name in came}
    return {"asked": raw, "now": with_beside({**raw, **seen}, came)}


def _order(rows: Rows, one: Quarantine) -> str | None:
    """The order of ours that results are of: they bear its number there, stand beneath it, or name it."""
    shadow = rows.get(Shadow, one.system, one.kind, one.remote_id)
    numbers = [one.remote_id, shadow.parent if shadow is not None else "", one.raw.get("order_id")]
    if one.remote_id.startswith("?"):
        numbers = [one.remote_id[1:].rpartition(":")[0]]
    for number in numbers:
        link = rows.get(Link, one.system, str(Kind.LAB_ORDER), number) if number and isinstance(number, str) else None
        if link is not None and link.local_id and link.status == "confirmed":
            return link.local_id
    return None


def _says_critical(raw: Json) -> bool:
    """Whether anything in it is flagged as critical, in whatever words: in doubt it must be answered."""
    return any(
        any(word in text for word in _CRITICAL) or text in _SIGNS
        or (text not in _DENIED and any(word in name for name in path for word in _CRITICAL))
        for path, text in _said(raw)
    )  # fmt: skip


def _said(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text, number and yes or no in a document, without signs, beneath the names under which it stands."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _said(each, (*path, _plain(name)))
    elif isinstance(value, list):
        for each in value:
            yield from _said(each, path)
    elif value is not None:
        yield path, _plain(str(value))


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
