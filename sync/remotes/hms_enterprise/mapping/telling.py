"""Which lenses a kind has, and what the system would be told of a record of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sync.port import Body, CannotTell, Kind, Links, Seen, Story, Telling
from sync.records.elements import Reference, Resource
from sync.remotes.hms_enterprise.mapping import appointments, laboratory, medicines, money, patients, results, visits
from sync.remotes.hms_enterprise.mapping.names import SYSTEM, TITLE
from sync.telling.covers import foreign, sent_otherwise
from sync.telling.lenses import Lens, canonical, lay, tell
from sync.telling.lenses import unread as gaps
from sync.telling.masks import masked_members
from sync.telling.words import lacking
from sync.telling.work import lines_of


@dataclass(frozen=True)
class Cell:
    """A kind at this system."""

    lenses: tuple[Lens, ...]
    blank: Callable[[Story | None], Story]
    references: Callable[[Story], tuple[tuple[Kind, Reference | None], ...]] = lambda _story: ()
    homeless: Callable[[Story], tuple[str, ...]] = lambda _story: ()


CELLS: Mapping[Kind, Cell] = {
    Kind.PATIENT: Cell(patients.LENSES, patients.blank, homeless=patients.homeless),
    Kind.APPOINTMENT: Cell(appointments.LENSES, appointments.blank, appointments.references, appointments.homeless),
    Kind.ENCOUNTER: Cell(visits.LENSES, visits.blank, visits.references, visits.homeless),
    Kind.PRESCRIPTION: Cell(medicines.LENSES, medicines.blank, medicines.references, medicines.homeless),
    Kind.LAB_ORDER: Cell(laboratory.LENSES, laboratory.blank, laboratory.references, laboratory.homeless),
    Kind.LAB_RESULT: Cell(results.RESULTS, results.blank_result),
    Kind.CHARGE: Cell(money.CHARGE, money.known, money.charge_references),
    Kind.CLAIM: Cell(money.CLAIM, money.known, money.claim_references),
}
# Without these the system cannot know what is meant.
REQUIRED: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    Kind.PATIENT: (("last_name", "family name"),),
    Kind.APPOINTMENT: (("provider_id", "provider"), ("start_datetime", "time"), ("end_datetime", "end")),
    Kind.PRESCRIPTION: (("provider_id", "prescriber"),),
    Kind.LAB_ORDER: (("provider_id", "who orders it"),),
    Kind.CHARGE: (("total_amount", "price"), ("charge_code", "a code of CPT, HCPCS or the clinic's list")),
    Kind.CLAIM: (
        ("charges", "what is charged"),
        ("insurance_provider", "insurer"),
        ("policy_number", "policy number"),
        ("total_amount", "amount"),
    ),
}
# Signed facts: what was entered and nobody signed is a draft, and a draft never leaves.
MONEY = frozenset({Kind.CHARGE, Kind.CLAIM})


def body_of(kind: Kind, raw: Mapping[str, object]) -> Body:
    """What they show of a record, as the body that is told and merged; members that are not documented stay in raw."""
    if kind is Kind.LAB_RESULT:
        return results.results_body(raw)
    known = {each.name for each in CELLS[kind].lenses}
    return {name: value for name, value in raw.items() if name in known}


def project(
    story: Story, links: Links, found: Mapping[str, str], untold: Mapping[tuple[Kind, str], str]
) -> Telling | CannotTell:
    """What the system would be told of a record, or why it cannot be told."""
    cell = CELLS.get(story.kind)
    if cell is None:
        return CannotTell(untold.get((story.kind, "create"), f"{TITLE} has no call for this kind of record."))
    if story.void or story.act is not None:
        act = "void" if story.void else str(story.act)
        return CannotTell(untold.get((story.kind, act), f"{TITLE} has no call for this: tell its staff."))
    if not story.signed:
        return CannotTell("It is not signed yet: an encounter is completed there at its birth, and no draft leaves.")
    if story.kind is Kind.LAB_RESULT:
        return CannotTell(f"{TITLE} shows results and takes none: its own laboratory enters them.")
    if story.kind in MONEY and (refused := foreign(story, found.get("currency", "USD")) or sent_otherwise(story)):
        return refused
    if story.kind is Kind.PRESCRIPTION and len(lines_of(story)) > 1:
        return _in_parts(story, links, cell)
    body = tell(cell.lenses, story, links)
    needs = lacking(cell.references(story), SYSTEM, links)
    missing = [words for name, words in REQUIRED.get(story.kind, ()) if body.get(name) in (None, "", [])]
    # What belongs to something that is not known there yet will be complete once it is.
    if missing and not needs:
        return CannotTell(f"{TITLE} needs what is not entered here: {', '.join(missing)}.")
    return Telling(body, cell.homeless(story), needs)


def _in_parts(story: Story, links: Links, cell: Cell) -> Telling:
    parts = [medicines.part_of(story, part) for part in range(len(lines_of(story)))]
    homeless = dict.fromkeys(name for each in parts for name in cell.homeless(each))
    references = tuple(reference for each in parts for reference in cell.references(each))
    return Telling(
        {},
        tuple(homeless),
        lacking(references, SYSTEM, links),
        tuple(tell(cell.lenses, each, links) for each in parts),
    )


def adopt(seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
    """The records that a body says, laid over what the chart holds."""
    cell = CELLS[seen.kind]
    hidden = masked_members(seen.body)
    if seen.kind is Kind.PRESCRIPTION and story is not None and seen.part < len(lines_of(story)):
        return _one_line(seen, story, links, cell, hidden)
    body = appointments.settled(seen.body) if seen.kind is Kind.APPOINTMENT else seen.body
    records = lay(cell.lenses, body, cell.blank(story), links, hidden)
    if seen.kind is Kind.PATIENT and "allergies" not in hidden:
        return patients.with_none_known(records, cell.blank(story), seen.body.get("allergies"))
    if seen.kind is Kind.LAB_RESULT and story is None and results.is_blank(records[0]):
        # An order with no result yet is no result.
        return ()
    return records


def _one_line(seen: Seen, story: Story, links: Links, cell: Cell, hidden: frozenset[str]) -> tuple[Resource, ...]:
    line = lines_of(story)[seen.part]
    laid, *others = lay(cell.lenses, seen.body, medicines.part_of(story, seen.part), links, hidden)
    made = replace(story, first=laid if story.first is line else story.first)
    rest = tuple(laid if each is line else each for each in made.rest)
    known = {id(each) for each in story.rest}
    return (made.first, *rest, *(each for each in others if id(each) not in known))


def unread(seen: Seen, links: Links) -> frozenset[str]:
    """The members that stand in a form that cannot be read here."""
    cell = CELLS.get(seen.kind)
    if cell is None:
        return frozenset()
    found = gaps(cell.lenses, seen.body, cell.blank(None), links, masked_members(seen.body))
    return found | appointments.contradicts(seen.body) if seen.kind is Kind.APPOINTMENT else found


def compared(kind: Kind, body: Body) -> Body:
    """The body in a form in which two that say the same are equal."""
    return canonical(CELLS[kind].lenses, body) if kind in CELLS else dict(body)
