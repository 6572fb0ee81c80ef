"""A consultation there: begun, saved step by step, finished; its steps are known by name here and by number there.

The document gives eleven steps and shows three names: ``patient_overview``, ``vitals``, ``symptoms``. Its example of
the state has the first two completed, the third in progress and ``current_step`` 2; its example of a save writes the
complaint to step 2. Both agree only where the count begins at nought; it is nowhere said, so that it is a setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sync.port import Body, Kind, Links, Sending, Story
from sync.records.condition import Condition
from sync.records.document import DocumentReference
from sync.records.elements import Reference
from sync.records.encounter import Encounter
from sync.records.observation import Observation
from sync.remotes.arocord_hims.mapping.names import SYSTEM, TITLE
from sync.telling.folding import fold
from sync.telling.lenses import Lens, change, first_of, in_words, left, of, shown
from sync.telling.notes import current, section_of
from sync.telling.words import LOINC, code_in, refer, told_id, words
from sync.telling.work import (
    DIASTOLIC,
    SYSTOLIC,
    exact,
    extra,
    part_of_note,
    pressure,
    with_part_of_note,
    with_pressure,
)

COMPLAINT = "10154-3"
WORKFLOW = "adaptive"
DOCUMENTED_STEPS: Mapping[str, int] = MappingProxyType({"patient_overview": 0, "vitals": 1, "symptoms": 2})


@dataclass(frozen=True)
class Steps:
    """Which number each step has: what an administrator set, else as the examples have it."""

    numbers: Mapping[str, int] = field(default_factory=lambda: DOCUMENTED_STEPS)

    def next_of(self, sending: Sending, current_step: int | None, saved: int | None = None) -> tuple[int, str]:
        """The step that is saved now, one at a time: the lowest that changed, and no number skipped before it.

        Where the number did not move by what was saved last, it is that of the last step, not of the next.
        """
        if saved is not None and current_step == saved:
            current_step = saved + 1
        wanted = sorted(
            (number, name)
            for name, number in self.numbers.items()
            if name in sending.body and (not sending.changed or name in sending.changed)
        )
        if not wanted:
            raise LookupError("nothing of this changes a step")
        number, name = wanted[0]
        if current_step is None or current_step >= number:
            return number, name
        between = {at: called for called, at in self.numbers.items()}
        return current_step, between.get(current_step, "")


def read_steps(text: str | None) -> Steps:
    """Steps as a setting has them: ``patient_overview=0 vitals=1 symptoms=2``. Raises ValueError for anything else."""
    if not text:
        return Steps()
    pairs = [each.partition("=") for each in text.split()]
    return Steps({name: int(number) for name, _sign, number in pairs})


def _appointment(story: Story) -> Reference | None:
    found = extra(first_of(story, Encounter), "appointment")
    first = found[0] if isinstance(found, (list, tuple)) and found else None
    return Reference.model_validate(first) if isinstance(first, dict) else None


def _put_patient(story: Story, value: Any, links: Links) -> Story:
    before = first_of(story, Encounter).subject
    return change(story, subject=refer(SYSTEM, Kind.PATIENT, value, links)) if before is None else story


def _put_appointment(story: Story, value: Any, links: Links) -> Story:
    made = refer(SYSTEM, Kind.APPOINTMENT, value, links)
    if made is None or _appointment(story) is not None:
        return story
    return change(story, appointment=[made.model_dump(by_alias=True, exclude_unset=True)])


def _vitals(story: Story, _links: Links) -> Body | None:
    both = pressure(story)
    return {"bp": both} if both else None


def _put_vitals(story: Story, value: Any, _links: Links) -> Story:
    return with_pressure(story, value.get("bp"), TITLE) if isinstance(value, dict) else story


def _symptoms(story: Story, _links: Links) -> Body | None:
    reasons = [text for each in first_of(story, Encounter).reason_code if (text := words(each))]
    complaint = part_of_note(story, COMPLAINT) or "; ".join(reasons)
    return {"chief_complaint": complaint} if complaint else None


def _put_symptoms(story: Story, value: Any, _links: Links) -> Story:
    complaint = value.get("chief_complaint") if isinstance(value, dict) else None
    return with_part_of_note(story, COMPLAINT, complaint) if complaint else story


def _only(member: str) -> Any:
    """A step as it is compared: by the one member that has a place here, or whole where it says more than that."""

    def same(value: Any) -> Any:
        more = isinstance(value, dict) and fold({name: each for name, each in value.items() if name != member})
        return fold(value.get(member)) if isinstance(value, dict) and not more else fold(value)

    return same


def _reads(member: str, read: Any) -> Any:
    """Whether a step says nothing but what has a place here: a temperature has none, and is not nothing."""

    def reads(value: Any) -> bool:
        if not isinstance(value, dict):
            return fold(value) is None
        said = {name for name, each in value.items() if fold(each) is not None}
        return said <= {member} and (member not in said or bool(read(value[member])))

    return reads


def _is_pressure(value: Any) -> bool:
    high, _slash, low = value.partition("/") if isinstance(value, str) else ("", "", "")
    return exact(high.strip()) is not None and exact(low.strip()) is not None


def told_of(name: str, body: Body) -> Any:
    """What a step says of what can be told of it."""
    step = body.get(name)
    return fold(step.get(TOLD_BY[name])) if isinstance(step, dict) else None


def _status(story: Story, _links: Links) -> str | None:
    return "completed" if first_of(story, Encounter).status == "finished" else None


def _put_status(story: Story, value: Any, _links: Links) -> Story:
    """How far it is there, where the chart knows nothing of it; a visit that was signed here stays finished."""
    ours = {"completed": "finished", "in_progress": "in-progress"}.get(str(value))
    blank = first_of(story, Encounter).status == "unknown"
    return change(story, status=ours) if blank and ours else story


def _workflow(_story: Story, _links: Links) -> str:
    return WORKFLOW


LENSES = (
    Lens(
        "patient_id",
        lambda story, links: told_id(first_of(story, Encounter).subject, SYSTEM, Kind.PATIENT, links),
        _put_patient,
    ),
    Lens(
        "appointment_id",
        lambda story, links: told_id(_appointment(story), SYSTEM, Kind.APPOINTMENT, links),
        _put_appointment,
    ),
    Lens("workflow_type", _workflow, left),
    Lens("vitals", _vitals, _put_vitals, same=_only("bp"), reads=_reads("bp", _is_pressure)),
    Lens(
        "symptoms",
        _symptoms,
        _put_symptoms,
        same=_only("chief_complaint"),
        reads=_reads("chief_complaint", lambda value: isinstance(value, str)),
    ),
    shown("doctor_id"),
    shown("current_step"),
    shown("total_steps"),
    in_words(Lens("status", _status, _put_status), ("completed", "in_progress")),
    shown("started_at"),
)
STEPPED = frozenset({"vitals", "symptoms"})
# How a step is told where it is shown without its name: as the document's example of saving one has it, all in one.
TOLD_BY = {"vitals": "bp", "symptoms": "chief_complaint"}


def body_of(raw: Mapping[str, Any]) -> Body:
    """The body of a consultation: its steps by name, each with its data alone."""
    named = {each.name for each in LENSES} - STEPPED
    body: Body = {name: value for name, value in raw.items() if name in named}
    steps = raw.get("step_data")
    for name in STEPPED:
        step = _step(name, steps) if isinstance(steps, dict) else None
        # A step that was not saved is shown as empty: it is known that it is not there.
        body[name] = {}
        if isinstance(step, dict):
            inner = step.get("data")
            data = inner if isinstance(inner, dict) else step
            data = {member: value for member, value in data.items() if member not in {"completed", "in_progress"}}
            if data:
                body[name] = data
    return body


def _step(name: str, steps: Mapping[str, Any]) -> Any:
    """A step as the state shows it: under its name, or else among what was saved, however that is put there."""
    if isinstance(steps.get(name), dict):
        return steps[name]
    member = TOLD_BY[name]
    saved = (steps, *(each for each in steps.values() if isinstance(each, dict)))
    return next(({member: each[member]} for each in saved if isinstance(each.get(member), str)), None)


def homeless(story: Story) -> tuple[str, ...]:
    """What was done and written at a visit that the document has no step for."""
    signs = {code_in(each.code, LOINC) for each in of(story, Observation)} - {SYSTOLIC, DIASTOLIC}
    parts = {section_of(each) for each in current(of(story, DocumentReference))} - {COMPLAINT}
    said = {
        "vital signs other than blood pressure": bool(signs),
        "parts of the note other than the complaint": bool(parts),
        "diagnoses": bool(of(story, Condition)),
    }
    return tuple(name for name, has in said.items() if has)


def references(story: Story) -> tuple[tuple[Kind, Reference | None], ...]:
    """What must be known there before."""
    one = first_of(story, Encounter)
    return (Kind.PATIENT, one.subject), (Kind.APPOINTMENT, _appointment(story))


def blank(story: Story | None) -> Story:
    """A visit of which the chart knows nothing yet."""
    first = {"resourceType": "Encounter", "status": "unknown", "class": {"code": "AMB"}}
    return story or Story(Kind.ENCOUNTER, "", 0, None, Encounter.model_validate(first))
