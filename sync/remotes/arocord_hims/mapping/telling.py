"""Which lenses a kind has, and what the system would be told of a record of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sync.port import Body, CannotTell, Kind, Links, Seen, Story, Telling
from sync.records.dispense import MedicationDispense
from sync.records.elements import Reference, Resource
from sync.records.invoice import ChargeItem
from sync.records.medication import MedicationRequest
from sync.records.request import ServiceRequest
from sync.remotes.arocord_hims.mapping import appointments, laboratory, medicines, money, notices, patients, visits
from sync.remotes.arocord_hims.mapping.names import SYSTEM, TITLE
from sync.telling import people
from sync.telling.covers import foreign, sent_otherwise
from sync.telling.lenses import Lens, canonical, lay, tell
from sync.telling.lenses import unread as gaps
from sync.telling.masks import masked_members
from sync.telling.words import lacking
from sync.telling.work import actor

References = tuple[tuple[Kind, Reference | None], ...]


@dataclass(frozen=True)
class Cell:
    """A kind at this system."""

    lenses: tuple[Lens, ...]
    blank: Callable[[Story | None], Story]
    references: Callable[[Story], References] = lambda _story: ()
    homeless: Callable[[Story], tuple[str, ...]] = lambda _story: ()


def _appointment(story: Story) -> References:
    return (Kind.PATIENT, actor(story, Kind.PATIENT)), (Kind.PRACTITIONER, actor(story, Kind.PRACTITIONER))


def _prescription(story: Story) -> References:
    one = story.first
    if not isinstance(one, MedicationRequest):
        return ()
    return (
        (Kind.PATIENT, one.subject),
        (Kind.PRACTITIONER, medicines.prescriber_of(story)),
        (Kind.ENCOUNTER, one.encounter),
    )


def _dispense(story: Story) -> References:
    one = story.first
    if not isinstance(one, MedicationDispense):
        return ()
    return (Kind.PRESCRIPTION, medicines.prescription_of(one)), (Kind.PRACTITIONER, medicines.performer_of(one))


def _order(story: Story) -> References:
    one = story.first
    if not isinstance(one, ServiceRequest):
        return ()
    return (
        (Kind.PATIENT, one.subject),
        (Kind.PRACTITIONER, laboratory.ordered_by(story)),
        (Kind.ENCOUNTER, one.encounter),
    )


def _result(story: Story) -> References:
    """The order: under whose id its results are told, whatever test each of them is of."""
    return ((Kind.LAB_ORDER, Reference(reference=f"ServiceRequest/{story.local_id}")),)


def _invoice(story: Story) -> References:
    subject = getattr(story.first, "subject", None)
    visit = next((each.context for each in story.rest if isinstance(each, ChargeItem) and each.context), None)
    return (Kind.PATIENT, subject), (Kind.ENCOUNTER, visit)


def _notice(story: Story) -> References:
    """Whoever it is for: it waits until they are known there, as whatever else is somebody's does."""
    found = getattr(story.first, "recipient", ())
    return tuple((Kind.PRACTITIONER, each) for each in found)


def _of_invoice(story: Story) -> References:
    return ((Kind.INVOICE, money.invoice_of(story)),)


CELLS: Mapping[Kind, Cell] = {
    Kind.PATIENT: Cell(patients.LENSES, patients.blank, homeless=lambda story: people.homeless(story, patients.HOMES)),
    Kind.APPOINTMENT: Cell(appointments.LENSES, appointments.blank, _appointment, appointments.homeless),
    Kind.ENCOUNTER: Cell(visits.LENSES, visits.blank, visits.references, visits.homeless),
    Kind.PRESCRIPTION: Cell(medicines.LENSES, medicines.blank, _prescription, medicines.homeless),
    Kind.DISPENSE: Cell(medicines.DISPENSE, medicines.blank_dispense, _dispense, medicines.dispense_homeless),
    Kind.LAB_ORDER: Cell(laboratory.LENSES, laboratory.blank, _order, laboratory.homeless),
    Kind.LAB_RESULT: Cell(laboratory.RESULTS, laboratory.blank_result, _result),
    Kind.INVOICE: Cell(money.INVOICE, money.known, _invoice),
    Kind.PAYMENT: Cell(money.PAYMENT, money.known, _of_invoice),
    Kind.CLAIM: Cell(money.CLAIM, money.known, _of_invoice),
    Kind.NOTICE: Cell(notices.LENSES, notices.blank, _notice),
}
MONEY = frozenset({Kind.INVOICE, Kind.PAYMENT, Kind.CLAIM})
# Without these the system cannot know what is meant.
REQUIRED: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    Kind.PATIENT: (("mrn", "record number"), ("last_name", "family name")),
    Kind.APPOINTMENT: (("scheduled_time", "time"),),
    Kind.DISPENSE: (("prescription_id", "the prescription"),),
    Kind.LAB_RESULT: (("order_id", "the order"), ("results", "results")),
    Kind.INVOICE: (("charges", "what is charged"),),
    Kind.PAYMENT: (("invoice_id", "the invoice"), ("amount", "amount")),
    Kind.CLAIM: (
        ("invoice_id", "the invoice"),
        ("insurance_provider", "insurer"),
        ("policy_number", "policy number"),
    ),
    Kind.NOTICE: (("title", "title"), ("message", "message"), ("recipient_ids", "people to tell")),
}


