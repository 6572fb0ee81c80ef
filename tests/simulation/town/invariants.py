"""What must hold at the end of a schedule with shipped remotes, as far as the sandbox's rows and log show it."""

from collections import Counter
from collections.abc import Mapping

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Audited, Conflict, Intent, Link, Quarantine, Work
from sync.port import Create, Kind, Seen, Story, Telling
from sync.records.patient import Patient
from sync.sandbox.log import Effect
from tests.simulation.ledger import audited, bounded, no_resurrection, nothing_deleted, with_a_person
from tests.simulation.town.rows import family_of, telephone_of
from tests.simulation.town.schedule import UPHEAVALS, TownSchedule

PATIENT = str(Kind.PATIENT)


def violations(world: TownSchedule) -> list[str]:
    """Everything that is not as it must be; empty after a good schedule."""
    found = [f"I10 {world.sent_idle} records were changed there with nothing to tell"] if world.sent_idle else []
    seen = {name: _read_back(world, name) for name in world.ways}
    telephones = {story.local_id: _telephone(story) for story in world.patients()}
    with world.disk.read() as unit:
        rows = Rows(unit)
        found += nothing_deleted(rows)
        for name, way in world.ways.items():
            found += [*dict.fromkeys(way.wrong)]
            found += no_resurrection(rows, name) + bounded(rows, name) + audited(rows, name)
            found += _lively(rows, name)
            found += _converged(world, rows, name, seen[name])
            found += _no_doubles(world, rows, name)
            found += _no_silent_overwrite(world, rows, name)
            found += _in_order(world, name)
            found += _still_there(world, rows, name)
        found += _nothing_lost(world, rows, telephones)
    return found


def _read_back(world: TownSchedule, system: str) -> list[tuple[Link, Seen]]:
    """What a system says, through its remote, of the patients who are linked to ours."""
    desk = world.engine.offices[system].desk
    with world.disk.read() as unit:
        links = Rows(unit).find(Link, system=system, kind=PATIENT, status="confirmed")
    desk.budgets.purpose = "person"
    return [
        (link, desk.remote.read(Kind.PATIENT, link.remote_id))
        for link in links
        if world.row_of(system, link.remote_id) is not None
    ]


def _telephone(story: Story) -> str | None:
    assert isinstance(story.first, Patient)
    return next((one.value for one in story.first.telecom if one.system == "phone"), None)


def _lively(rows: Rows, system: str) -> list[str]:
    """I11: everything ends: told, refused, or before a person."""
    stuck = [one for state in ("inflight", "unknown") for one in rows.find(Intent, system=system, state=state)]
    found = [f"I11 the intent of {one.kind} {one.local_id} is still {one.state}" for one in stuck]
    for state in ("waiting", "unknown"):
        found += [
            f"I11 {one.kind} {one.local_id} is still {state}: {one.why}"
            for one in rows.find(Work, system=system, state=state)
        ]
    return found


def _digits(number: str | None) -> str:
    return "".join(sign for sign in number or "" if sign.isdigit())


def _converged(world: TownSchedule, rows: Rows, system: str, read: list[tuple[Link, Seen]]) -> list[str]:
    """I1: what a system says of a patient is what the chart would tell it, member by member, or a person knows."""
    found = []
    desk = world.engine.offices[system].desk
    kp = desk.remote.profile.kinds[Kind.PATIENT]
    for link, seen in read:
        story = world.chart.story(rows.unit, Kind.PATIENT, link.local_id)
        if story is None or rows.get(Quarantine, system, PATIENT, link.remote_id) is not None:
            continue
        telling = desk.remote.project(story, desk.known(rows))
        if not isinstance(telling, Telling):
            continue
        hidden = desk.remote.masked(seen.body)
        for name, rule in kp.rules.items():
            if rule.theirs or name in hidden or name not in telling.body:
                continue
            mine, theirs = telling.body[name], seen.body.get(name)
            if desk.remote.canonical(Kind.PATIENT, {name: mine}) == desk.remote.canonical(Kind.PATIENT, {name: theirs}):
                continue
            if not with_a_person(rows, system, PATIENT, link.local_id, name):
                found.append(f"I1 {system} {link.local_id} {name}: here {mine!r}, there {theirs!r}")
    return found


def _nothing_lost(world: TownSchedule, rows: Rows, telephones: Mapping[str, str | None]) -> list[str]:
    """I2: the telephone number that a user set last stands, or somebody there wrote the one that does."""
    found = []
    for local_id, set_last in world.telephones.items():
        now = telephones.get(local_id)
        if _digits(now) == _digits(set_last):
            continue
        if any(
            kind == PATIENT and one == local_id for decided in world.decided.values() for kind, one, _ in decided
        ) or any(_was_told(rows, name, local_id) for name in world.ways):
            continue
        theirs = {
            _digits(telephone_of(name, one.after))
            for name, way in world.ways.items()
            for one in way.system.log.effects
            if one.table == "patients" and not one.by_client and one.after is not None
        }
        if _digits(now) not in theirs:
            found.append(f"I2 {local_id}: {set_last!r} became {now!r}, and nobody there wrote that")
    return found


