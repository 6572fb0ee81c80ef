"""What Healify's document says of limits, kinds and ways of changing them."""

from sync.port import Bucket, Create, Kind, KindProfile, Put, Rule, SystemProfile
from sync.remotes.healify.mapping import appointment, patient, prescription, record
from sync.telling.lenses import rules_of
from sync.transport.outcomes import Call

SYSTEM = "healify"
THEIRS = Rule(theirs=True)
STAMPS = frozenset({"created_at", "updated_at"})
# Details that a list does not show are read again within so many days (20,000 patients take 119 requests an hour).
ROTATION_DAYS = 7
# A thousand requests an hour are for everything: a patient who is here is read again every quarter of an hour.
WORK_SECONDS = 900
_PLAIN = Rule(clinical=False)
_WHO = Rule(identity=True)


def _every(_call: Call) -> bool:
    return True


BUCKETS = (Bucket("hour", 1000, 3600, _every), Bucket("minute", 100, 60, _every))
_RECORD = {
    "title": _PLAIN,
    "provider": Rule("scalar"),
    "diagnosis": Rule("set", removal=True),
    "notes": Rule("text"),
    "vitals": Rule("block"),
}
_PROGRAMME = (
    "name", "description", "category", "duration_weeks", "difficulty", "provider", "features", "requirements",
    "outcomes", "curriculum", "instructors", "enrollment_count", "rating", "reviews_count", "status", "created_at",
    "updated_at",
)  # fmt: skip
KINDS = {
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
                **dict.fromkeys(("first_name", "last_name", "date_of_birth", "gender"), _WHO),
                "email": _PLAIN,
                "phone": _PLAIN,
                "address": Rule("block", clinical=False),
                "emergency_contact": Rule("block", clinical=False),
                "medical_history": Rule(theirs=True, removal=True, within="allergies"),
                "conditions": Rule("set", theirs=True, removal=True),
                "medicines": Rule("set", theirs=True, removal=True),
            },
        ),
        only_in_detail=frozenset({"medical_history", "conditions", "medicines"}),
        volatile=STAMPS,
        rotation_days=ROTATION_DAYS,
        work_seconds=WORK_SECONDS,
        change_signal="updated_at",
    ),
    Kind.APPOINTMENT: KindProfile(
        Kind.APPOINTMENT,
        listed=True,
        readable=True,
        create=Create.MARKER,
        put=Put.TOP,
        acts=frozenset({"cancel"}),
        ends=appointment.ENDS,
        rules=rules_of(
            appointment.LENSES,
            {
                "location": Rule("block", clinical=False),
                "notes": Rule("text", clinical=False),
                "appointment_type": _PLAIN,
                "status": Rule("status", final=appointment.FINAL, theirs=True),
            },
        ),
        only_in_detail=frozenset({"confirmation", "reminders", "cancellation"}),
        volatile=STAMPS | {"reminders"},
        needs=(Kind.PATIENT, Kind.PRACTITIONER),
        rotation_days=ROTATION_DAYS,
        change_signal="updated_at",
    ),
    Kind.ENCOUNTER: KindProfile(
        Kind.ENCOUNTER,
        listed=True,
        readable=True,
        create=Create.MARKER,
        put=Put.TOP,
        rules=rules_of(record.VISIT, _RECORD),
        only_in_detail=frozenset({"vitals"}),
        volatile=STAMPS,
        needs=(Kind.PATIENT, Kind.PRACTITIONER),
        rotation_days=ROTATION_DAYS,
        change_signal="updated_at",
    ),
    Kind.DOCUMENT: KindProfile(
        Kind.DOCUMENT,
        listed=True,
        readable=True,
        create=Create.MARKER,
        put=Put.TOP,
        rules=rules_of(record.DOCUMENT, {name: _RECORD[name] for name in ("title", "notes")}),
        only_in_detail=frozenset({"vitals"}),
        volatile=STAMPS,
        needs=(Kind.PATIENT,),
        rotation_days=ROTATION_DAYS,
        change_signal="updated_at",
    ),
    Kind.PRESCRIPTION: KindProfile(
        Kind.PRESCRIPTION,
        listed=True,
        readable=True,
        create=Create.MARKER,
        put=Put.TOP,
        rules=rules_of(
            prescription.LENSES,
            {
                "medication": Rule("block"),
                "notes": Rule("text"),
                # One that has run out is a matter of its date here.
                "status": Rule("status", final=frozenset({"cancelled"}), theirs=True, removal=True),
            },
        ),
        only_in_detail=frozenset({"instructions", "notes", "refill_history"}),
        volatile=STAMPS,
        needs=(Kind.PATIENT, Kind.PRACTITIONER),
        rotation_days=ROTATION_DAYS,
        work_seconds=WORK_SECONDS,
        change_signal="updated_at",
    ),
    # A request is shown in the answer to it and never again; a second one would be a second bottle.
    Kind.REFILL: KindProfile(Kind.REFILL, create=Create.WRITE_ONLY, irreversible=True, needs=(Kind.PRESCRIPTION,)),
    Kind.SHARE: KindProfile(
        Kind.SHARE,
        listed=True,
        create=Create.NATURAL,
        irreversible=True,
        rules={
            **dict.fromkeys(("record_id", "recipient_email", "recipient_type", "message", "expires_at"), Rule()),
            "permissions": Rule("set"),
            **dict.fromkeys(("status", "access_link", "record_title", "created_at"), THEIRS),
        },
        volatile=frozenset({"created_at"}),
        needs=(Kind.PATIENT,),
    ),
    Kind.PROGRAMME: KindProfile(
        Kind.PROGRAMME,
        listed=True,
        readable=True,
        rules=dict.fromkeys(_PROGRAMME, THEIRS),
        volatile=STAMPS | {"enrollment_count", "rating", "reviews_count"},
        only_in_detail=frozenset({"curriculum", "instructors", "reviews_count", "updated_at"}),
        rotation_days=ROTATION_DAYS,
    ),
    Kind.ENROLMENT: KindProfile(
        Kind.ENROLMENT, create=Create.WRITE_ONLY, needs=(Kind.PATIENT, Kind.PROGRAMME), irreversible=True
    ),
}
UNTOLD = {
    (Kind.PATIENT, "void"): "Healify is never told to delete a patient by itself. Ask their support to correct it.",
    (Kind.ENCOUNTER, "void"): "Healify has no call that marks a record as entered in error. Tell them which record.",
    (Kind.DOCUMENT, "void"): "Healify has no call that marks a record as entered in error. Tell them which record.",
    (Kind.DOCUMENT, "attach"): "Healify takes no files. Send the file another way if they need it.",
    (Kind.PRESCRIPTION, "cancel"): (
        "Healify has no call that cancels a prescription. Telephone the pharmacy, and tell Healify's support."
    ),
    (Kind.PRESCRIPTION, "void"): (
        "Healify has no call that takes a prescription back. Telephone the pharmacy, and tell Healify's support."
    ),
    (Kind.APPOINTMENT, "complete"): "Healify has no call that says a patient came. Mark it in their portal if needed.",
    (Kind.APPOINTMENT, "no_show"): "Healify has no call that says a patient did not come. Mark it in their portal.",
    (Kind.REFILL, "cancel"): "Healify has no call that takes a refill request back. Telephone the pharmacy.",
    (Kind.SHARE, "revoke"): (
        "Healify has no call that ends a share. Ask their support to end it; until then the recipient can still see it."
    ),
    (Kind.ENROLMENT, "withdraw"): "Healify has no call that ends an enrolment. Ask their support to end it.",
}
PROFILE = SystemProfile(SYSTEM, "Healify", KINDS, BUCKETS, page=100, unattended=True, untold=UNTOLD)
