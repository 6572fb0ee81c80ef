"""The guided path through one encounter: eleven steps, their states, what completes each, and what signing needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date
from enum import StrEnum

from clinic_desktop.domain.refusals import Refusal

STEPS = (
    "patient_overview",
    "vitals",
    "symptoms",
    "history",
    "examination",
    "investigations",
    "diagnosis",
    "plan",
    "prescription",
    "follow_up",
    "final_review",
)
PRESETS = ("new", "follow_up", "results_review", "refill", "emergency", "procedure", "child", "antenatal")
SYSTEMS = (
    "general",
    "cardiovascular",
    "respiratory",
    "abdomen",
    "neurological",
    "skin",
    "ent",
    "musculoskeletal",
    "genitourinary",
    "mental_state",
)
IDENTIFIERS = ("name", "born_on", "mrn", "phone", "national_id", "photo")
DIAGNOSIS = "diagnosis:"
IDENTITY = "identity."
SYSTEM = "system."

Content = Mapping[str, str]


class State(StrEnum):
    """Where a step stands."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    SKIPPED_BY_RULE = "skipped_by_rule"
    SKIPPED_BY_PERSON = "skipped_by_person"
    BLOCKED = "blocked"
    REOPENED = "reopened"
    NOT_APPLICABLE = "not_applicable"


# From each state a person may go on to these. A rule's word is advice: any step can be opened all the same.
MOVES: Mapping[State, frozenset[State]] = {
    State.NOT_STARTED: frozenset({State.IN_PROGRESS, State.COMPLETED, State.SKIPPED_BY_PERSON}),
    State.IN_PROGRESS: frozenset({State.COMPLETED, State.SKIPPED_BY_PERSON}),
    State.COMPLETED: frozenset({State.REOPENED}),
    State.SKIPPED_BY_RULE: frozenset({State.REOPENED}),
    State.SKIPPED_BY_PERSON: frozenset({State.REOPENED}),
    State.BLOCKED: frozenset({State.IN_PROGRESS, State.COMPLETED, State.SKIPPED_BY_PERSON}),
    State.REOPENED: frozenset({State.IN_PROGRESS, State.COMPLETED, State.SKIPPED_BY_PERSON}),
    State.NOT_APPLICABLE: frozenset({State.REOPENED}),
}
SETTLED = frozenset({State.COMPLETED, State.SKIPPED_BY_RULE, State.SKIPPED_BY_PERSON, State.NOT_APPLICABLE})
OPEN_TO_RULES = frozenset({State.NOT_STARTED, State.SKIPPED_BY_RULE, State.BLOCKED, State.NOT_APPLICABLE})
# Identity and the signature are never left out.
NEVER_SKIPPED = frozenset({"patient_overview", "final_review"})

# A step leans on others; what is missing is a warning, never a lock.
DEPENDS: Mapping[str, tuple[str, ...]] = {
    "vitals": ("patient_overview",),
    "symptoms": ("patient_overview",),
    "history": ("patient_overview",),
    "examination": ("vitals", "symptoms"),
    "diagnosis": ("examination", "history"),
    "plan": ("diagnosis",),
    "prescription": ("plan",),
    "follow_up": ("plan",),
    "final_review": ("prescription",),
}

_BY_DOCTOR = frozenset({"doctor"})
_BY_BOTH = frozenset({"doctor", "nurse"})
WRITERS: Mapping[str, frozenset[str]] = {
    step: _BY_BOTH if step in {"patient_overview", "vitals", "symptoms", "history"} else _BY_DOCTOR for step in STEPS
}


@dataclass(frozen=True)
class Facts:
    """What the rules and the minimums ask of a patient and of this encounter; None is "not known"."""

    preset: str
    age_months: int | None = None
    pregnant: bool = False
    allergy_state: str = "not_asked"
    alerts: int = 0
    complaint: str = ""
    severity: str = ""
    red_flag: bool = False
    vitals_age_hours: int | None = None
    vitals_abnormal: bool = False
    weight_fresh: bool = False
    vitals_missing: tuple[str, ...] = ()
    history_age_days: int | None = None
    news_since_history: bool = False
    active_problems: int = 0
    results_pending: int = 0
    results_critical: int = 0
    prescriptions: int = 0


