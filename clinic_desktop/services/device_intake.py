"""What a device tells the local API: into the chart where identity agrees twice, all else for a person to decide.

Each is one act: the work, and the answer that the same key gets for ever, in one commit.
"""

from dataclasses import dataclass
from datetime import timedelta

from clinic_desktop.domain import devices as identity
from clinic_desktop.domain import openmhealth
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.openmhealth import Measured
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.device_answers import Answer, Told, answered, keep_answer
from clinic_desktop.services.device_papers import Paper, new_paper
from clinic_desktop.services.device_people import registered, who
from clinic_desktop.services.device_vitals import record_measured, whose_visit
from clinic_desktop.services.devices import ReceivedMessage, receive_message
from clinic_desktop.services.documents import keep_document
from clinic_desktop.store.tables.devices import device_messages

# A device's clock may be ahead by this much before what it says is doubted.
AHEAD = timedelta(minutes=2)


@dataclass(frozen=True)
class KeptResults:
    """A message of results that is kept; filing it is the next act."""

    message_id: str


@command
def take_vitals(act: Act, told: Told, said: Named, measured: tuple[Measured, ...], encounter: str | None) -> Answer:
    """Keep what was measured: all of it in the chart, or all of it on the review list. Raises Refusal.

    What cannot be true is refused whoever it belongs to, so that the device says so while the patient is there.
    """
    before = answered(act, told)
    if before is not None:
        return before
    for one in measured:
        openmhealth.require_plausible(one)
        if one.at is not None and one.at - act.now > AHEAD:
            raise Refusal(N_("This time is still to come. Set the clock of the device."), field="taken_at")
    patient, doubt = whose_visit(act.conn, said, encounter)
    doubt = doubt or next((one.doubt for one in measured if one.doubt), None)
    if doubt is None and patient is not None:
        born = registered(act.conn, patient).born_on
        if born is not None and any(one.at and one.at.date() < born - timedelta(days=1) for one in measured):
            doubt = identity.BEFORE_BIRTH
    if doubt is not None or patient is None:
        return keep_answer(act, told, _to_review(act, told, "vitals", said, doubt or identity.NOBODY))
    kept = [row.id for one in measured for row in record_measured(act, patient, one, encounter)]
    return keep_answer(act, told, {"state": "filed", "ids": kept, "review_id": None, "why": None})


@command
def take_paper(act: Act, told: Told, said: Named, paper: Paper) -> Answer:
    """Keep a document with its patient, or on the review list. Raises Refusal."""
    before = answered(act, told)
    if before is not None:
        return before
    patient, doubt = who(act.conn, said)
    if patient is None or doubt is not None:
        return keep_answer(act, told, _to_review(act, told, "document", said, doubt or ""))
    made = keep_document.inside(act, patient, new_paper(paper))
    return keep_answer(act, told, {"state": "filed", "ids": [made], "review_id": None, "why": None})


@command
def keep_results(act: Act, told: Told, message: ReceivedMessage) -> KeptResults:
    """Keep a message of results; the same key again is the same message. Raises Reused."""
    before = answered(act, told)
    if before is not None:
        return KeptResults(str(before["id"]))
    taken = receive_message.inside(act, message)
    keep_answer(act, told, {"id": taken.message_id})
    return KeptResults(taken.message_id)


def _to_review(act: Act, told: Told, subject: str, said: Named, why: str) -> Answer:
    """Keep the whole of what was told, as it came, for a person to decide."""
    message = ReceivedMessage("api", told.device, subject, subject, told.raw, told.key or None, said_of=said)
    taken = receive_message.inside(act, message)
    if not taken.again:
        changes = {"state": "review", "why": why}
        act.change(device_messages, taken.message_id, changes, kind="device_message.to_review")
    return {"state": "review", "ids": [], "review_id": taken.message_id, "why": why}
