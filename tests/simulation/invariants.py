"""What must hold at the end of every schedule (sync research 4.3, I15 aside), told by the fakes' own logs."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Audited, Conflict, Intent, Link, Quarantine, Shadow, Work
from sync.port import Create, Kind, Telling
from tests.simulation.deciding import APART
from tests.simulation.ledger import OURS, audited, bounded, no_resurrection, nothing_deleted, with_a_person
from tests.simulation.schedule import Schedule
from tests.simulation.server import Thing

SCALARS = ("name", "phone")
# By these a person knows that something of ours is there more than once.
KNOWN = frozenset({"duplicate", "identity", "restored", "surplus", "found"})


def violations(world: Schedule) -> list[str]:
    """Everything that is not as it must be; empty after a good schedule."""
    with world.disk.read() as unit:
        rows = Rows(unit)
        found = [*dict.fromkeys(world.server.wrong)]
        found += _converged(world, rows)
        found += _nothing_lost(world, rows)
        found += _no_silent_overwrite(world, rows)
        found += _nobody_else(rows)
        found += _no_doubles(world, rows)
        found += _once_here(world, rows)
        found += no_resurrection(rows, "alpha")
        found += nothing_deleted(rows)
        found += _still_there(world, rows)
        if world.read_idle:
            found.append(f"I10 {world.read_idle} records were read with nothing changed")
        if world.sent_idle:
            found.append(f"I10 {world.sent_idle} requests were sent with nothing to tell")
        found += _right_chart(world, rows)
        found += bounded(rows, "alpha")
        found += _lively(world, rows)
        found += audited(rows, "alpha")
    return found


def _converged(world: Schedule, rows: Rows) -> list[str]:
    """I1: what is linked says the same on both sides, or a person knows."""
    found = []
    for link in rows.find(Link, system="alpha", status="confirmed"):
        thing = world.server.things[link.kind].get(link.remote_id)
        if thing is None or thing.deleted or link.kind in {"dispense", "payment"}:
            continue
        remote = world.engine.offices["alpha"].desk.remote
        kind = Kind(link.kind)
        rules = world.profile.kinds[kind].rules
        story = world.chart.story(rows.unit, kind, link.local_id)
        if story is None:
            continue
        desk = world.engine.offices["alpha"].desk
        record = replace(story, act=None) if story.act in remote.profile.kinds[story.kind].ends else story
        telling = remote.project(record, desk.known(rows))
        assert isinstance(telling, Telling)
        body = telling.parts[link.part] if telling.parts else telling.body
        for name in rules:
            mine, theirs = body.get(name), thing.body.get(name)
            if world.masks and name == "phone":
                continue
            if remote.canonical(kind, {name: mine}) == remote.canonical(kind, {name: theirs}):
                continue
            shadow = rows.get(Shadow, "alpha", link.kind, link.remote_id)
            if theirs is None and shadow is not None and shadow.told.get(name) == mine:
                continue  # they said that they took it, and had shown that member of nobody: the next reading tells
            if world.server.shouts and name == "address" and _loud(mine) == _loud(theirs):
                continue
            if not with_a_person(rows, "alpha", link.kind, link.local_id, name) and not rows.get(
                Quarantine, "alpha", link.kind, link.remote_id
            ):
                found.append(f"I1 {link.kind} {link.local_id} {name}: here {mine!r}, there {theirs!r}")
    return found


def _loud(value: Any) -> Any:
    return {name: str(one).upper() for name, one in value.items()} if isinstance(value, dict) else value


def _nothing_lost(world: Schedule, rows: Rows) -> list[str]:
    """I2: a user's last edit stands, or somebody there changed it after they had it, or a person decided."""
    found = []
    last = {(one.kind, one.local_id, one.member): one for one in world.edits}
    for (kind, local_id, member), edit in last.items():
        if (kind, local_id, member) in world.decided or world.lost_backup:
            continue
        if rows.find(Conflict, system="alpha", kind=kind, local_id=local_id, sort="misfiled"):
            continue  # what came from somebody else was taken for this patient's, and a person was told
        row = rows.run("SELECT body FROM model_record WHERE kind = ? AND local_id = ?", (kind, local_id)).fetchone()
        if row is None:
            found.append(f"I7 {kind} {local_id} is not here any more")
            continue
        now = json.loads(row[0]).get(member)
        if member == "allergies":
            gone = set(edit.value or ()) - set(now or ())
            found += [f"I2 the allergy of {local_id} was taken out" for _ in gone]
        if member == "notes" and not _lines(edit.value) <= _lines(now):
            found.append(f"I2 a note of {local_id} was lost")
        if member not in SCALARS or now == edit.value or with_a_person(rows, "alpha", kind, local_id, member):
            continue
        links = rows.find(Link, system="alpha", kind=kind, local_id=local_id)
        theirs = [value for link in links for value in world.server.by_others[kind, link.remote_id, member]]
        # It stood there before it was changed: written by us, into what we or others made, or by whoever there
        # registered the same person with it.
        made = [f"ref {local_id}", *(link.remote_id for link in links)]
        stood = [*(value for one in made for value in world.server.values[kind, one, member]), *theirs]
        if now not in theirs or (edit.value not in stood and not _by_link(rows, kind, local_id)):
            found.append(
                f"I2 {kind} {local_id} {member}: {edit.value!r} became {now!r}, and nobody there wrote that after it"
            )
    return found


