"""What the document of AROCORD-HIMS allows, in the engine's terms."""

from collections.abc import Mapping
from dataclasses import replace

from sync.port import Bucket, Create, Kind, KindProfile, Put, Rule, SystemProfile
from sync.remotes.arocord_hims.mapping.appointments import ENDS, FINAL
from sync.remotes.arocord_hims.mapping.names import SYSTEM, TITLE
from sync.remotes.arocord_hims.mapping.telling import CELLS
from sync.transport.outcomes import Call

THEIRS = Rule(theirs=True)
PAST = frozenset({"medical_history", "diagnoses", "medicines"})
REGISTER = Rule(clinical=False)
# The pharmacy's queue, the laboratory's and one's own notices are short, and somebody waits for what they say.
QUEUE_SECONDS, NOTICE_SECONDS = 300, 900
# Seen in a list, a record of these members is found again: the answers of these lists are not documented.
NEEDED: Mapping[Kind, frozenset[str]] = {
    Kind.APPOINTMENT: frozenset({"id", "patient_id", "scheduled_time"}),
    Kind.PRESCRIPTION: frozenset({"id", "patient_id", "medications"}),
    Kind.LAB_ORDER: frozenset({"id", "patient_id", "tests"}),
}


def _auth(call: Call) -> bool:
    return call.endpoint.partition(" ")[2].startswith("/auth/") or call.endpoint == "POST /patient-portal/login"


def _search(call: Call) -> bool:
    return call.endpoint == "GET /patients"


def _analytics(call: Call) -> bool:
    return call.endpoint.partition(" ")[2].startswith("/analytics/")


def _read(call: Call) -> bool:
    return call.method == "GET" and not _search(call) and not _analytics(call)


def _write(call: Call) -> bool:
    return call.method != "GET" and not _auth(call)


BUCKETS = (
    Bucket("authentication", 5, 60.0, _auth, tells=frozenset()),
    Bucket("patient search", 100, 60.0, _search, tells=frozenset()),
    Bucket("retrieval", 500, 60.0, _read, tells=frozenset()),
    Bucket("modification", 200, 60.0, _write),
    Bucket("analytics", 50, 60.0, _analytics, tells=frozenset()),
)
UNTOLD: Mapping[tuple[Kind, str], str] = {
    (Kind.PATIENT, "void"): "AROCORD has no call to take a patient away: ask its staff to close the record.",
    (Kind.COVERAGE, "create"): "AROCORD shows an insurance and has no call to write one: enter it there.",
    (Kind.COVERAGE, "update"): "AROCORD shows an insurance and has no call to write one: change it there.",
    (Kind.PRACTITIONER, "create"): "AROCORD has no list of doctors: enter the doctor's id there in the settings.",
    (Kind.ENCOUNTER, "update"): "A consultation that was completed cannot be changed by a call: amend it there.",
    (Kind.ENCOUNTER, "void"): "AROCORD has no call to withdraw a consultation: tell its staff.",
    (Kind.APPOINTMENT, "no_show"): "AROCORD has no call that says a patient did not come: mark it there.",
    (Kind.PRESCRIPTION, "update"): "AROCORD has no call to change a prescription: telephone the pharmacy.",
    (Kind.PRESCRIPTION, "cancel"): "AROCORD has no call to cancel a prescription: telephone the pharmacy.",
    (Kind.PRESCRIPTION, "void"): "AROCORD has no call to withdraw a prescription: telephone the pharmacy.",
    (Kind.DISPENSE, "void"): "AROCORD has no call to take back a dispense: tell its pharmacy.",
    (Kind.LAB_ORDER, "update"): "AROCORD has no call to change an order: telephone its laboratory.",
    (Kind.LAB_ORDER, "cancel"): "AROCORD has no call to cancel an order: telephone its laboratory.",
    (Kind.LAB_ORDER, "void"): "AROCORD has no call to withdraw an order: telephone its laboratory.",
    (Kind.LAB_RESULT, "update"): "A result that was changed here is not seen there: tell its laboratory at once.",
    (Kind.LAB_RESULT, "void"): "AROCORD has no call to withdraw a result: tell its laboratory at once.",
    (Kind.INVOICE, "update"): "AROCORD has no call to change an invoice: correct it there.",
    (Kind.INVOICE, "void"): "AROCORD has no call to void an invoice: void it there.",
    (Kind.PAYMENT, "update"): "AROCORD has no call to change a payment: correct it there.",
    (Kind.PAYMENT, "void"): "AROCORD has no call to reverse a payment or to refund it: enter it there.",
    (Kind.CLAIM, "update"): "AROCORD has no call to change a claim: correct it there.",
    (Kind.CLAIM, "void"): "AROCORD has no call to withdraw a claim: withdraw it there.",
}


def profile(found: Mapping[str, str]) -> SystemProfile:
    """The profile, with what was found there: a list that never showed what is needed proves nothing."""
    return SystemProfile(
        system=SYSTEM,
        title=TITLE,
        kinds={each.kind: _ruled(each) for each in _kinds(found)},
        buckets=BUCKETS,
        page=100,
        unattended=False,
        untold=UNTOLD,
    )


def _seen(found: Mapping[str, str], kind: Kind, create: Create) -> Create:
    return create if found.get(f"list of {kind}") == "yes" else Create.WRITE_ONLY


