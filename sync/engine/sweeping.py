"""Looking through lists: every id is seen in two passes that agree before anything is taken to be missing.

A list that is paged by offset loses rows while others are put in or taken out (Airbyte #21500), and a list that is
suddenly short is a fault before it is a mass deletion (Singer SDK #2103: 21,000 rows became 1,000).
"""

import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sync.engine import nameless, passing, unread
from sync.engine.asking import raise_question
from sync.engine.desk import DAY, SLICE_SECONDS, Desk, hash_without, unlisted
from sync.engine.intake import Intake
from sync.engine.meeting import set_aside
from sync.engine.named import harvest, look_at_numbers_again
from sync.engine.pages import next_pages
from sync.engine.signing import sign_in_needed
from sync.engine.store import listed, queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Look, Shadow, Sighting, Sweep
from sync.engine.taking import look, take
from sync.port import Kind, KindProfile, Listed, Page, Seen
from sync.transport.outcomes import Forbidden, Misshapen, NoBudget, NotThere, Outcome, SignInNeeded, Slowed, Unsent

# How often a window of days is looked through, in seconds; all of a list as its kind says. It comes sooner where things
# change, later where nothing does.
PERIODS = {"hot": 180.0, "warm": 3_600.0}
WINDOWS = {"hot": (1, 2), "warm": (30, 90)}
MOST_PASSES = 4
FEWEST, SHARE = 5, 0.01
# After a restored backup: every list is looked through before anything is sent.
READING_AGAIN = "reading again"


def next_list(desk: Desk, rows: Rows) -> tuple[str, str] | None:
    """The list, and which part of it, that is due to be looked through."""
    now = desk.now()
    for at, kind, scope in due(desk, rows):
        if at > now:
            return None
        if not desk.held(f"sweep:{kind}"):
            return kind, scope
    return None


def scopes(kind: Kind) -> tuple[str, ...]:
    """Which parts of a list are looked through: what has a date, near days more often."""
    return ("hot", "warm", "all") if kind is Kind.APPOINTMENT else ("all",)


def due(desk: Desk, rows: Rows) -> list[tuple[float, str, str]]:
    """When each list is next looked through, the soonest first; of two at once, who the patients are before the rest.

    What stands under a number is filed by whose number that is. Then come the lists that show all of a kind.
    """
    kept = queries.by_prefix(rows, desk.system, "next:")
    found = [(float(kept.get(name) or 0.0), kind, scope) for name, kind, scope in _lists(desk)]
    return sorted(found, key=lambda one: (one[0], place(desk, one[1]), one[1:]))


def place(desk: Desk, kind: str) -> tuple[bool, bool]:
    """The order of the lists of two kinds."""
    return (kind != Kind.PATIENT, not is_whole(desk, kind))


def is_whole(desk: Desk, kind: str) -> bool:
    """Whether one list shows all of a kind: not each patient's own, which take the limits of hours."""
    return desk.remote.profile.kinds[Kind(kind)].listed


def _lists(desk: Desk) -> tuple[tuple[str, str, str], ...]:
    """The lists of a system and their parts, with the name under which it is kept when each is due."""
    kinds = desk.remote.profile.kinds
    if desk.lists is None or desk.lists[0] is not kinds:
        named = (
            (f"next:{kind}:{scope}", str(kind), scope)
            for kind, kp in kinds.items()
            if kp.listed or kp.listed_for is not None
            for scope in scopes(kind)
        )
        desk.lists = (kinds, tuple(named))
    return desk.lists[1]


def _period(kp: KindProfile, scope: str) -> float:
    return PERIODS.get(scope) or float(kp.open_seconds or DAY)


def reads_again(desk: Desk, rows: Rows) -> bool:
    """Whether the lists are still being read after a backup was restored: until then nothing is sent."""
    return bool(desk.get(rows, READING_AGAIN))


def note_reading(desk: Desk, rows: Rows) -> None:
    """Once all has been looked through since the backup was restored, what waits may be sent."""
    if not reads_again(desk, rows) or rows.count(Sweep, system=desk.system, scope="all", state="running"):
        return
    if rows.count(Look, system=desk.system, why="changed"):
        return  # what a list showed as new is not read yet
    kept = queries.by_prefix(rows, desk.system, "next:")
    if all(kept.get(f"next:{kind}:{scope}") for _at, kind, scope in due(desk, rows) if scope == "all"):
        desk.keep(rows, READING_AGAIN, "")
        desk.log.add(rows, desk.now(), "read all again")


