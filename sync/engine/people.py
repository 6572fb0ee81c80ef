"""What people decide: conflicts, refusals, who is who, what they told a system themselves; each with who it was."""

from collections.abc import Mapping

from sync.engine import aside, cards, updating
from sync.engine.chart import Because
from sync.engine.desk import ENDED, Desk, set_state
from sync.engine.linking import Linking, MovedError, UnknownError, UntakenError
from sync.engine.meeting import projected
from sync.engine.settling import acknowledge
from sync.engine.store import leaving, queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Quarantine, Shadow, Work
from sync.engine.sweeping import READING_AGAIN
from sync.engine.taking import look, twice
from sync.port import Kind, Put, Seen

# Tasks that are closed in one transaction: whoever saves meanwhile waits no longer than for these.
CLOSED_TOGETHER = 50
ADDRESS = "stands at"
# Where it was kept before, at first without its path and as it was typed.
ONCE_ADDRESS = "address"
ELSEWHERE = "another address was given, and it has not been read there yet"
# Said of what they refused and a person gave up, once something else of the record is to be told.
WITH_IT = "given up before; what was decided since is told with it or not at all"


def _carry_out(desk: Desk, rows: Rows, one: Conflict, keep: str, who: str) -> None:
    try:
        cards.decide(desk, rows, one, keep, who)
    except cards.Unfit:
        raise UnknownError(one.id) from None


def _given_up(desk: Desk, rows: Rows, work: Work) -> str:
    """Why what of it was refused and given up is a person's to send again; empty where there is none.

    Whoever gave it up may have told them by hand: to make it, or to do it, is not asked for once more by itself.
    """
    found = rows.find(Intent, ("sent_at",), system=desk.system, kind=work.kind, local_id=work.local_id)
    done = {(one.op, one.act, one.part) for one in found if one.state == "acked"}
    done |= {("create", "", link.part) for link in desk.known(rows).all(work.kind, work.local_id)}
    left = [one for one in found if one.state == "rejected" and one.op != "update"]
    left = [one for one in left if (one.op, one.act, one.part) not in done]
    return f"{left[-1].said} ({WITH_IT})" if left else ""


def _ask_again(desk: Desk, rows: Rows, work: Work) -> None:
    """What was to stand as it is here, and was not in what they refused, is not forgotten with what is left untold."""
    system, kind, local_id = desk.system, work.kind, work.local_id
    refused = rows.find(Intent, system=system, kind=kind, local_id=local_id, op="update", state="rejected")
    for one in rows.find(Conflict, system=system, kind=kind, local_id=local_id, state="decided"):
        sent = any(each.sent_at >= one.decided_at and one.member in each.changed for each in refused)
        if one.sort == "field" and one.keep == "here" and not sent:
            one.state, one.keep, one.who, one.at, one.decided_at = "open", "", "", desk.now(), 0.0
            rows.put(one)
            desk.log.add(rows, desk.now(), "asked again", one.kind, one.local_id, conflict=one.id)


