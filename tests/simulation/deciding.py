"""A person goes through what waits for one."""

import random

from sync.engine import cards
from sync.engine.linking import UnknownError
from sync.engine.people import People
from sync.engine.store.tables import Conflict, Work

# Who was told apart, by their number: known to whoever decided it, though a backup that is restored forgets it.
APART = "apart"


def decide(people: People, pick: random.Random, decided: set[tuple[str, str, str]], *, everything: bool) -> int:
    """Decide what is open, or some of it; how much that was. What was decided of which member is noted."""
    count = 0
    for one in people.conflicts():
        if everything or pick.random() < 0.5:
            count += _one(people, pick, one, decided)
    for work in people.waiting_for_a_person():
        if everything or pick.random() < 0.3:
            count += _attend(people, work) or _found(people, work)
    return count


def _one(people: People, pick: random.Random, one: Conflict, decided: set[tuple[str, str, str]]) -> int:
    if one.sort == "identity":
        twins = pick.random() < 0.3
        try:
            (people.keep_apart if twins else people.link)(one.remote_id, one.local_id, "u1")
        except UnknownError:
            people.keep_apart(one.remote_id, one.local_id, "u1")
        return 1
    if one.sort in cards.ACTS:
        if may := people.choices(one.id):  # chance of its own: the rest of the schedule is what it was
            people.resolve(one.id, random.Random(one.id).choice(may), "u1")
        return bool(may)
    if one.sort != "field":
        return 0
    if random.Random(f"two {one.id}").random() < 0.4 and people.may_part(one.id):
        decided.add((APART, one.remote_id, ""))
        people.they_are_two(one.remote_id, "u1")
        return 1
    keep = pick.choice(("here", "there"))
    said = (one.kind, one.local_id, one.member)
    before = said in decided
    decided.add(said)  # first: what is committed stands, though the process ends with it
    try:
        people.resolve(one.id, keep, "u1")
    except UnknownError:  # it was answered with another one
        if not before:
            decided.discard(said)
        return 0
    return 1


def _attend(people: People, work: Work) -> int:
    if work.state == "cannot":
        people.close_task(work.kind, work.local_id, "u1", "by telephone")
        return 1
    if work.state == "refused" and work.why.startswith(("no consent", "tried")):
        people.edit_and_resend(work.kind, work.local_id, "u1")
        return 1
    if work.state == "person" and work.why.startswith("its time"):
        people.give_up(work.kind, work.local_id, "u1", "not needed any more")
        return 1
    return 0


def _found(people: People, work: Work) -> int:
    """What came into sight may be what was sent, and mostly is; chance of its own, as above."""
    seen = [one for one in people.conflicts() if one.sort == "found" and one.local_id == work.local_id]
    chance = random.Random(f"{work.kind} {work.local_id} {len(seen)}")
    if work.state != "person" or work.kind == "patient" or not seen or chance.random() < 0.3:
        return 0
    try:
        people.it_is_there(work.kind, work.local_id, "u1", chance.choice(seen).remote_id)
    except UnknownError:
        return 0
    return 1
