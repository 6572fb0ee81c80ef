"""How far records are at the connected systems, in words. No Qt here, so presenters may import it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from clinic_desktop.gui.widgets.civil import show_instant
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import remotes
from clinic_desktop.services.acts import Desk

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_shown import Mark

KINDS = {
    "patient": N_("Registration"), "practitioner": N_("Practitioner"), "location": N_("Place"),
    "coverage": N_("Cover"), "consent": N_("Consent"), "appointment": N_("Appointment"), "encounter": N_("Visit"),
    "document": N_("Document"), "immunization": N_("Immunization"), "prescription": N_("Prescription"),
    "refill": N_("Refill"), "dispense": N_("Dispensed medicine"), "lab_order": N_("Laboratory order"),
    "lab_result": N_("Laboratory result"), "charge": N_("Charge"), "invoice": N_("Invoice"), "payment": N_("Payment"),
    "claim": N_("Claim"), "share": N_("Share"), "enrolment": N_("Enrolment"), "programme": N_("Programme"),
    "notice": N_("Notice"),
}  # fmt: skip
WORDS = {
    "saved here": N_("saved here"), "waiting": N_("waiting"), "sent": N_("sent"), "confirmed": N_("confirmed"),
    "differs there": N_("differs there"), "cannot be told": N_("cannot be told"), "refused": N_("refused"),
    "sent, no answer": N_("sent, no answer"), "needs a person": N_("needs a person"),
    "told by a person": N_("told by a person"),
}  # fmt: skip
Record = tuple[str, str]  # the kind, and its id here
Marks = Mapping[Record, "tuple[Mark, ...]"]


def kind_words(kind: str) -> str:
    """A kind of record as people call it."""
    return _(KINDS[kind]) if kind in KINDS else kind.replace("_", " ").capitalize()


def ask_marks(desk: Desk, records: Iterable[Record]) -> Marks:
    """Ask how far records are; for a worker. Where no system is connected nothing of the post office is loaded."""
    if not remotes.remote_systems(desk):
        return {}
    from clinic_desktop.exchange.sync_shown import record_marks

    return record_marks(desk, records)


def short_words(marks: Marks, kind: str, local_id: str) -> str:
    """The state that most needs somebody, in a word; nothing where no system has to do with the record."""
    found = marks.get((kind, local_id), ())
    return _(WORDS[found[0].word]) if found else ""


def full_words(marks: Marks, kind: str, local_id: str) -> str:
    """Each system on a line: how far, why, and when what waits is likely to be sent."""
    lines = []
    for mark in marks.get((kind, local_id), ()):
        words = f"{mark.title}: {_(WORDS[mark.word])}"
        if mark.until:
            words += " " + _("(until {at})").format(at=show_instant(mark.until))
        lines.append(f"{words}, {mark.why}" if mark.why else words)
    return "\n".join(lines)