@dataclass(frozen=True)
class Missing:
    """One thing a step still needs; `message` is an English template for gettext."""

    step: str
    field: str
    message: str
    facts: Mapping[str, str] = with_default(default_factory=dict)


@dataclass(frozen=True)
class Diagnosis:
    """One diagnosis of the encounter; without a code it is provisional text."""

    code: str | None
    title: str
    certainty: str

    @property
    def key(self) -> str:
        """The field of the step's content that holds it: one field for each, so two people's never collide."""
        return DIAGNOSIS + (self.code or "~" + self.title)

    @property
    def value(self) -> str:
        """What stands in that field."""
        return f"{self.certainty} {self.title}"


def diagnoses(content: Content) -> tuple[Diagnosis, ...]:
    """The diagnoses in a step's content, in the order they were added."""
    found = []
    for key, value in content.items():
        if key.startswith(DIAGNOSIS) and value:
            code = key.removeprefix(DIAGNOSIS)
            certainty, _, title = value.partition(" ")
            found.append(Diagnosis(None if code.startswith("~") else code, title, certainty))
    return tuple(found)


def identifiers(content: Content) -> tuple[str, ...]:
    """The identifiers that were confirmed with the patient."""
    return tuple(name for name in IDENTIFIERS if content.get(IDENTITY + name))


def identity_confirmed(content: Content) -> bool:
    """Whether two identifiers were confirmed (WHO patient safety solution 2, 2007), or the patient's card scanned."""
    return len(identifiers(content)) >= 2 or bool(content.get("identity.card"))


def move(state: State, to: State, step: str) -> State:
    """Go from one state to another; refuses what makes no sense."""
    if to == state:
        return state
    if to not in MOVES[state]:
        raise Refusal("This step cannot go from {state} to {to}.", state=state.value, to=to.value, step=step)
    if to == State.SKIPPED_BY_PERSON and step in NEVER_SKIPPED:
        raise Refusal("This step is never left out.", step=step)
    return to


def touched(state: State) -> State:
    """The state after something was written in a step."""
    if state in {State.NOT_STARTED, State.BLOCKED, State.REOPENED}:
        return State.IN_PROGRESS
    return State.REOPENED if state in SETTLED - {State.COMPLETED} else state


def merge(stored: Content, seen: Content, changed: Content) -> dict[str, str]:
    """Put the fields one person changed over what is stored; an empty value takes a field away.

    `seen` is what the person saw in those fields. A field that somebody else changed meanwhile is refused, by name.
    """
    merged = dict(stored)
    for name, value in changed.items():
        now = stored.get(name, "")
        if now not in {seen.get(name, ""), value}:
            raise Refusal(
                "Somebody else wrote here meanwhile: “{theirs}”. What you typed is kept.", field=name, theirs=now
            )
        if value:
            merged[name] = value
        else:
            merged.pop(name, None)
    return merged


def missing(step: str, content: Content, facts: Facts) -> tuple[Missing, ...]:
    """What a step still needs before it is complete."""
    lacks = _MINIMUM.get(step)
    return () if lacks is None else tuple(Missing(step, *each) for each in lacks(content, facts))


_Lack = tuple[str, str] | tuple[str, str, Mapping[str, str]]


def _overview(content: Content, facts: Facts) -> list[_Lack]:
    lacks: list[_Lack] = []
    if not identity_confirmed(content):
        lacks.append(("identity", "Confirm the patient with two identifiers."))
    if facts.alerts and not content.get("alerts_read"):
        lacks.append(("alerts_read", "Read the alerts of this patient."))
    return lacks


def _vitals(_content: Content, facts: Facts) -> list[_Lack]:
    return [("vitals", "Not measured yet: {sign}.", {"sign": sign}) for sign in facts.vitals_missing]


