"""Whether who stands there under a number that is linked is still who it was.

A name that is corrected there is a question of that member. Where more of what says who somebody is was changed, no
address or telephone stayed, and nothing strong says that they are the same, the number may have been handed out once
more (a system that was restored from its backup, a record that was written over): until a person has said who it is
nothing of it may come into the chart, and nothing of the chart may be told under it. With another given name and
another birth date it may be somebody of the same home, who shares the rest: what stayed says nothing then.
"""

import re

from sync.engine.desk import OURS, Desk, clear, digest
from sync.engine.identity import REVIEW
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Shadow, Work
from sync.engine.store.under import handed_on
from sync.port import Body, Kind, Seen
from sync.records.patient import Patient

UNDER_ANOTHER = "it stands under somebody else there, or under whom they are not told of: a person tells them"


def who_says(desk: Desk, seen: Seen) -> dict[str, str]:
    """What says who somebody is, in the form in which it is compared."""
    rules = desk.remote.profile.kinds[seen.kind].rules
    canon = desk.canon(seen.kind)
    return {
        name: canon(name)(value)
        for name, value in clear(desk, seen).items()
        if name in rules and rules[name].identity and not rules[name].theirs
    }


def _as_person(desk: Desk, rows: Rows, seen: Seen, body: Body) -> Patient | None:
    """Who a body says somebody is, as the chart would have it; None where it cannot be read as a person."""
    try:
        records = desk.remote.adopt(Seen(seen.kind, seen.remote_id, body, seen.whole), None, desk.known(rows))
    except Exception:  # noqa: BLE001 - who cannot be read is compared by the words of the bodies
        return None
    return next((one for one in records if isinstance(one, Patient)), None)


def _of_one_home(was: Patient | None, now: Patient | None) -> bool:
    """Whether it may be another of one home: given name and birth date are others, or not known to be the same."""
    if was is None or now is None:
        return False
    born = was.birth_date is not None and was.birth_date == now.birth_date
    return not born and _given(now) not in {"", _given(was)}


def _given(person: Patient) -> str:
    """The first of the given names, as it is compared."""
    names = _words(*(name for one in person.name[:1] for name in one.given))
    return names[0] if names else ""


def _kept(was: Patient, now: Patient) -> bool:
    """Whether where they live, or how they are reached, is what it was there: the record was not given to another.

    Whom to call, and who pays, says nothing of it: that is the same for all of a family.
    """
    return not _reached(was).isdisjoint(_reached(now))


def _kept_in_words(desk: Desk, known: Body, seen: Seen) -> bool:
    """The same of what cannot be read as a person: whether a member that says how they are reached is what it was."""
    rules = desk.remote.profile.kinds[seen.kind].rules
    canon = desk.canon(seen.kind)
    return any(
        bool(value)
        and name in rules
        and not rules[name].clinical
        and canon(name)(known.get(name)) == canon(name)(value)
        for name, value in clear(desk, seen).items()
    )


def _reached(person: Patient) -> set[str]:
    """The addresses, telephone numbers and e-mails of a person, as they are compared."""
    found = {digest(_words(*one.line, one.city, one.postal_code)) for one in person.address if _words(*one.line)}
    for one in person.telecom:
        value = (one.value or "").casefold().strip()
        found.add(value if "@" in value else "".join(sign for sign in value if sign.isdigit()))
    return found - {""}


def _words(*texts: str | None) -> list[str]:
    return [word for one in texts for word in re.findall(r"\w+", (one or "").casefold())]


def of_doubted(desk: Desk, rows: Rows, link: Link, shadow: Shadow) -> bool:
    """Whether a record of ours stands under a patient there who may be somebody else, or of whom that has been said.

    What is changed there then may be said of somebody else: it waits until a person has said who it is.
    """
    kinds = desk.remote.profile.kinds
    if link.kind == Kind.PATIENT or Kind.PATIENT not in kinds:
        return False
    work = rows.get(Work, desk.system, link.kind, link.local_id)
    patient = work.patient if work is not None else ""
    if shadow.parent and kinds[Kind(link.kind)].listed_for in {None, Kind.PATIENT}:
        owner = rows.get(Link, desk.system, str(Kind.PATIENT), shadow.parent)
        if owner is None:
            return False
        if owner.status == "duplicate":
            return patient != owner.local_id
        asked = owner.status in {"left", "candidate"} or is_back(rows, owner)
        return asked or under_another(desk, rows, link, shadow.parent)
    owners = rows.find(Link, system=desk.system, kind=str(Kind.PATIENT), local_id=patient) if patient else []
    if any(one.status in OURS for one in owners):
        return False
    return any(one.status in {"candidate", "left"} or is_back(rows, one) for one in owners)


