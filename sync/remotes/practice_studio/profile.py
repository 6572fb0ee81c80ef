"""What Practice Studio's document says of limits, kinds and ways of changing them."""

from sync.port import Bucket, Create, Kind, KindProfile, Put, Rule, SystemProfile
from sync.remotes.practice_studio.mapping import appointment, patient
from sync.remotes.practice_studio.mapping.patient import ONLY_IN_DETAIL
from sync.telling.lenses import rules_of
from sync.transport.outcomes import Call

THEIRS = Rule(theirs=True)
STAMPS = frozenset({"created", "updated"})
# Requests in a minute by tier; the enterprise tier has limits of its own, which an administrator enters.
TIERS = {"standard": 100, "premium": 1000}
ROTATION_DAYS = 1
WORK_SECONDS = 600
_PLAIN = Rule(clinical=False)
_WHO = Rule(identity=True)
_RECORD = dict.fromkeys(("patientId", "providerId", "type", "date", "title", "content", "attachments"), THEIRS)
_INVOICE = dict.fromkeys(
    ("patientId", "date", "dueDate", "status", "amount", "paidAmount", "items", "payments"), THEIRS
)
_PROVIDER = dict.fromkeys(
    (
        "npi", "firstName", "lastName", "credentials", "specialty", "email", "phone", "active", "locations", "schedule",
    ),
    THEIRS,
)  # fmt: skip


def _every(_call: Call) -> bool:
    return True


KINDS = {
    Kind.PRACTITIONER: KindProfile(Kind.PRACTITIONER, listed=True, rules=_PROVIDER, volatile=frozenset({"schedule"})),
    Kind.PATIENT: KindProfile(
        Kind.PATIENT,
        listed=True,
        searched=True,
        readable=True,
        create=Create.NATURAL,
        put=Put.TOP,
        rules=rules_of(
            patient.LENSES,
            {
                **dict.fromkeys(("firstName", "lastName", "dateOfBirth", "gender"), _WHO),
                "mrn": Rule(theirs=True, identity=True),
                "contactInfo": Rule("block", clinical=False),
                "insurance": Rule("block", clinical=False),
                "allergies": Rule(theirs=True, removal=True),
            },
        ),
        only_in_detail=ONLY_IN_DETAIL,
        volatile=STAMPS,
        rotation_days=ROTATION_DAYS,
        work_seconds=WORK_SECONDS,
        change_signal="updated",
    ),
    Kind.APPOINTMENT: KindProfile(
        Kind.APPOINTMENT,
        listed=True,
        create=Create.MARKER,
        rules=rules_of(
            appointment.LENSES,
            {
                "notes": Rule("text", clinical=False),
                "type": _PLAIN,
                "status": Rule("status", final=appointment.FINAL, theirs=True),
            },
        ),
        ends=appointment.ENDS,
        volatile=STAMPS,
        needs=(Kind.PATIENT, Kind.PRACTITIONER, Kind.LOCATION),
        change_signal="updated",
    ),
    # Written there and read here; none of them bears a time of its last change.
    Kind.ENCOUNTER: KindProfile(Kind.ENCOUNTER, listed_for=Kind.PATIENT, rules=_RECORD, rotation_days=ROTATION_DAYS),
    Kind.DOCUMENT: KindProfile(Kind.DOCUMENT, listed_for=Kind.PATIENT, rules=_RECORD, rotation_days=ROTATION_DAYS),
    Kind.INVOICE: KindProfile(
        Kind.INVOICE, listed_for=Kind.PATIENT, money=True, rules=_INVOICE, rotation_days=ROTATION_DAYS
    ),
}
_BY_PHONE = (
    "Practice Studio has no call for it: telephone the practice or use its portal, and close this with your name."
)
UNTOLD = {
    (Kind.APPOINTMENT, "cancel"): f"The appointment is cancelled here. {_BY_PHONE}",
    (Kind.APPOINTMENT, "update"): f"The appointment was changed here. {_BY_PHONE}",
    (Kind.APPOINTMENT, "complete"): f"The patient came. {_BY_PHONE}",
    (Kind.APPOINTMENT, "no_show"): f"The patient did not come. {_BY_PHONE}",
    (Kind.APPOINTMENT, "void"): f"The appointment was entered in error here. {_BY_PHONE}",
    (Kind.PATIENT, "void"): f"The patient was registered in error here. {_BY_PHONE}",
    **{
        (kind, "create"): "Practice Studio only shows these: what was written here stays here."
        for kind in (Kind.ENCOUNTER, Kind.DOCUMENT, Kind.INVOICE, Kind.PAYMENT)
    },
}


def profile(tier: str) -> SystemProfile:
    """The profile of a tier: ``standard``, ``premium``, or a number of requests in a minute. Raises ValueError."""
    limit = TIERS.get(tier) or (int(tier) if tier.isdecimal() else 0)
    if limit < 1:
        raise ValueError("the tier is standard, premium, or a number of requests in a minute")
    buckets = (Bucket("minute", limit, 60, _every),)
    return SystemProfile("practice_studio", "Practice Studio", KINDS, buckets, 100, unattended=True, untold=UNTOLD)