def _symptoms(content: Content, _facts: Facts) -> list[_Lack]:
    lacks: list[_Lack] = []
    if not content.get("complaint"):
        lacks.append(("complaint", "Write what the patient comes for."))
    if not content.get("onset"):
        lacks.append(("onset", "Write since when."))
    return lacks


def _history(content: Content, facts: Facts) -> list[_Lack]:
    lacks: list[_Lack] = []
    if facts.allergy_state == "not_asked":
        lacks.append(("allergies", "Ask about allergies; none known is an answer."))
    if not content.get("medicines_reconciled"):
        lacks.append(("medicines_reconciled", "Go through the medicines with the patient."))
    return lacks


def _examination(content: Content, _facts: Facts) -> list[_Lack]:
    if any(name.startswith(SYSTEM) and value for name, value in content.items()) or content.get("not_indicated"):
        return []
    return [("system.general", "Examine at least one system, or say why none is needed.")]


def _diagnosis(content: Content, _facts: Facts) -> list[_Lack]:
    return [] if diagnoses(content) else [("diagnosis", "Name at least one diagnosis; provisional words will do.")]


def _plan(content: Content, _facts: Facts) -> list[_Lack]:
    if any(content.get(name) for name in ("advice", "procedure", "referral", "treatment")):
        return []
    return [("treatment", "Write the advice, procedure, referral or treatment.")]


def _prescription(content: Content, facts: Facts) -> list[_Lack]:
    if facts.prescriptions or content.get("no_medicine"):
        return []
    return [("no_medicine", "Prescribe, or say that no medicine is needed.")]


def _follow_up(content: Content, _facts: Facts) -> list[_Lack]:
    if content.get("none"):
        return []
    try:
        date.fromisoformat(content.get("date", ""))
    except ValueError:
        pass
    else:
        return []
    return [("date", "Give the day of the next visit, or say that none is needed.")]


_MINIMUM = {
    "patient_overview": _overview,
    "vitals": _vitals,
    "symptoms": _symptoms,
    "history": _history,
    "examination": _examination,
    "diagnosis": _diagnosis,
    "plan": _plan,
    "prescription": _prescription,
    "follow_up": _follow_up,
}


def leaning_on(step: str, states: Mapping[str, State]) -> tuple[str, ...]:
    """The steps this one leans on that are not settled: a warning, never a lock."""
    return tuple(other for other in DEPENDS.get(step, ()) if states[other] not in SETTLED)


def unresolved(states: Mapping[str, State], contents: Mapping[str, Content], facts: Facts) -> tuple[Missing, ...]:
    """Everything that is still open before the signature, in the order of the steps; none of it stops signing."""
    found: list[Missing] = []
    for step in STEPS[:-1]:
        if states[step] not in SETTLED:
            lacks = missing(step, contents.get(step, {}), facts)
            begun = states[step] not in {State.NOT_STARTED, State.BLOCKED}
            words = "This step was begun and not completed." if begun else "This step was not opened."
            found += lacks or [Missing(step, "", words)]
    if facts.results_critical:
        count = str(facts.results_critical)
        found.append(Missing("investigations", "", "Critical results to act on: {count}.", {"count": count}))
    if facts.results_pending:
        count = str(facts.results_pending)
        found.append(Missing("investigations", "", "Results still awaited: {count}.", {"count": count}))
    return tuple(found)


def signing_needs(overview: Content, facts: Facts, hard_stops: int) -> tuple[Missing, ...]:
    """The three things without which nobody can sign."""
    needs: list[Missing] = []
    if not identity_confirmed(overview):
        needs.append(Missing("patient_overview", "identity", "Confirm the patient with two identifiers."))
    if facts.allergy_state == "not_asked":
        needs.append(Missing("history", "allergies", "Ask about allergies; none known is an answer."))
    if hard_stops:
        count = str(hard_stops)
        message = "Safety alerts that stop and were not resolved: {count}."
        needs.append(Missing("prescription", "", message, {"count": count}))
    return tuple(needs)