def _was_told(rows: Rows, system: str, local_id: str) -> bool:
    """Whether a person knows: also that what came of somebody for whom they had taken this one may stand here."""
    taken = rows.find(Conflict, system=system, kind=PATIENT, local_id=local_id, sort="misfiled")
    return bool(taken) or with_a_person(rows, system, PATIENT, local_id)


def _no_silent_overwrite(world: TownSchedule, rows: Rows, system: str) -> list[str]:
    """I3: a value of theirs that we wrote over had been shown to us, or was written at the same moment, or is told."""
    found = []
    way = world.ways[system]
    for theirs, ours, member in way.system.log.overwritten():
        if theirs.table != "patients" or theirs.after is None or ours.at - theirs.at <= 2.0:
            continue
        value = theirs.after.get(member)
        if member in {"updated_at", "updated"} or any(row.get(member) == value for row in way.shown[theirs.ident]):
            continue
        link = rows.get(Link, system, PATIENT, theirs.ident)
        told = rows.find(Audited, system=system, what="possible overwrite")
        if link is not None and any(one.record == link.local_id for one in told):
            continue
        if _arrived_late(world):
            continue
        found.append(f"I3 {system} {theirs.ident} {member}: {value!r} was written over unseen")
    return found


def _arrived_late(world: TownSchedule) -> bool:
    """Whether a request was carried out when we had given it up, or twice: what it wrote over nobody could see."""
    return bool(world.effects.fired["delayed"] + world.effects.fired["doubled"])


def _no_doubles(world: TownSchedule, rows: Rows, system: str) -> list[str]:
    """I4, I5: one patient there for one here; where the network made two of it, somebody is told where a list shows."""
    found = []
    way = world.ways[system]
    made = [one for one in way.system.log.made("patients") if one.after is not None]
    doubled = world.effects.fired["doubled"]
    for family, count in Counter(family_of(system, one.after) for one in made if one.after).items():
        # What was taken away there before it was looked for could not be found.
        mine = {one.ident for one in made if _is(system, one, family)}
        unseen = world.effects.fired["restored"] or mine & _taken_away(world, system)
        kp = world.engine.offices[system].desk.remote.profile.kinds[Kind.PATIENT]
        if kp.create is Create.NATURAL and mine & _changed_by_others(world, system):
            # Where nothing of ours is kept, and others changed what it says, nobody can know it for ours.
            continue
        if _told_apart(rows, system, mine):
            continue
        if count > 1 + doubled and not unseen:
            found.append(f"I4 {system} {family} was created {count} times")
        live = sorted(ident for ident in mine if world.row_of(system, ident) is not None)
        if len(live) < 2 or not kp.listed or kp.create is Create.WRITE_ONLY:
            continue
        links = [rows.get(Link, system, PATIENT, ident) for ident in live]
        known = any(link is not None and link.status in {"duplicate", "candidate", "rejected"} for link in links)
        asked = any(one.sort in {"duplicate", "identity"} for one in rows.find(Conflict, system=system, kind=PATIENT))
        if not known and not asked:
            found.append(f"I5 {system} {family} is there {len(live)} times and nobody knows")
    return found


def _told_apart(rows: Rows, system: str, idents: set[str]) -> bool:
    """Whether a person said, at any system, that who is there are two: so they are two at every system."""
    links = [rows.get(Link, system, PATIENT, ident) for ident in idents]
    here = {link.local_id for link in links if link is not None}
    return any(one.keep == "apart" and one.local_id in here for one in rows.find(Conflict, kind=PATIENT))


def _taken_away(world: TownSchedule, system: str) -> set[str]:
    return {one.ident for one in world.ways[system].system.log.effects if one.act == "delete"}


def _changed_by_others(world: TownSchedule, system: str) -> set[str]:
    return {one.ident for one in world.ways[system].system.log.effects if not one.by_client and one.act == "update"}


def _is(system: str, made: Effect, family: str) -> bool:
    return made.after is not None and family_of(system, made.after) == family


def _in_order(world: TownSchedule, system: str) -> list[str]:
    """I8: no request named what was never there, and nothing there belongs to nobody."""
    if any(world.effects.fired[kind] for kind in UPHEAVALS):
        return []
    system_there = world.ways[system].system
    found = [f"I8 {system} {one.method} {one.path} names what is not there" for one in system_there.log.strays]
    return found + [f"I8 {system} {table} {ident} belongs to nobody" for table, ident in system_there.orphans()]


def _still_there(world: TownSchedule, rows: Rows, system: str) -> list[str]:
    """I7: what is taken for gone was taken away there."""
    taken = _taken_away(world, system)
    return [
        f"I7 {system} {link.kind} {link.remote_id} is there and was taken for gone"
        for link in rows.find(Link, system=system, status="gone")
        if link.remote_id not in taken and not world.effects.fired["restored"]
        and world.row_of(system, link.remote_id) is not None
    ]  # fmt: skip
