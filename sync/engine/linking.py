"""What people decide of who is who: a patient there and one here are one, or two; who of the staff is who there."""

from dataclasses import replace

from sync.engine.asking import hand_on, nothing_agreed, stood_for
from sync.engine.desk import Desk, release, set_state
from sync.engine.parting import part, part_beneath, parted, told_beneath
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Quarantine, Shadow, Work
from sync.engine.store.under import handed_on
from sync.engine.taking import join, look, look_at_all, of_patient, twice
from sync.port import Kind


class UnknownError(LookupError):
    """There is nothing of that name to decide."""


class MovedError(UnknownError):
    """What was shown to whoever decides is not what stands there, or here, by now."""


class UntakenError(ValueError):
    """The chart has no way to take in what was decided."""


class Linking:
    """The decisions of who is who at one system; `who` is the person's id, never a name."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def link(self, remote_id: str, local_id: str, who: str) -> None:
        """A patient there is this patient, and is nobody else's of ours already. Raises UnknownError.

        Where this patient is linked already they are there twice, and it is asked which of the two is to be ours.
        """
        desk = self._desk
        kind = Kind.PATIENT
        with desk.disk.write() as unit:
            rows = Rows(unit)
            if desk.known(rows).here(kind, remote_id):
                raise UnknownError(remote_id)
            answered = self._identity(rows, remote_id)
            self._answer(rows, remote_id, "", "link", who)
            if desk.known(rows).there(kind, local_id):
                twice(desk, rows, Link(desk.system, str(kind), remote_id, local_id, 0, "duplicate", 1.0, who))
                return
            for intent in rows.find(Intent, system=desk.system, kind=str(kind), local_id=local_id, op="create"):
                if intent.attempts and intent.state in {"ready", "person"}:
                    intent.state, intent.remote_id = "acked", remote_id  # what became of it is no question any more
                    rows.put(intent)
            for was in {str(one.sides["was"]) for one in answered if one.sides.get("was")} - {local_id}:
                self._stood_for(rows, remote_id, was, who)
            self._handed_on(rows, remote_id, local_id, who)
            join(desk, rows, Link(desk.system, str(kind), remote_id, local_id, 0, "confirmed", 1.0, who, desk.now()))
            look_at_all(desk, rows, remote_id)
            self._set_aside_since(rows, local_id)
            self._patient_goes_on(rows, local_id)

    def _stood_for(self, rows: Rows, remote_id: str, was: str, who: str) -> None:
        """A number that stood for another of ours until now: nothing of that one is this one's."""
        desk = self._desk
        part_beneath(desk, rows, remote_id, was, who)
        nothing_agreed(rows, desk.system, str(Kind.PATIENT), remote_id)
        self._over(rows, Link(desk.system, str(Kind.PATIENT), remote_id, was), who)
        release(desk, rows, str(Kind.PATIENT), was)

    def _handed_on(self, rows: Rows, remote_id: str, local_id: str, who: str) -> None:
        """The number stood for others of ours: what was told of them stands under this one; or it is its own again."""
        desk = self._desk
        hand_on(desk, rows, str(Kind.PATIENT), remote_id, local_id)
        for other in handed_on(rows, desk.system, remote_id):
            if other != local_id:
                told_beneath(desk, rows, remote_id, other)
                continue
            for link in rows.find(Link, system=desk.system, kind=str(Kind.PATIENT), local_id=local_id):
                if link.remote_id.startswith("~") and link.remote_id.endswith(f":{remote_id}"):
                    rows.remove(Link, system=desk.system, kind=link.kind, remote_id=link.remote_id)
                    self._over(rows, link, who)

    def _over(self, rows: Rows, link: Link, who: str) -> None:
        for one in rows.find(Conflict, system=link.system, kind=link.kind, local_id=link.local_id, state="open"):
            if one.remote_id == link.remote_id and one.sort != "misfiled":
                one.state, one.keep, one.who, one.decided_at = "closed", "link", who, self._desk.now()
                rows.put(one)

    def _set_aside_since(self, rows: Rows, local_id: str) -> None:
        """What came for an order of ours while its patient was in doubt is read again: it may be taken in now."""
        system = self._desk.system
        for work in rows.find(Work, system=system, patient=local_id):
            for link in rows.find(Link, system=system, kind=work.kind, local_id=work.local_id):
                kinds = {one.kind for one in rows.find(Quarantine, system=system, remote_id=link.remote_id)}
                seen = rows.get(Shadow, system, work.kind, link.remote_id)
                if seen is not None and not (seen.parent and of_patient(self._desk, Kind(work.kind))):
                    kinds.add(work.kind)  # whose it is no list shows: its record here says it
                for kind in sorted(kinds):
                    shadow = rows.get(Shadow, system, kind, link.remote_id)
                    look(self._desk, rows, kind, link.remote_id, "linked", parent=shadow.parent if shadow else "")

    def keep_apart(self, remote_id: str, local_id: str, who: str) -> None:
        """A patient there is not this patient."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            self._answer(rows, remote_id, local_id, "apart", who)
            link = rows.get(Link, desk.system, str(Kind.PATIENT), remote_id)
            shadow = rows.get(Shadow, desk.system, str(Kind.PATIENT), remote_id)
            left = self._identity(rows, remote_id)  # whether they are another of ours is still asked
            if link is not None and link.status == "candidate":
                was = stood_for(rows, link)
                agreed = shadow is not None and bool(shadow.mine)
                if left and local_id == (was or (link.local_id if agreed else "")):
                    # Not the one for whom it stood; whether it is another is still asked.
                    parted(desk, rows, replace(link, local_id=local_id), who)
                    nothing_agreed(rows, desk.system, link.kind, remote_id)
                    self._asked_next(rows, link, local_id, left, who)
                elif agreed and not left:
                    part(desk, rows, link, who)  # they had been taken for one
                else:
                    if not was:
                        # Or for one too many of this one, and what stands under them is in this one's chart.
                        part_beneath(desk, rows, remote_id, local_id, who)
                    self._asked_next(rows, link, local_id, left, who)
                release(desk, rows, str(Kind.PATIENT), was)
            if not left:
                look(desk, rows, str(Kind.PATIENT), remote_id, "linked")
            self._patient_goes_on(rows, local_id)
            release(desk, rows, str(Kind.PATIENT), local_id)

    def _asked_next(self, rows: Rows, link: Link, local_id: str, left: list[Conflict], who: str) -> None:
        """Of whom it is asked once it is not this one; nobody takes the number before all have been answered."""
        if left and link.local_id != local_id:
            return
        link.who, link.at = who, self._desk.now()
        link.status = "candidate" if left else "waiting"
        link.local_id = left[0].local_id if left else link.local_id
        self._desk.log.linked(rows, self._desk.now(), link)

    def name(self, kind: Kind, local_id: str, remote_id: str, who: str) -> None:
        """Somebody or some place here is known there by this id; what waited for that goes on.

        An id given before is given up; one that stood for a record that came from there is taken over. Raises
        UnknownError where there is no id, or where it is another's of ours.
        """
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            other = desk.known(rows).here(kind, remote_id)
            if not remote_id or (other not in {None, local_id} and not self._came_from_there(rows, kind, other or "")):
                raise UnknownError(remote_id)
            for link in desk.known(rows).all(kind, local_id):
                if link.remote_id != remote_id:
                    link.status, link.who, link.at = "rejected", who, desk.now()
                    desk.log.linked(rows, desk.now(), link)
            join(desk, rows, Link(desk.system, str(kind), remote_id, local_id, 0, "confirmed", 1.0, who, desk.now()))
            work = rows.get(Work, desk.system, str(kind), local_id)
            if work is not None and work.state == "cannot":  # planned before anybody had said who it is there
                set_state(desk, rows, work, "waiting")

    def _came_from_there(self, rows: Rows, kind: Kind, local_id: str) -> bool:
        """Whether a record here is one that this system brought: nothing of it was ever to be told."""
        work = rows.get(Work, self._desk.system, str(kind), local_id)
        return work is not None and not work.seq

    def they_are_two(self, remote_id: str, who: str) -> None:
        """A patient there was taken for one here by mistake: the link ends. Raises UnknownError where there is none."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            link = rows.get(Link, desk.system, str(Kind.PATIENT), remote_id)
            if link is None or link.status not in {"confirmed", "candidate"}:
                raise UnknownError(remote_id)
            part(desk, rows, link, who)

    def may_part(self, conflict_id: str) -> bool:
        """Whether an open question is of who a linked patient is, so that they may be two."""
        with self._desk.disk.read() as unit:
            rows = Rows(unit)
            one = rows.get(Conflict, conflict_id)
            if one is None or (one.sort, one.state, one.kind) != ("field", "open", str(Kind.PATIENT)):
                return False
            rules = self._desk.remote.profile.kinds[Kind.PATIENT].rules
            return rules[one.member].identity and self._desk.known(rows).here(Kind.PATIENT, one.remote_id) is not None

    def _identity(self, rows: Rows, remote_id: str) -> list[Conflict]:
        """The open questions of who somebody there is."""
        kind = str(Kind.PATIENT)
        found = rows.find(Conflict, ("at",), system=self._desk.system, kind=kind, sort="identity", state="open")
        return [one for one in found if one.remote_id == remote_id]

    def _answer(self, rows: Rows, remote_id: str, local_id: str, keep: str, who: str) -> None:
        """Close the questions of who somebody there is; with a `local_id`, whether they are that one alone."""
        for one in self._identity(rows, remote_id):
            if local_id in {"", one.local_id, *one.sides.get("others", ())}:
                one.state, one.keep, one.who, one.decided_at = "closed", keep, who, self._desk.now()
                rows.put(one)
                for asked in (one.local_id, *one.sides.get("others", ())):
                    self._patient_goes_on(rows, str(asked))
        self._desk.log.add(rows, self._desk.now(), f"said {keep}", str(Kind.PATIENT), "", remote=remote_id, who=who)

    def _patient_goes_on(self, rows: Rows, local_id: str) -> None:
        work = rows.get(Work, self._desk.system, str(Kind.PATIENT), local_id)
        if work is not None and work.state == "person":
            set_state(self._desk, rows, work, "waiting")