def _lines(note: Any) -> set[str]:
    return {*str(note).split("\n")} - {""}


def _by_link(rows: Rows, kind: str, local_id: str) -> bool:
    """Records that were joined by proof say the same where they can be joined; their origin has another marker."""
    return not any(one.op == "create" for one in rows.find(Intent, system="alpha", kind=kind, local_id=local_id))


def _no_silent_overwrite(world: Schedule, rows: Rows) -> list[str]:
    """I3: what we wrote over had been seen, or was written at the same moment."""
    found = []
    apart = _told_apart(world, rows)
    for one in world.server.overwrites:
        if one.id in apart or one.shown or one.written_at >= one.sent_at - 2.0 or (world.masks and world.lost_backup):
            continue
        link = rows.get(Link, "alpha", one.kind, one.id)
        if link is not None and any(
            c.sort == "overwrite" for c in rows.find(Conflict, system="alpha", kind=one.kind, local_id=link.local_id)
        ):
            continue
        told = rows.find(Audited, system="alpha", what="possible overwrite")
        if link is not None and any(t.record == link.local_id and one.member in t.detail["members"] for t in told):
            continue
        found.append(f"I3 {one.kind} {one.id} {one.member}: {one.old!r} was written over unseen")
    return [*found, *_nothing_of_theirs_lost(world, rows)]


def _nothing_of_theirs_lost(world: Schedule, rows: Rows) -> list[str]:
    """I3: what somebody there wrote, and we were shown, goes on in what we wrote over it, or a person decided."""
    found = []
    apart = _told_apart(world, rows)  # whose link was ended stands for another here by now
    for one in world.server.overwrites:
        link = rows.get(Link, "alpha", one.kind, one.id)
        if (
            link is None
            or one.id in apart
            or not one.shown
            or (one.kind, link.local_id, one.member) in world.decided
            or world.lost_backup
        ):
            continue
        if one.written_at >= one.sent_at - 2.0:
            continue  # a request that was very late: nobody had seen then what it wrote over, and it is told again
        if one.member == "allergies" and set(one.old or ()) - set(one.new or ()) - _taken_out(rows, link.local_id):
            found.append(f"I3 an allergy was taken out of {one.id}")
        if one.member == "notes" and not _lines(one.old) <= _lines(one.new):
            found.append(f"I3 a note was taken out of {one.id}")
        if one.member == "contacts" and not {c["who"] for c in one.old or ()} <= {c["who"] for c in one.new or ()}:
            found.append(f"I3 a contact was taken out of {one.id}")
        if (
            one.member in SCALARS
            and one.old not in _ever_here(rows, link, one.member)
            and one.old not in _kept_as_overwritten(rows, link, one.member)
        ):
            found.append(f"I3 {one.id} {one.member}: {one.old!r} was written over and was never here")
    return found


def _nobody_else(rows: Rows) -> list[str]:
    """Who a registered patient is was never changed by what came from there, unless a person said so."""
    found = []
    known: dict[str, dict[str, Any]] = {}
    asked = "SELECT local_id, who, members FROM model_journal WHERE kind = 'patient' ORDER BY seq"
    for local_id, who, members in rows.run(asked).fetchall():
        said = {name: value for name, value in json.loads(members).items() if name in {"name", "birth"}}
        before = known.setdefault(local_id, {})
        for name, value in said.items():
            if who == "alpha" and name in before and before[name] != value:
                found.append(f"the {name} of {local_id} became {value!r} because they said so")
        before |= said
    return found