def _ruled(kind: KindProfile) -> KindProfile:
    """Every member has a rule: what no rule names is one value, and what is only shown is theirs."""
    plain = {each.name: Rule() if each.told else THEIRS for each in CELLS[kind.kind].lenses}
    return replace(kind, rules=plain | dict(kind.rules))


def _kinds(found: Mapping[str, str]) -> tuple[KindProfile, ...]:
    label = Create.MARKER if found.get("marker_on_label") == "yes" else Create.NATURAL
    once = Create.WRITE_ONLY
    return (
        KindProfile(
            Kind.PATIENT,
            listed=True,
            searched=True,
            readable=True,
            create=Create.KEY,
            put=Put.TOP,
            rules={
                "mrn": Rule(theirs=True, identity=True),
                **dict.fromkeys(("date_of_birth", "gender", "first_name", "last_name"), Rule(identity=True)),
                "phone": REGISTER,
                "email": REGISTER,
                "address": Rule("block", clinical=False),
                "emergency_contact": Rule("block", clinical=False),
                "insurance": Rule("block", theirs=True, clinical=False),
                "medical_history": Rule("keyed", key=("type", "name"), theirs=True, removal=True, within="allergy"),
                "diagnoses": Rule("set", theirs=True, removal=True),
                "medicines": Rule("set", theirs=True, removal=True),
                "is_active": THEIRS,
            },
            only_in_detail=frozenset({"gender", "address", "emergency_contact", "insurance", *PAST}),
            rotation_days=1,
            work_seconds=300,
        ),
        KindProfile(
            Kind.APPOINTMENT,
            listed=True,
            listed_for=Kind.PATIENT,
            readable=True,
            create=_seen(found, Kind.APPOINTMENT, Create.MARKER),
            put=Put.WHOLE,
            acts=frozenset({"cancel"}),
            ends=ENDS,
            rules={
                "notes": Rule("text"),
                "status": Rule("status", final=FINAL, theirs=True),
                "appointment_type": REGISTER,
                "cancellation_reason": THEIRS,
            },
            needs=(Kind.PATIENT, Kind.PRACTITIONER),
            rotation_days=1,
        ),
        KindProfile(
            Kind.ENCOUNTER,
            readable=True,
            create=Create.WRITE_ONLY,
            put=Put.TOP,
            acts=frozenset({"complete"}),
            progress="current_step",
            rules={
                "patient_id": THEIRS,
                "appointment_id": THEIRS,
                "workflow_type": THEIRS,
                "vitals": Rule("block"),
                "symptoms": Rule("block"),
                # Ours to move forward: once every step is there, it is completed.
                "status": Rule("status", final=frozenset({"completed"})),
            },
            volatile=frozenset({"current_step"}),
            irreversible=True,
            needs=(Kind.PATIENT, Kind.APPOINTMENT),
        ),
        KindProfile(
            Kind.PRESCRIPTION,
            listed=True,
            readable=True,
            create=_seen(found, Kind.PRESCRIPTION, label),
            acts=frozenset({"process", "ready"}),
            rules={
                "medications": Rule("keyed", key=("name", "drug_id"), removal=True),
                "status": Rule("status", final=frozenset({"dispensed"}), theirs=True),
                "notes": THEIRS,
                "ready_at": THEIRS,
            },
            needs=(Kind.PATIENT, Kind.PRACTITIONER, Kind.ENCOUNTER),
            rotation_days=1,
            open_seconds=QUEUE_SECONDS,
        ),
        KindProfile(
            Kind.DISPENSE,
            # Something that is done to a prescription, once: there is nothing there to create.
            acts=frozenset({"dispense"}),
            irreversible=True,
            needs=(Kind.PRESCRIPTION, Kind.PRACTITIONER),
        ),
        KindProfile(
            Kind.LAB_ORDER,
            listed=True,
            readable=True,
            create=_seen(found, Kind.LAB_ORDER, Create.MARKER),
            rules={
                "tests": Rule("keyed", key=("test_code",), removal=True),
                "status": Rule("status", final=frozenset({"completed", "cancelled"}), theirs=True),
            },
            needs=(Kind.PATIENT, Kind.PRACTITIONER, Kind.ENCOUNTER),
            rotation_days=1,
            open_seconds=QUEUE_SECONDS,
        ),
        KindProfile(Kind.LAB_RESULT, create=Create.WRITE_ONLY, needs=(Kind.LAB_ORDER,)),
        KindProfile(Kind.INVOICE, create=once, money=True, needs=(Kind.PATIENT, Kind.ENCOUNTER)),
        KindProfile(Kind.PAYMENT, create=once, money=True, needs=(Kind.INVOICE,)),
        KindProfile(Kind.CLAIM, create=once, money=True, needs=(Kind.INVOICE,)),
        KindProfile(
            Kind.NOTICE,
            listed=True,
            readable=True,
            create=Create.WRITE_ONLY,
            acts=frozenset({"read"}),
            # Nothing of a notice can be changed once it is there, but that it was read.
            rules={each.name: THEIRS for each in CELLS[Kind.NOTICE].lenses},
            open_seconds=NOTICE_SECONDS,
        ),
    )