class People(Linking):
    """The decisions of one system; `who` is the person's id, never a name."""

    def conflicts(self) -> list[Conflict]:
        """What waits for a decision, the oldest first."""
        with self._desk.disk.read() as unit:
            return Rows(unit).find(Conflict, ("at", "id"), system=self._desk.system, state="open")

    def waiting_for_a_person(self) -> list[Work]:
        """What was refused, is in doubt, or must be told by a person."""
        with self._desk.disk.read() as unit:
            rows = Rows(unit)
            return [
                one
                for state in ("refused", "person", "cannot")
                for one in rows.find(Work, ("since",), system=self._desk.system, state=state)
            ]

    def resolve(self, conflict_id: str, keep: str, who: str, why: str = "", *, shown: float = 0.0) -> None:
        """Decide a member: ``here``, ``there``, or carry out what else was asked. Raises UnknownError.

        What a card can be answered with is in `choices`: only to read it closes no card. `shown` is when the values
        were asked about that whoever decides has seen; raises MovedError where others stand in it by now.
        """
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            one = self._open(rows, conflict_id, shown)
            if one.sort in cards.ACTS:
                _carry_out(desk, rows, one, keep, who)
            one.keep, one.who, one.why, one.decided_at = keep, who, why or one.why, desk.now()
            one.state = "decided" if one.sort == "field" else "closed"
            rows.put(one)
            desk.log.add(
                rows, desk.now(), "decided", one.kind, one.local_id, conflict=one.id, sort=one.sort, keep=keep, who=who
            )
            if one.sort == "field":
                self._go_on(rows, one)

    def choices(self, conflict_id: str) -> tuple[str, ...]:
        """What may be done about a question that is neither of a member nor of a person."""
        with self._desk.disk.read() as unit:
            rows = Rows(unit)
            one = rows.get(Conflict, conflict_id)
            return () if one is None else cards.choices(self._desk, rows, one)

    def resolve_with(self, conflict_id: str, value: object, who: str, why: str = "", *, shown: float = 0.0) -> None:
        """Decide a member by a third value: it is taken in here, and told there. Raises UnknownError.

        Nothing else of what differs there comes in with it. Raises UntakenError where the chart says something else
        after it, and MovedError as `resolve` does.
        """
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            one = self._open(rows, conflict_id, shown)
            kind = Kind(one.kind)
            story = desk.chart.story(unit, kind, one.local_id)
            shadow = rows.get(Shadow, desk.system, one.kind, one.remote_id)
            link = rows.get(Link, desk.system, one.kind, one.remote_id)
            if one.sort != "field" or story is None or shadow is None or link is None or link.status in ENDED:
                raise UnknownError(conflict_id)
            rules = desk.remote.profile.kinds[kind].rules
            # What no rule is for says what kind of record it is; any other member that it lacks changes nothing.
            body = {name: each for name, each in shadow.body.items() if name not in rules} | {one.member: value}
            seen = Seen(kind, one.remote_id, body, raw=shadow.raw, parent=shadow.parent or None, part=link.part)
            because = Because(desk.system, one.remote_id, frozenset({one.member}), who)
            desk.chart.adopt(unit, kind, one.local_id, desk.remote.adopt(seen, story, desk.known(rows)), because)
            after = desk.chart.story(unit, kind, one.local_id)
            mine = (projected(desk, rows, after, link.part) if after is not None else None) or {}
            same = desk.canon(kind)(one.member)
            if same(mine.get(one.member)) != same(value):
                raise UntakenError(one.member)
            one.sides = {**one.sides, "mine": mine.get(one.member)}
            one.keep, one.who, one.why, one.state, one.decided_at = "here", who, why or one.why, "decided", desk.now()
            rows.put(one)
            desk.log.add(rows, desk.now(), "decided", one.kind, one.local_id, conflict=one.id, keep="value", who=who)
            self._go_on(rows, one)

    def _open(self, rows: Rows, conflict_id: str, shown: float) -> Conflict:
        one = rows.get(Conflict, conflict_id)
        if one is None or one.system != self._desk.system or one.state == "closed":
            raise UnknownError(conflict_id)
        if shown and one.at != shown:
            raise MovedError(conflict_id)
        return one

    def _go_on(self, rows: Rows, one: Conflict) -> None:
        """Both sides meet again, with what was decided."""
        work = rows.get(Work, self._desk.system, one.kind, one.local_id)
        if one.keep == "here":
            shadow = rows.get(Shadow, self._desk.system, one.kind, one.remote_id)
            if shadow is not None:
                shadow.tries = 0
                shadow.told.pop(one.member, None)
                rows.put(shadow)
            if work is not None and work.state in {"differs", "confirmed", "sent", "closed", "cannot"}:
                said = _given_up(self._desk, rows, work) if work.state == "closed" else ""
                work.who = ""  # whoever left it as it was, or told them by hand, did so before
                set_state(self._desk, rows, work, "refused" if said else "waiting", said)
        else:
            look(self._desk, rows, one.kind, one.remote_id, "hint")

    def edit_and_resend(self, kind: str, local_id: str, who: str) -> None:
        """Send what was refused again, as it now stands in the chart. Raises UnknownError."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            work = self._work(rows, kind, local_id, "refused")
            for intent in rows.find(Intent, system=desk.system, kind=kind, local_id=local_id, state="ready"):
                intent.state = "dropped"
                rows.put(intent)
            work.tries, work.who = 0, ""
            set_state(desk, rows, work, "waiting")
            desk.log.add(rows, desk.now(), "send again", kind, local_id, who=who)

    def give_up(self, kind: str, local_id: str, who: str, reason: str) -> None:
        """Leave it untold, for a reason; what was decided and not told yet is asked again. Raises UnknownError."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            work = self._work(rows, kind, local_id, "refused", "person", "cannot", "waiting", "blocked")
            if work.state != "cannot" and WITH_IT not in work.why:
                _ask_again(desk, rows, work)
            self._end(rows, work, who, reason, "given up")

    def close_task(self, kind: str, local_id: str, who: str, how: str = "") -> None:
        """A person has told the system themselves (telephone, portal). Raises UnknownError."""
        with self._desk.disk.write() as unit:
            rows = Rows(unit)
            self._end(rows, self._work(rows, kind, local_id, "cannot"), who, how, "told by a person")

    def close_tasks(self, kind: str, upto: float, who: str, how: str) -> int:
        """A person has told them of all of a kind that they have no call for; of what came after a time they have not.

        Each is closed by itself, some in one transaction: whoever saves meanwhile gets in. Returns how many were.
        """
        count = 0
        while True:
            with self._desk.disk.write() as unit:
                rows = Rows(unit)
                found = leaving.listed(rows, self._desk.system, kind, upto, CLOSED_TOGETHER, oldest=False)
                for work in found:
                    self._end(rows, work, who, how, "told by a person")
            count += len(found)
            if len(found) < CLOSED_TOGETHER:
                return count
            self._desk.breathe()

    def _end(self, rows: Rows, work: Work, who: str, why: str, what: str) -> None:
        desk = self._desk
        for intent in rows.find(Intent, system=desk.system, kind=work.kind, local_id=work.local_id):
            if intent.state == "ready" and not intent.attempts:
                # What may have been carried out stays so: the next change of it is not sent over it unasked.
                intent.state = "dropped"
                rows.put(intent)
        work.who, work.told = who, work.seq
        set_state(desk, rows, work, "closed", why or what)
        desk.log.add(rows, desk.now(), what, work.kind, work.local_id, who=who)

    def it_is_there(self, kind: str, local_id: str, who: str, remote_id: str) -> None:
        """After a lost answer a person has looked: it is there, under this id. Raises UnknownError."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            work = self._work(rows, kind, local_id, "person")
            intent = self._doubtful(rows, kind, local_id)
            desk.log.add(rows, desk.now(), "it is there", kind, local_id, who=who, remote=remote_id)
            acknowledge(desk, rows, intent, work, remote_id or f"~{intent.id}", None)
            self._found_settled(rows, intent, remote_id, who)

    def _found_settled(self, rows: Rows, intent: Intent, remote_id: str, who: str) -> None:
        """Which of those that came into sight is ours has been said; each other that says the same is one too many."""
        desk = self._desk
        if not remote_id:
            return  # it is there, and nobody knows which it is
        for one in rows.find(
            Conflict, system=desk.system, kind=intent.kind, local_id=intent.local_id, sort="found", state="open"
        ):
            one.state, one.keep, one.who, one.decided_at = "closed", "this", who, desk.now()
            if one.remote_id != remote_id:
                one.keep = "other"
                twice(desk, rows, Link(desk.system, one.kind, one.remote_id, one.local_id, intent.part, "duplicate"))
            rows.put(one)

    def it_is_not_there(self, kind: str, local_id: str, who: str) -> None:
        """After a lost answer a person has looked: it is not there, send it again. Raises UnknownError."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            work = self._work(rows, kind, local_id, "person")
            intent = self._doubtful(rows, kind, local_id)
            intent.state, intent.may_resend, intent.last_empty = "ready", 1, desk.now()
            rows.put(intent)
            set_state(desk, rows, work, "waiting")
            desk.log.add(rows, desk.now(), "it is not there", kind, local_id, who=who)

    def send_it(self, kind: str, local_id: str, who: str) -> None:
        """A record whose time has passed is to be sent all the same. Raises UnknownError."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            work = self._work(rows, kind, local_id, "person")
            work.asked = "send"
            set_state(desk, rows, work, "waiting")
            desk.log.add(rows, desk.now(), "send all the same", kind, local_id, who=who)

    def _doubtful(self, rows: Rows, kind: str, local_id: str) -> Intent:
        found = rows.find(Intent, system=self._desk.system, kind=kind, local_id=local_id)
        for intent in found:
            if intent.state in {"person", "duplicate"}:
                return intent
        raise UnknownError(local_id)

    def _work(self, rows: Rows, kind: str, local_id: str, *states: str) -> Work:
        work = rows.get(Work, self._desk.system, kind, local_id)
        if work is None or work.state not in states:
            raise UnknownError(local_id)
        return work

    def pause(self, who: str) -> None:
        """Ask and send nothing more until it is resumed; what people do here goes on."""
        self._pause(f"by {who}", who)

    def resume(self, who: str) -> None:
        """Go on; after a sign-in, too."""
        self._pause("", who)

    def _pause(self, why: str, who: str) -> None:
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            desk.keep(rows, "paused", why)
            desk.wish(rows)
            desk.log.add(rows, desk.now(), "paused" if why else "resumed", who=who)
        desk.holds.clear()

    def sync_now(self, who: str) -> None:
        """Look through every list now, and try again what was put off; the limits are kept all the same."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            queries.look_anew(rows, desk.system)
            queries.try_again(rows, desk.system, desk.now())
            desk.wish(rows)
            desk.log.add(rows, desk.now(), "sync now", who=who)
        desk.holds.clear()

    def stands_at(self, address: str, once: str = "") -> None:
        """The system is asked at this address from now on. At another one than before nothing is taken for granted.

        It may have moved, or be another one: all is read there before anything is sent, and confirmed by that alone.
        `once` is how earlier versions kept this same address: what they kept is taken for it, until it is kept anew.
        """
        desk = self._desk
        with desk.disk.read() as unit:
            before = desk.get(Rows(unit), ADDRESS)
            kept_once = "" if before else desk.get(Rows(unit), ONCE_ADDRESS)
        if before == address:
            return
        with desk.disk.write() as unit:
            rows = Rows(unit)
            if before or kept_once not in {"", address, once}:
                queries.unproven(rows, desk.system, ELSEWHERE)
                queries.read_all_again(rows, desk.system)
                desk.keep(rows, READING_AGAIN, "yes")
                desk.log.add(rows, desk.now(), "another address")
            desk.keep(rows, ADDRESS, address)

    def look_at_set_aside(self) -> None:
        """Have what could not be taken in read once more."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            for aside in rows.find(Quarantine, system=desk.system):
                if not aside.remote_id.startswith("?"):
                    look(desk, rows, aside.kind, aside.remote_id, "set aside")

    def look_at_aside(self, kind: str, remote_id: str, who: str) -> None:
        """Have one record that was set aside read once more. Raises UnknownError where it is so no longer."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            aside.look_again(desk, rows, self._aside(rows, kind, remote_id))
            desk.wish(rows)
            desk.log.add(rows, desk.now(), "look again", kind, remote_id, who=who)

    def seen_aside(self, kind: str, remote_id: str, who: str, why: str, *, shown: float) -> None:
        """Nothing of what was set aside is taken in, until it says something else there. Raises UnknownError.

        `shown` is since when that was set aside which somebody has seen; raises MovedError where it is another by now.
        """
        with self._desk.disk.write() as unit:
            rows = Rows(unit)
            one = self._aside(rows, kind, remote_id)
            if one.at != shown:
                raise MovedError(remote_id)
            aside.noted(self._desk, rows, one, who, why)

    def _aside(self, rows: Rows, kind: str, remote_id: str) -> Quarantine:
        one = rows.get(Quarantine, self._desk.system, kind, remote_id)
        if one is None or aside.seen(rows, one) is not None:
            raise UnknownError(remote_id)
        return one

    def put_mode(self, kind: Kind, mode: str, who: str) -> None:
        """Say whether an update replaces a record of a kind there. Raises UnknownError where there is no update."""
        kp = self._desk.kind(kind)
        if (
            kp is None
            or kp.put is Put.NONE
            or kp.progress is not None
            or mode not in {updating.REPLACE, updating.MERGE}
        ):
            raise UnknownError(kind)
        with self._desk.disk.write() as unit:
            updating.learn(self._desk, Rows(unit), kind, mode, updating.SET, who)

    def capabilities(self, found: Mapping[str, str]) -> None:
        """Keep what was found out about the system."""
        with self._desk.disk.write() as unit:
            rows = Rows(unit)
            for name, value in found.items():
                self._desk.keep(rows, f"found:{name}", value)
