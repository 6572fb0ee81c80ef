"""What must hold when a clinic that was long offline has drained: each check gives what is wrong, in words."""

from collections import Counter, defaultdict
from itertools import pairwise

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Work
from sync.port import Kind
from tests.simulation.chart import fields_of
from tests.simulation.offline import DAY, HOUR, LIMITS, Offline, urgency

# A time that was foretold is honest when the sending took no more than this factor longer or shorter, or this long. It
# cannot know who will be put before, nor whose turn passes because a person was asked: one in a hundred may be further
# off, by no more than twice as much.
FACTOR, SLACK = 2.0, 3.0 * HOUR
SELDOM, FURTHEST = 0.01, 4.0
LEAST_USED = 0.95


def wrong(one: Offline) -> list[str]:
    """Everything that does not hold."""
    return [
        *sorted(set(one.server.wrong)), *_all_told(one), *_in_order(one), *_used(one), *_foretold(one),
        *_taken_away(one), *_met(one),
    ]  # fmt: skip


def sent_at(one: Offline) -> dict[tuple[str, str], float]:
    """When each record was created there by us; a request that a limit held back never left."""
    return {
        (kind, thing.origin.removeprefix("ref ")): thing.made_at
        for kind, things in one.server.things.items()
        for thing in things.values()
        if thing.origin and thing.made_at >= one.back
    }


def _all_told(one: Offline) -> list[str]:
    """Everything made is there once; a person is asked of an appointment whose time has passed, none of it is sent."""
    bad = []
    if one._waiting():
        bad.append(f"{one._waiting()} records still wait")
    times = Counter(thing.origin for things in one.server.things.values() for thing in things.values())
    bad += [f"{marker} is there {n} times" for marker, n in times.items() if n > 1]
    there = sent_at(one)
    with one.disk.read() as unit:
        rows = Rows(unit)
        for kind, local_id in one.made:
            if kind == "appointment":
                story = one.chart.story(unit, Kind.APPOINTMENT, local_id)
                assert story is not None
                late = float(fields_of(story.first)["time"]) < there.get((kind, local_id), one.back)
                if (kind, local_id) in there and (late or local_id in one.cancelled):
                    bad.append(f"appointment {local_id} was told though it had passed or was cancelled")
                work = rows.get(Work, "alpha", kind, local_id)
                if late and local_id not in one.cancelled and (work is None or work.state != "person"):
                    bad.append(f"nobody was asked about appointment {local_id}")
            elif (kind, local_id) not in there:
                work = rows.get(Work, "alpha", kind, local_id)
                if one.whose[kind, local_id] not in one.deleted or work is None or work.state != "blocked":
                    bad.append(f"{kind} {local_id} was never told")
    return bad


def _in_order(one: Offline) -> list[str]:
    """Older before newer within a kind; of the last day what is urgent before what is not."""
    bad = []
    there = sent_at(one)
    by_day: dict[int, list[float]] = defaultdict(list)
    last: dict[bool, list[float]] = {True: [], False: []}
    for (kind, local_id), day in one.made.items():
        story = None
        if kind != "prescription" or (kind, local_id) not in there:
            continue
        with one.disk.read() as unit:
            story = one.chart.story(unit, Kind.PRESCRIPTION, local_id)
        if story is None or not (story.patient_id or "").startswith("K"):
            continue
        by_day[day].append(there[kind, local_id])
        if day == one.days - 1:
            last[urgency(kind, local_id) == 0].append(there[kind, local_id])
    aged = [day for day in sorted(by_day) if day < one.days - 4]
    for before, after in pairwise(aged):
        if max(by_day[before]) > min(by_day[after]):
            bad.append(f"a prescription of day {after} went before one of day {before}")
    if last[True] and last[False] and max(last[True]) > max(last[False]):
        bad.append("an urgent prescription went after all that were not")
    return bad