def _ever_here(rows: Rows, link: Link, member: str) -> list[Any]:
    """What a member of a record here ever said."""
    found = rows.run("SELECT members FROM model_journal WHERE kind = ? AND local_id = ?", (link.kind, link.local_id))
    return [members[member] for row in found.fetchall() if member in (members := json.loads(row[0]))]


def _kept_as_overwritten(rows: Rows, link: Link, member: str) -> list[Any]:
    """What a person has been told of as perhaps written over by us."""
    found = rows.find(Conflict, system="alpha", kind=link.kind, local_id=link.local_id)
    return [one.sides["before"].get(member) for one in found if one.sort == "overwrite"]


def _taken_out(rows: Rows, local_id: str) -> set[str]:
    """Allergies that were ever here; taking one out needs a decision, and then the member counts as decided."""
    del rows, local_id
    return set()


def _no_doubles(world: Schedule, rows: Rows) -> list[str]:
    """I4, I5: one record there for one here; more than one only after a very late arrival, and then it is known.

    What a person kept apart from somebody here is none of ours by that person's word, with all that stands under it.
    """
    found = []
    apart = _told_apart(world, rows)
    things = [thing for kind in world.server.things.values() for thing in kind.values() if thing.origin]
    things = [thing for thing in things if not {thing.id, thing.parent} & apart]
    made = Counter((thing.kind, thing.origin, str(thing.body.get("mark"))) for thing in things)
    for (kind, origin, _), count in made.items():
        local_id = origin.removeprefix("ref ").split("/")[0]
        if count < 2 or kind in {"payment", "dispense"}:
            continue
        renamed = any(_renamed(one) for one in things if one.origin == origin and one.kind == "patient")
        natural = world.profile.kinds[Kind.PATIENT].create is Create.NATURAL
        under = [world.server.things["patient"].get(one.parent) for one in things if one.origin == origin]
        if natural and world.lost_backup and any(one is not None and _renamed(one) for one in under):
            continue  # nor can what stands under whom others renamed, where it is not remembered that it was told
        ours = [rows.get(Link, "alpha", kind, one.id) for one in things if (one.kind, one.origin) == (kind, origin)]
        if any(link is not None and link.status == "surplus" for link in ours):
            continue  # a person knows that there is one too many, and has it taken away
        # What they lost sight of, or deleted, before it was looked for could not be found.
        unseen = any(one.deleted_at or one.hidden_until > 0 for one in things if one.origin == origin)
        if not world.very_late and not unseen and not (renamed and natural):
            found.append(f"I4 {kind} {origin} is there {count} times")
        live = [one for one in world.server.live(kind) if one.origin == origin and one in things]
        if len({str(one.body.get("mark")) for one in live}) == len(live):
            continue
        links = [rows.get(Link, "alpha", kind, one.id) for one in live]
        above = [world.server.things["patient"].get(one.parent) for one in live]
        of_nobody = not any(link is not None and link.local_id for link in links)
        if world.lost_backup and of_nobody and all(one is not None and one.deleted for one in above):
            continue  # the backup has forgotten it, and of whose it is they say nothing any more: it is in no chart
        # Where what was sent is not remembered, it stands here as what came from there, and is asked about as that.
        here = {local_id, *(link.local_id for link in links if link is not None)}
        conflicts = [one for each in here for one in rows.find(Conflict, system="alpha", kind=kind, local_id=each)
                     if each == local_id or one.remote_id in {thing.id for thing in live}]  # fmt: skip
        known = sum(link is not None and link.status in {"duplicate", "candidate"} for link in links)
        if kind == "patient" and any(map(_renamed, live)):
            # Where nothing of ours is kept, and others renamed it, nobody can know it for ours.
            continue
        names = {str(one.body.get("name")) for one in live}
        if kind == "patient" and world.effects.fired["restored backup"] and len(names) > 1:
            # What was renamed from here after the backup was made stands there under a name that is known no more.
            continue
        if (
            not any(one.sort in {"duplicate", "identity", "restored", "surplus", "found"} for one in conflicts)
            and not known
        ):
            found.append(f"I5 {kind} {origin} is there {len(live)} times and nobody knows")
    sends = Counter(marker for _, _op, kind, marker, _act in _carried(world) if kind in {"payment", "dispense"})
    done = Counter((t.kind, t.origin) for k in ("payment", "dispense") for t in world.server.things[k].values())
    for (kind, origin), count in done.items():
        if count > world.sends_allowed[origin]:
            found.append(f"I4 {kind} {origin} was carried out {count} times ({sends[origin]} sent)")
    return found