def under_another(desk: Desk, rows: Rows, link: Link, above: str) -> bool:
    """Whether the number above it was handed out anew: what is of one patient of ours stands under another of ours."""
    work = rows.get(Work, desk.system, link.kind, link.local_id)
    owner = rows.get(Link, desk.system, str(Kind.PATIENT), above) if above else None
    if work is None or owner is None or owner.status not in OURS or work.patient == owner.local_id:
        return False
    return work.patient in handed_on(rows, desk.system, above)


def who_is_asked(desk: Desk, rows: Rows, shadow: Shadow, patient: str) -> bool:
    """Whether a person is being asked who somebody is: a patient of ours, or who stands above a record there."""
    links = rows.find(Link, system=desk.system, kind=str(Kind.PATIENT), local_id=patient) if patient else []
    owner = rows.get(Link, desk.system, str(Kind.PATIENT), shadow.parent)
    every = [*links, owner] if owner is not None else links
    return any(one.status == "candidate" or is_back(rows, one) for one in every)


def is_back(rows: Rows, owner: Link) -> bool:
    """Whether it is asked if who was gone, or was told of no more, and is there again is ours."""
    if owner.status not in {"gone", "never", "replaced"}:
        return False
    how = {"kind": owner.kind, "local_id": owner.local_id, "remote_id": owner.remote_id, "sort": "restored"}
    return bool(rows.count(Conflict, system=owner.system, state="open", **how))


def moved_away(desk: Desk, rows: Rows, before: str, seen: Seen) -> bool:
    """Whether a record that stood under a patient there stands under one now who is not that patient here."""
    kp = desk.remote.profile.kinds[seen.kind]
    if seen.kind is Kind.PATIENT or kp.listed_for not in {None, Kind.PATIENT}:
        return False
    if not before or not seen.parent or before == seen.parent:
        return False
    known = desk.whose(rows)
    was = known.here(Kind.PATIENT, before)
    return was is not None and was != known.here(Kind.PATIENT, seen.parent)


def somebody_else(desk: Desk, rows: Rows, link: Link, shadow: Shadow, seen: Seen) -> str:
    """A short hash of who a linked patient is now, where they may be somebody else; empty where they are not."""
    # Until it was first read back, who they are there is who they were told it is.
    known = {**shadow.told, **shadow.theirs}
    if seen.kind is not Kind.PATIENT or not known:
        return ""
    canon = desk.canon(seen.kind)
    now = who_says(desk, seen)
    moved = [name for name, value in now.items() if canon(name)(known.get(name)) != value]
    if len(moved) < 2:
        return ""
    # Of what a list does not show, what was last seen counts.
    body = {**shadow.body, **clear(desk, seen)}
    was, is_now = _as_person(desk, rows, seen, known), _as_person(desk, rows, seen, body)
    if was is not None and not _given(was):  # it was emptied there: who it was is said here
        story = desk.chart.story(rows.unit, seen.kind, link.local_id)
        was = story.first if story is not None and isinstance(story.first, Patient) else was
    of_one_home = _of_one_home(was, is_now)
    kept = _kept(was, is_now) if was is not None and is_now is not None else _kept_in_words(desk, known, seen)
    if kept and not of_one_home:
        return ""
    said = digest(now)
    asked = rows.find(Conflict, system=desk.system, kind=link.kind, local_id=link.local_id, sort="identity")
    if any(one.remote_id == link.remote_id and one.keep == "link" and one.sides.get("who") == said for one in asked):
        return ""
    whole = Seen(seen.kind, seen.remote_id, body, seen.whole, seen.raw)
    try:
        likely = desk.chart.alike(rows.unit, desk.remote.adopt(whole, None, desk.known(rows)))
    except Exception:  # noqa: BLE001 - whom nobody can make out is asked about like anybody else
        return said
    for one in likely:
        if one.local_id == link.local_id and (one.score >= REVIEW or (one.strong and not of_one_home)):
            return ""
    return said