def begin(desk: Desk, rows: Rows, kind: str, scope: str) -> Sweep | None:
    """Begin to look through a list; None where there is nobody yet whose list it would be."""
    kp = desk.remote.profile.kinds[Kind(kind)]
    anew = reads_again(desk, rows) and not desk.get(rows, f"next:{kind}:{scope}")
    desk.keep(rows, f"next:{kind}:{scope}", repr(desk.now() + _period(kp, scope)))
    one = Sweep(queries.newest_sweep(rows) + 1, desk.system, kind, scope, begun_at=desk.now())
    if scope in WINDOWS:
        before, after = WINDOWS[scope]
        today = datetime.fromtimestamp(desk.ticker.wall(), UTC).date()
        one.since, one.until = (today - timedelta(days=before)).isoformat(), (today + timedelta(days=after)).isoformat()
    if not kp.listed and kp.listed_for is not None:
        one.parent = passing.begun(desk, rows, one, anew=anew)
        if not one.parent:
            return None
    rows.put(one)
    return one


@dataclass
class InHand:
    """A page of which note is being taken: what may have changed and is still to be looked at, and the known hashes."""

    page: Page
    items: deque[tuple[Seen, str]]
    broken: list[unread.Broken]
    known: dict[str, str]


def do_sweep(desk: Desk, one: Sweep, intake: Intake, most: int = 1) -> None:
    """Ask for some pages of a list, and take note of them: its place in the list commits with what they say.

    Of a page that is long to take in a part is committed before the place moves on: were it asked for again, what has
    been taken is as it was.
    """
    pages, error = next_pages(desk, one, most)
    hand: InHand | None = None
    while pages or hand:
        with intake.following() as rows:
            until = desk.now() + SLICE_SECONDS
            while pages or hand:
                hand = hand or _in_hand(desk, rows, Kind(one.kind), pages.popleft())
                if _note(desk, rows, one, hand, until):
                    hand = None
                if desk.now() >= until:
                    break
            rows.put(one)
        desk.breathe()
    if error is not None:
        with desk.disk.write() as unit:
            _not_answered(desk, Rows(unit), one, error)


def _note(desk: Desk, rows: Rows, one: Sweep, hand: InHand, until: float) -> bool:
    """Take note of a page as far as there is time; whether all of it is done."""
    if one.scope == "all":  # a part of a list does not show all that has no name
        nameless.shown(desk, rows, one, hand.broken, first=not one.cursor)
    one.changed += note_page(desk, rows, Kind(one.kind), hand, one.parent, until)
    if hand.items:
        return False
    page = hand.page
    seen = [each.remote_id for each in (page.rough if isinstance(page, Listed) else page.items)]
    seen += [remote_id for remote_id, _item in page.lost if remote_id]  # what cannot be read is there all the same
    desk.log.add(rows, desk.now(), "listed", one.kind, "", n=len(seen))
    one.pages += 1
    one.failed = 0
    one.found += len(seen)
    if one.scope == "all":
        queries.shown(rows, one.id, one.passes, seen)
    if page.total is not None:
        one.first_total = page.total if one.first_total is None else one.first_total
        one.last_total = page.total
    one.cursor = page.next or ""
    if not one.cursor and one.scope == "all" and not page.cut:
        nameless.forget_the_rest(desk, rows, one)
    if not one.cursor and page.cut and one.scope == "all" and not one.parent:
        _end(desk, rows, one, "torn")  # what it does not show is not missing
    elif not one.cursor:
        _pass_ended(desk, rows, one)
    return True


def _in_hand(desk: Desk, rows: Rows, kind: Kind, page: Page) -> InHand:
    items, broken = _news(desk, rows, kind, page)
    known = queries.list_hashes(rows, desk.system, str(kind), [seen.remote_id for seen, _ in items])
    return InHand(page, deque(items), broken, known)


