"""What the visit made nothing of is made before it is told; afterwards every kind that a system takes is counted there.

Which system takes what is written down here by itself, from the five documents: were it read off the profiles, a kind
that fell out of one would be missed by nobody.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from clinic_desktop.domain.signatures import PAD, Signature, write
from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.services import consents, inbox, programmes, scheduling, sharing
from clinic_desktop.services.consents import NewConsent
from clinic_desktop.services.inbox import Notice
from clinic_desktop.services.programmes import NewEnrolment
from clinic_desktop.services.sharing import NewShare

TAKEN: Mapping[str, tuple[str, ...]] = {
    "healify": (
        "patient", "appointment", "encounter", "document", "prescription", "refill", "share", "enrolment",
    ),
    "arocord_hims": (
        "patient", "appointment", "encounter", "prescription", "dispense", "lab_order", "lab_result", "invoice",
        "payment", "claim", "notice",
    ),
    "hms_enterprise": ("patient", "appointment", "encounter", "prescription", "lab_order", "charge", "claim"),
    "practice_studio": ("patient", "appointment"),
    "healthcare_records": ("patient", "consent", "encounter", "document", "immunization"),
}  # fmt: skip
# Shown there and not taken: what was written here is a task for a person, who tells them or says that it stays here.
FOR_A_PERSON: Mapping[str, tuple[str, ...]] = {
    "hms_enterprise": ("lab_result",),
    "practice_studio": ("encounter", "document", "invoice", "payment"),
}
STROKE = tuple((600 + 40 * place, 900 + 200 * (place % 7)) for place in range(120))


def make_the_rest(hands: Hands, patient: str) -> None:
    """The patient books the next visit, consents, has the record shared; the doctor is written to."""
    clinic = hands.second()
    people = {user.username: user.user_id for user in clinic.vault.users}
    front, doctor, admin = (clinic.begin(people[name]) for name in ("desktour", "drvale", "admintour"))
    tomorrow = front.now.astimezone().date() + timedelta(days=1)
    days = (tomorrow + timedelta(days=ahead) for ahead in range(14))
    begins = next(times[0] for day in days if (times := scheduling.free_times(front, people["drvale"], day)))
    scheduling.book(front, patient, people["drvale"], begins, reason="To see how it went")
    signed = write(Signature(PAD, (STROKE,)))
    for scope in ("disclosure", "programmes"):
        until = tomorrow + timedelta(days=365)
        consents.record_consent(front, patient, NewConsent(scope, valid_until=until, signature=signed))
    share = NewShare(
        "Dr Amina Yusuf", "healthcare_provider", "Opinion of a specialist",
        ("visits", "problems", "medicines", "vitals"), tomorrow + timedelta(days=30),
        recipient_email="a.yusuf@example.org", message="For your opinion",
    )  # fmt: skip
    sharing.share_record(doctor, patient, share)
    words = "The patient asks to be called after noon."
    inbox.send(admin, Notice("message", "normal", "Call back after noon", people["drvale"], words, patient))
    for desk in (front, doctor, admin):
        clinic.sign_out(desk)


def programmes_of_theirs(hands: Hands) -> set[str] | None:
    """The programmes that the looks so far have brought."""
    theirs = "SELECT local_id FROM sync_link WHERE system = 'healify' AND kind = 'programme' AND status = 'confirmed'"
    return {row[0] for row in hands.rows(theirs)} or None


def enrol(hands: Hands, patient: str) -> None:
    """Enrol the patient in a programme of theirs, which the first look there has brought."""
    clinic = hands.second()
    nurse = clinic.begin(next(user.user_id for user in clinic.vault.users if user.username == "nursetour"))
    brought = hands.driver.until("a programme of theirs", lambda: programmes_of_theirs(hands))
    offered = next(one for one in programmes.catalogue(nurse) if one.id in brought)
    programmes.enrol(nurse, patient, offered.id, NewEnrolment(goals=("To walk to the market and back",)))
    clinic.sign_out(nurse)


def empty_cells(found: Iterable[Mapping[str, Any]]) -> list[str]:
    """The cells of `sync status` at nought: nothing of a kind was sent that is taken, or no task of one that is not."""
    lines = {(one["system"], one["kind"]): one for one in found}
    wanted = [(system, kind, "sent") for system, kinds in TAKEN.items() for kind in kinds]
    wanted += [(system, kind, "cannot_tell") for system, kinds in FOR_A_PERSON.items() for kind in kinds]
    return [
        f"{system} {kind}: nothing {'sent' if count == 'sent' else 'for a person to tell'}"
        for system, kind, count in wanted
        if not lines.get((system, kind), {}).get(count)
    ]