def _once_here(world: Schedule, rows: Rows) -> list[str]:
    """I4: what was sent from here never comes back as another record of ours.

    A restored backup may not know it, a person may say otherwise, and where nothing of ours is kept there nobody can
    know whom others renamed.
    """
    found = []
    natural = world.profile.kinds[Kind.PATIENT].create is Create.NATURAL
    apart = _told_apart(world, rows)
    for link in rows.find(Link, system="alpha", status="confirmed"):
        thing = world.server.things[link.kind].get(link.remote_id)
        if thing is None or not thing.origin or world.lost_backup or {thing.id, thing.parent} & apart:
            continue
        if link.kind == "patient" and (link.who or (natural and _renamed(thing))):
            continue
        if thing.origin.removeprefix("ref ") != link.local_id:
            found.append(f"I4 {link.kind} {thing.origin} came back as {link.local_id}")
    return found


def _told_apart(world: Schedule, rows: Rows) -> set[str]:
    """Who there is none of ours, or another of ours than before, by the word of a person."""
    asked = rows.find(Conflict, system="alpha", sort="identity")
    apart = {one.remote_id for one in asked if one.keep == "apart" or one.sides.get("was")}
    return apart | {number for what, number, _ in world.decided if what == APART}


def _renamed(thing: Thing) -> bool:
    """Whether others changed by what somebody there is found."""
    return any(thing.writer.get(name, ("us",))[0] == "other" for name in SCALARS)


def _carried(world: Schedule) -> list[tuple[float, str, str, str, str]]:
    return world.server.sent


def _still_there(world: Schedule, rows: Rows) -> list[str]:
    """I7: what was ever taken for gone was deleted there, whatever a person decided of it since."""
    found = []
    for one in rows.find(Audited, system="alpha", what="link"):
        thing = world.server.things[one.kind].get(one.detail["remote"])
        if one.detail["status"] == "gone" and thing is not None and not thing.deleted and not thing.deleted_at:
            found.append(f"I7 {one.kind} {thing.id} is there and was taken for gone")
    return found


def _right_chart(world: Schedule, rows: Rows) -> list[str]:
    """I8: what belongs to a patient there stands in the chart of the patient who is linked to them."""
    found = []
    for link in rows.find(Link, system="alpha", status="confirmed"):
        thing = world.server.things[link.kind].get(link.remote_id)
        row = rows.run(
            "SELECT patient FROM model_record WHERE kind = ? AND local_id = ?", (link.kind, link.local_id)
        ).fetchone()
        if thing is None or link.kind == "patient" or row is None or not thing.parent:
            continue
        if rows.find(Conflict, system="alpha", kind=link.kind, sort="surplus", remote_id=link.remote_id):
            continue  # a payment is never told twice: that it stands under somebody else, a person was told
        owner = rows.get(Link, "alpha", "patient", thing.parent)
        if owner is None or owner.status not in OURS or owner.local_id != row[0]:
            found.append(f"I8 {link.kind} {link.remote_id} of {thing.parent} stands in the chart of {row[0]}")
    return found


def _lively(world: Schedule, rows: Rows) -> list[str]:
    """I11: everything ends: told, refused, or before a person."""
    stuck = [one for state in ("inflight", "unknown") for one in rows.find(Intent, system="alpha", state=state)]
    found = [f"I11 the intent of {one.kind} {one.local_id} is still {one.state}" for one in stuck]
    for state in ("waiting", "unknown"):
        found += [f"I11 {one.kind} {one.local_id} is still {state}: {one.why}" for one in rows.find(Work, state=state)]
    for one in rows.find(Work, state="blocked"):
        kind, _, local_id = one.waits_for.partition("/")
        needed = rows.get(Work, "alpha", kind, local_id)
        if needed is None or needed.state not in {"refused", "cannot", "person", "closed", "blocked", "idle"}:
            found.append(f"I11 {one.kind} {one.local_id} waits for {one.waits_for}, which is {needed and needed.state}")
    for shadow in rows.find(Shadow, system="alpha"):
        if shadow.told and not shadow.remote_id.startswith("~"):
            thing = world.server.things[shadow.kind].get(shadow.remote_id)
            link = rows.get(Link, "alpha", shadow.kind, shadow.remote_id)
            if (
                thing
                and not thing.deleted
                and link
                and link.status == "confirmed"
                and not with_a_person(rows, "alpha", shadow.kind, link.local_id)
            ):
                found.append(f"I11 {shadow.kind} {shadow.remote_id} was never read back: {sorted(shadow.told)}")
    return found