def note_page(desk: Desk, rows: Rows, kind: Kind, hand: InHand, parent: str, until: float) -> int:
    """Take note of a page: what has not changed costs one question for all of it. Returns how many had changed.

    It stops after one that had when the time is up; the rest is still in hand.
    """
    kp = desk.remote.profile.kinds[kind]
    changed, known, left_out = 0, hand.known, unlisted(kp)
    while hand.items and (not changed or desk.now() < until):
        seen, print_ = hand.items.popleft()
        found = hash_without(left_out, seen.body)
        if known.get(seen.remote_id, "")[: len(found)] == found:
            if print_:
                queries.prints_so(rows, desk.system, str(kind), seen.remote_id, found + print_)
            continue
        changed += 1
        try:
            with rows.part():
                _changed(desk, rows, kp, seen, found + print_, parent)
        except Exception as error:  # noqa: BLE001 - one record that cannot be understood must not stop the list
            set_aside(desk, rows, seen, error)
    unread.of_list(desk, rows, kind, parent, hand.broken)
    return changed


def _news(desk: Desk, rows: Rows, kind: Kind, page: Page) -> tuple[list[tuple[Seen, str]], list[unread.Broken]]:
    """What of a page does not print as it did when it was last seen, each with its print; and what cannot be read."""
    if not isinstance(page, Listed):
        return [(seen, "") for seen in page.items], unread.broken(page)
    known = queries.list_hashes(rows, desk.system, str(kind), [one.remote_id for one in page.rough])
    items: list[tuple[Seen, str]] = []
    broken: list[unread.Broken] = []
    for n, one in enumerate(page.rough, start=1):
        if known.get(one.remote_id, "")[len(one.print) :] == one.print:
            continue
        found, why = page.read(one.item)
        items += [(seen, one.print) for seen in found]
        if why:
            broken.append((one.remote_id, f"item {n}: {why}", one.item))
    return items, broken


def _changed(desk: Desk, rows: Rows, kp: KindProfile, seen: Seen, found: str, parent: str) -> None:
    shadow = rows.get(Shadow, desk.system, str(seen.kind), seen.remote_id)
    shadow = shadow or Shadow(desk.system, str(seen.kind), seen.remote_id)
    shadow.list_hash = found
    above = seen.parent or parent or shadow.parent
    shadow.parent = shadow.parent or above  # that it has moved to somebody else's is seen when it is taken
    if kp.readable and not seen.whole:
        # What a list shows of it has changed: it is read whole before anything is made of it.
        rows.put(shadow)
        look(desk, rows, str(seen.kind), seen.remote_id, "changed", parent=above)
        return
    if not seen.parent and parent:
        seen = Seen(seen.kind, seen.remote_id, seen.body, seen.whole, seen.raw, parent, seen.part)
    harvest(desk, rows, seen)
    take(desk, rows, seen, shadow=shadow)


def _not_answered(desk: Desk, rows: Rows, one: Sweep, error: Outcome) -> None:
    now = desk.now()
    name = f"sweep:{one.kind}"
    if isinstance(error, NoBudget):
        desk.hold(name, error.until)
    elif isinstance(error, Slowed):
        desk.hold(name, now + (error.after or 60.0))
    elif isinstance(error, SignInNeeded):
        sign_in_needed(desk, rows, error)
    elif isinstance(error, Unsent):
        desk.hold("away", now + desk.backoff(2))
    elif isinstance(error, (NotThere, Forbidden)) and one.parent:
        # This patient's list is not shown to us: nothing of it is missing, the others go on.
        passing.came(desk, rows, one)
        _next_unit(desk, rows, one)
        rows.put(one)
    else:
        _failed(desk, rows, one, error)
    desk.log.add(rows, now, "listed", one.kind, "", came=type(error).__name__)


def _failed(desk: Desk, rows: Rows, one: Sweep, error: Outcome) -> None:
    """A page did not come: it is asked for again, until the list is passed over where it is one patient's own."""
    one.failed += 1
    over = bool(one.parent) and passing.is_passed_over(desk, rows, one, error)
    if not over or not isinstance(error, Misshapen):
        desk.hold(f"sweep:{one.kind}", desk.now() + desk.backoff(one.failed + passing.waited(desk, rows, one)))
    if over and (within := passing.ends(desk, rows, one)) is not None:
        _end(desk, rows, one, "torn", within)
    elif over:
        _next_unit(desk, rows, one)
    elif not one.parent and one.failed >= passing.MOST_FAILED:
        _end(desk, rows, one, "torn")
    rows.put(one)