def used(one: Offline, kind: str) -> float:
    """How much of a limit was used from the first to the last of a backlog, by whole fillings of it."""
    at = sorted(when for (what, _), when in sent_at(one).items() if what == kind)
    whole = (len(at) - 1) // LIMITS[kind] * LIMITS[kind]
    return whole / (LIMITS[kind] * (at[whole] - at[0]) / HOUR) if whole else 1.0


def _used(one: Offline) -> list[str]:
    share = used(one, "patient")
    return [f"only {share:.3f} of the limit was used while patients waited"] if share < LEAST_USED else []


def errors(one: Offline) -> list[tuple[float, str]]:
    """By which factor each time that was foretold was off; what was off by less than the slack is 1."""
    there = sent_at(one)
    found = []
    for asked in one.asked:
        at = there.get((asked.kind, asked.local_id))
        if at is None:
            continue
        took, said = at - asked.at, asked.eta - asked.at
        if abs(took - said) <= SLACK:
            found.append((1.0, ""))
            continue
        factor = max(took, 1.0) / max(said, 1.0)
        words = f"{asked.kind} {asked.local_id}: said in {said / HOUR:.1f} h, sent in {took / HOUR:.1f} h"
        found.append((max(factor, 1 / factor), words))
    return found


def eta_error(one: Offline) -> float:
    """The worst of them."""
    return max((factor for factor, _ in errors(one)), default=1.0)


def _foretold(one: Offline) -> list[str]:
    found = errors(one)
    off = [(factor, words) for factor, words in found if factor > FACTOR]
    return [words for factor, words in off if factor > FURTHEST or len(off) > SELDOM * len(found)]


def _taken_away(one: Offline) -> list[str]:
    """What was deleted there is a question here, and stays in the chart."""
    gone = {each.local_id for each in one.conflicts() if each.sort == "gone"}
    bad = [f"nobody was asked about {local_id}, which is gone" for local_id in sorted(one.deleted - gone)]
    bad += [f"{local_id} is said to be gone" for local_id in sorted(gone - one.deleted)]
    with one.disk.read() as unit:
        for local_id in one.deleted:
            if one.chart.story(unit, Kind.PATIENT, local_id) is None:
                bad.append(f"{local_id} was taken out of the chart")
    return bad


def _met(one: Offline) -> list[str]:
    """Where one side changed a member it is so on both; where both did, a person has both before them."""
    bad = []
    asked = {(each.local_id, each.member) for each in one.conflicts() if each.sort == "field" and each.state == "open"}
    expected = set()
    with one.disk.read() as unit:
        for local_id in sorted(one.edited.keys() | one.there.keys()):
            story = one.chart.story(unit, Kind.PATIENT, local_id)
            assert story is not None
            here = fields_of(story.first)
            there = one.server.things["patient"][f"pat_{int(local_id[1:]) + 1:05d}"].body
            for name in ("phone", "address", "notes"):
                mine, theirs = one.edited.get(local_id, {}).get(name), one.there.get(local_id, {}).get(name)
                if mine is not None and theirs is not None:
                    expected.add((local_id, name))
                    if (here[name], there[name]) != (mine, theirs):
                        bad.append(f"{local_id} {name}: a side was written over")
                elif mine is not None or theirs is not None:
                    value = mine if theirs is None else theirs
                    if (here[name], there[name]) != (value, value):
                        bad.append(f"{local_id} {name}: what one side said is not on both")
    bad += [f"{local_id} {name}: nobody was asked" for local_id, name in sorted(expected - asked)]
    bad += [f"{local_id} {name}: asked for no reason" for local_id, name in sorted(asked - expected)]
    return bad


def intents_are_settled(one: Offline) -> bool:
    """Whether nothing is on its way any more."""
    with one.disk.read() as unit:
        return not any(Rows(unit).count(Intent, state=state) for state in ("inflight", "unknown", "ready"))


__all__ = ["DAY", "errors", "eta_error", "intents_are_settled", "sent_at", "used", "wrong"]
