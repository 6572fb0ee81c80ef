"""What the document of HMS Enterprise-Grade allows, in the engine's terms."""

from collections.abc import Mapping
from dataclasses import replace

from sync.port import Bucket, Create, Kind, KindProfile, Put, Rule, SystemProfile
from sync.remotes.hms_enterprise.mapping.appointments import ENDS, FINAL, IN_SCHEDULE, LENSES
from sync.remotes.hms_enterprise.mapping.names import SYSTEM, TITLE
from sync.remotes.hms_enterprise.mapping.telling import CELLS
from sync.transport.outcomes import Call

THEIRS = Rule(theirs=True)
REGISTER = Rule(clinical=False)
# Seen in the list of a patient's encounters, whose answer is not documented: without these nothing is found again.
NEEDED = frozenset({"id", "chief_complaint"})


def _every(_call: Call) -> bool:
    return True


BUCKETS = (Bucket("minute", 1000, 60.0, _every), Bucket("burst", 100, 1.0, _every))
_PHONE = "HMS has no call for it: tell its staff by telephone or at its portal."
UNTOLD: Mapping[tuple[Kind, str], str] = {
    (Kind.PATIENT, "void"): f"A patient is taken away there by people alone. {_PHONE}",
    (Kind.PRACTITIONER, "create"): "HMS has no list of providers: enter the provider's id there in the settings.",
    (Kind.APPOINTMENT, "update"): f"An appointment cannot be changed once it is made. {_PHONE}",
    (Kind.APPOINTMENT, "cancel"): f"An appointment cannot be cancelled. {_PHONE}",
    (Kind.APPOINTMENT, "no_show"): f"The patient did not come. {_PHONE}",
    (Kind.APPOINTMENT, "void"): f"An appointment cannot be withdrawn. {_PHONE}",
    (Kind.ENCOUNTER, "void"): f"An encounter cannot be withdrawn. {_PHONE}",
    (Kind.PRESCRIPTION, "update"): f"A prescription cannot be changed: telephone the pharmacy too. {_PHONE}",
    (Kind.PRESCRIPTION, "cancel"): f"A prescription cannot be cancelled: telephone the pharmacy too. {_PHONE}",
    (Kind.PRESCRIPTION, "void"): f"A prescription cannot be withdrawn: telephone the pharmacy too. {_PHONE}",
    (Kind.LAB_ORDER, "update"): f"An order cannot be changed. {_PHONE}",
    (Kind.LAB_ORDER, "cancel"): f"An order cannot be cancelled. {_PHONE}",
    (Kind.LAB_ORDER, "void"): f"An order cannot be withdrawn. {_PHONE}",
    (Kind.CHARGE, "update"): f"A charge cannot be changed. {_PHONE}",
    (Kind.CHARGE, "void"): f"A charge cannot be withdrawn. {_PHONE}",
    (Kind.CLAIM, "update"): f"A claim cannot be changed. {_PHONE}",
    (Kind.CLAIM, "void"): f"A claim cannot be withdrawn. {_PHONE}",
    (Kind.COVERAGE, "create"): "HMS knows an insurance only in a claim: there is nowhere else to enter it.",
    (Kind.COVERAGE, "update"): "HMS knows an insurance only in a claim: there is nowhere else to change it.",
}


def profile(found: Mapping[str, str]) -> SystemProfile:
    """The profile, with what was found there."""
    return SystemProfile(
        system=SYSTEM,
        title=TITLE,
        kinds={each.kind: _ruled(each) for each in _kinds(found)},
        buckets=BUCKETS,
        page=100,
        unattended=False,
        untold=UNTOLD,
    )


def _ruled(kind: KindProfile) -> KindProfile:
    """Every member has a rule: what no rule names is one value, and what is only shown is theirs."""
    plain = {each.name: Rule() if each.told else THEIRS for each in CELLS[kind.kind].lenses}
    return replace(kind, rules=plain | dict(kind.rules))


def _kinds(found: Mapping[str, str]) -> tuple[KindProfile, ...]:
    listed = found.get(f"list of {Kind.ENCOUNTER}") == "yes"
    return (
        KindProfile(
            Kind.PATIENT,
            # Never all of them: a search needs a word, so that no sweep here is ever complete.
            searched=True,
            readable=True,
            create=Create.NATURAL,
            put=Put.WHOLE,
            rules={
                **dict.fromkeys(("first_name", "last_name", "date_of_birth", "gender"), Rule(identity=True)),
                "contact_number": REGISTER,
                "email": REGISTER,
                "address": Rule("block", clinical=False),
                "emergency_contact": Rule("block", clinical=False),
                "allergies": Rule("set", removal=True),
                "medical_conditions": Rule("set", removal=True),
                "current_medications": Rule("keyed", key=("name",), removal=True),
                "patient_id": Rule(theirs=True, identity=True),
                "is_active": THEIRS,
            },
            only_in_detail=frozenset(
                {"address", "emergency_contact", "blood_type", "allergies", "medical_conditions", "current_medications"}
                | {"is_active"}
            ),
            rotation_days=1,
            work_seconds=300,
        ),
        KindProfile(
            Kind.APPOINTMENT,
            listed_for=Kind.PRACTITIONER,
            create=Create.NATURAL,
            put=Put.NONE,
            ends=ENDS,
            rules={"status": Rule("status", final=FINAL), "notes": Rule("text"), "reason": REGISTER},
            only_in_detail=frozenset(each.name for each in LENSES) - IN_SCHEDULE,
            needs=(Kind.PATIENT, Kind.PRACTITIONER),
            rotation_days=1,
        ),
        KindProfile(
            Kind.ENCOUNTER,
            listed_for=Kind.PATIENT,
            create=Create.NATURAL if listed else Create.WRITE_ONLY,
            put=Put.WHOLE,
            rules={
                "chief_complaint": Rule("text"),
                "history_of_present_illness": Rule("text"),
                "review_of_systems": Rule("block"),
                "physical_examination": Rule("block"),
                "assessment": Rule("keyed", key=("icd10_code", "condition"), removal=True),
                "plan": Rule("keyed", key=("type", "description")),
                "diagnoses": Rule("keyed", key=("code", "description"), removal=True),
            },
            needs=(Kind.PATIENT,),
            rotation_days=1,
        ),
        KindProfile(
            Kind.PRESCRIPTION,
            create=Create.NATURAL if found.get("graphql") else Create.WRITE_ONLY,
            needs=(Kind.PATIENT, Kind.PRACTITIONER),
        ),
        KindProfile(
            Kind.LAB_ORDER,
            create=Create.WRITE_ONLY,
            rules={"tests": Rule("keyed", key=("test_code",), removal=True)},
            needs=(Kind.PATIENT, Kind.PRACTITIONER),
        ),
        KindProfile(
            Kind.LAB_RESULT,
            listed_for=Kind.LAB_ORDER,
            readable=True,
            # A result that is there no more is put before a person; one that is withdrawn there says so itself.
            rules={"components": Rule("set", theirs=True, removal=True)},
            # Where the live connection is down, a result is found by asking for those of the orders that are open.
            work_seconds=180,
            needs=(Kind.LAB_ORDER,),
        ),
        KindProfile(Kind.CHARGE, create=Create.WRITE_ONLY, money=True, needs=(Kind.PATIENT, Kind.ENCOUNTER)),
        KindProfile(Kind.CLAIM, create=Create.WRITE_ONLY, money=True, needs=(Kind.CHARGE,)),
    )