def _pass_ended(desk: Desk, rows: Rows, one: Sweep) -> None:
    """The end of a list: enough where it was one page, or where two passes agree."""
    if one.scope != "all" or (one.passes == one.first_pass and one.pages == 1):
        _unit_complete(desk, rows, one)
        return
    steady = one.first_total == one.last_total
    if one.passes > one.first_pass and steady and _agree(rows, one):
        _unit_complete(desk, rows, one)
    elif one.passes - one.first_pass + 1 >= MOST_PASSES:
        if one.parent:
            passing.came(desk, rows, one)
            _next_unit(desk, rows, one)
        else:
            _end(desk, rows, one, "torn")
    else:
        one.passes += 1
        one.first_total = one.last_total = None


def _agree(rows: Rows, one: Sweep) -> bool:
    """Whether this pass has shown everything that the one before it did."""
    return not queries.lost_between(rows, one.id, one.passes - 1, one.passes)


def _unit_complete(desk: Desk, rows: Rows, one: Sweep) -> None:
    """All of a list (or of one patient's) has been seen; what was known and is not there is noted as missing."""
    kp = desk.remote.profile.kinds[Kind(one.kind)]
    if one.scope == "all" and kp.readable and kp.open_seconds is None:
        queries.note_missing(rows, one.system, one.kind, one.parent, one.id, one.first_pass, one.begun_at)
    if one.parent:
        passing.came(desk, rows, one)
        _next_unit(desk, rows, one)
    else:
        _end(desk, rows, one, "complete")


def _next_unit(desk: Desk, rows: Rows, one: Sweep) -> None:
    one.parent = passing.next_parent(desk, rows, one)
    one.cursor, one.pages, one.failed = "", 0, 0
    one.first_total = one.last_total = None
    one.passes += 1
    one.first_pass = one.passes
    if not one.parent:
        _end(desk, rows, one, "torn" if passing.is_torn(desk, rows, one) else "complete")


def _end(desk: Desk, rows: Rows, one: Sweep, state: str, within: float = math.inf) -> None:
    """A look is over; the next one comes when its time is, `within` so many seconds at the latest."""
    one.state, one.ended_at = state, desk.now()
    missing: list[str] = []
    if one.scope == "all":
        # Of a part of a list nothing is noted as seen or missing.
        missing = queries.missing(rows, one.id)
        queries.seen_again(rows, one.system, one.kind, one.id)
        rows.remove(Sighting, sweep=one.id)
    if state == "complete" and missing:
        known = rows.count(Link, system=desk.system, kind=one.kind, status="confirmed")
        if len(missing) > max(FEWEST, int(known * SHARE)):
            one.state = "suspect"
            if not rows.count(Conflict, system=desk.system, kind=one.kind, sort="suspect", state="open"):
                why = f"{len(missing)} of {known} would be gone"
                raise_question(desk, rows, one.kind, "", "suspect", str(one.id), why)
        else:
            _strike(desk, rows, one, missing)
    now = desk.now()
    plain = _period(desk.remote.profile.kinds[Kind(one.kind)], one.scope)
    length = float(desk.get(rows, f"period:{one.kind}:{one.scope}") or plain)
    shortest, longest = plain / 4, plain * 4
    adapted = min(longest, max(shortest, length * (0.5 if one.changed else 1.2)))
    desk.keep(rows, f"period:{one.kind}:{one.scope}", repr(adapted))
    desk.keep(rows, f"next:{one.kind}:{one.scope}", repr(now + min(adapted, within)))
    desk.log.add(rows, now, "looked through", one.kind, "", scope=one.scope, found=one.found, state=one.state)
    rows.put(one)
    listed.forget_looks_before(rows, one)
    if one.scope == "all":
        look_at_numbers_again(desk, rows)
    note_reading(desk, rows)


def _strike(desk: Desk, rows: Rows, one: Sweep, missing: list[str]) -> None:
    """Missing from a complete look. Two of them a day apart and a 404 make it gone."""
    for shadow in rows.among(Shadow, "remote_id", missing, system=desk.system, kind=one.kind):
        if shadow.strikes and desk.now() - shadow.struck_at < DAY:
            continue
        shadow.strikes, shadow.struck_at = shadow.strikes + 1, desk.now()
        rows.put(shadow)
        look(desk, rows, one.kind, shadow.remote_id, "gone?", parent=shadow.parent)