def body_of(kind: Kind, raw: Mapping[str, object]) -> Body:
    """What they show of a record, as the body that is told and merged; members that are not documented stay in raw."""
    if kind is Kind.PATIENT:
        return patients.body_of(raw)
    if kind is Kind.ENCOUNTER:
        return visits.body_of(raw)
    known = {each.name for each in CELLS[kind].lenses}
    return {name: value for name, value in raw.items() if name in known}


def project(
    story: Story, links: Links, found: Mapping[str, str], untold: Mapping[tuple[Kind, str], str]
) -> Telling | CannotTell:
    """What the system would be told of a record, or why it cannot be told."""
    cell = CELLS.get(story.kind)
    if cell is None:
        return CannotTell(untold.get((story.kind, "create"), f"{TITLE} has no call for this kind of record."))
    if story.void:
        return CannotTell(untold.get((story.kind, "void"), f"{TITLE} has no call to withdraw it: tell its staff."))
    if not story.signed:
        return CannotTell("It is not signed yet: a draft never leaves.")
    if story.act is not None:
        return _act(story, links, found, untold)
    if story.kind in MONEY and (refused := foreign(story, found.get("currency", "USD")) or sent_otherwise(story)):
        return refused
    if story.kind is Kind.INVOICE and (refused := money.reduced(story)) is not None:
        return refused
    body = tell(cell.lenses, story, links)
    needs = lacking(cell.references(story), SYSTEM, links)
    if story.kind is Kind.LAB_RESULT and body.get("order_id"):
        needs = ()
    return _complete(story.kind, Telling(body, cell.homeless(story), needs))


def _complete(kind: Kind, telling: Telling) -> Telling | CannotTell:
    """What can be sent, or will be once it is known there what it belongs to."""
    missing = [words for name, words in REQUIRED.get(kind, ()) if telling.body.get(name) in (None, "", [])]
    if missing and not telling.needs:
        return CannotTell(f"{TITLE} needs what is not entered here: {', '.join(missing)}.")
    return telling


def _act(
    story: Story, links: Links, found: Mapping[str, str], untold: Mapping[tuple[Kind, str], str]
) -> Telling | CannotTell:
    act, kind = story.act or "", story.kind
    if (kind, act) == (Kind.APPOINTMENT, "cancel"):
        return Telling(appointments.cancelling(story, notify=found.get("notify_patient", "yes") == "yes"))
    if kind is Kind.PRESCRIPTION and act in {"process", "ready"}:
        return Telling(medicines.processing(story))
    if (kind, act) in {(Kind.ENCOUNTER, "complete"), (Kind.NOTICE, "read")}:
        return Telling({})
    if (kind, act) == (Kind.DISPENSE, "dispense"):
        cell = CELLS[kind]
        body, needs = tell(cell.lenses, story, links), lacking(cell.references(story), SYSTEM, links)
        return _complete(kind, Telling(body, cell.homeless(story), needs))
    return CannotTell(untold.get((kind, act), f"{TITLE} has no call for this: tell its staff."))


def adopt(seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
    """The records that a body says, laid over what the chart holds."""
    cell = CELLS[seen.kind]
    return lay(cell.lenses, seen.body, cell.blank(story), links, masked_members(seen.body))


def unread(seen: Seen, links: Links) -> frozenset[str]:
    """The members that stand in a form that cannot be read here."""
    cell = CELLS.get(seen.kind)
    if cell is None:
        return frozenset()
    return gaps(cell.lenses, seen.body, cell.blank(None), links, masked_members(seen.body))


def compared(kind: Kind, body: Body) -> Body:
    """The body in a form in which two that say the same are equal."""
    return canonical(CELLS[kind].lenses, body) if kind in CELLS else dict(body)
