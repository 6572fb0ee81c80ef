"""A result that a system shows no more is one question, and it is put to who treats, in their inbox.

The engine asks about it as well, among what an administrator decides: nobody there can say which result is right. Where
a doctor is asked and must answer, the engine's question is noted, with where it went. Of a record in which nothing is
shown any more the engine alone knows: then a doctor is asked first.
"""

import contextlib

from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.exchange import brought, remote_ids
from clinic_desktop.services import heard_parts, heard_results
from clinic_desktop.services.acts import Act
from clinic_desktop.services.heard_results import GONE
from sync.engine import unread
from sync.engine.linking import UnknownError
from sync.engine.people import People
from sync.engine.store.rows import Rows, Unit
from sync.engine.store.tables import Conflict
from sync.port import Kind

ASKED = "whoever ordered it is asked in their inbox, and must answer"


def taken_out(unit: Unit, system: str) -> list[Conflict]:
    """The open questions of the engine about results that a system shows no more."""
    found = Rows(unit).find(Conflict, system=system, kind=str(Kind.LAB_RESULT), sort="field", state="open")
    return [one for one in found if one.why == unread.OUT]


def ask(act: Act, one: Conflict, source: str) -> bool:
    """Whether somebody who treats is asked about it: now, where nothing is left there and they are not yet."""
    if heard_results.is_asked(act.conn, one.local_id):
        return True
    if one.sides.get("theirs"):
        return False  # what is left was taken in, and of what is gone nothing stood, or it was answered
    gone = [
        each
        for own in heard_parts.system_ids(act, source, "Observation", one.local_id)
        for each in heard_parts.stands_under(act, source, own, remote_ids.under(own))
        if remote_ids.is_part(each.key.value, own) and each.said and each.row["status"] not in GONE
    ]
    if not gone:
        return False
    heard_parts.mark_unsaid(act, gone)
    order, patient = heard_results.order_in(act, one.local_id), str(gone[0].row["patient_id"])
    names = [brought.called(each.row) for each in gone]
    heard_results.ask_about_gone(act, order, patient, SYSTEMS[one.system].title, one.local_id, names)
    return True


def leave_to_doctors(people: People, one: Conflict) -> None:
    """Note a question that a doctor is asked; what somebody has decided meanwhile is left."""
    with contextlib.suppress(UnknownError):
        people.resolve(one.id, unread.NOTED, "", ASKED, shown=one.at)
