"""Digital health programmes: what a catalogue entry needs, who may be enrolled, and how far somebody has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clinic_desktop.domain.refusals import Refusal

CATEGORIES = {
    "wellness": "Well-being",
    "therapy": "Therapy",
    "fitness": "Exercise",
    "nutrition": "Nutrition",
    "chronic_care": "Long-term illness",
    "prevention": "Prevention",
}
LONGEST_NAME = 200
LONGEST_TEXT = 5000
MOST_STEPS = 200
MOST_SESSIONS = 100


@dataclass(frozen=True)
class Step:
    """One step: a number of sessions that are done one by one, each perhaps with something measured."""

    title: str
    week: int | None = None
    topics: str = ""
    sessions: int = 1
    minutes: int | None = None
    measure: str = ""


@dataclass(frozen=True)
class Offer:
    """What is looked at before somebody is enrolled."""

    status: str
    starts_on: date | None
    ends_on: date | None
    capacity: int | None
    enrolled: int
    weeks: int | None


@dataclass(frozen=True)
class Progress:
    """How far somebody has come: sessions done of all, in hundredths, and the week of the first step not done."""

    done: int
    total: int
    week: int | None

    @property
    def percent(self) -> int:
        """Whole percent, rounded down, so that only the last session makes it a hundred."""
        return self.done * 100 // self.total if self.total else 0


def require_programme(
    name: str,
    description: str,
    category: str,
    steps: Sequence[Step],
    *,
    weeks: int | None,
    capacity: int | None,
    starts_on: date | None,
    ends_on: date | None,
) -> None:
    """Refuse a catalogue entry that says too little or contradicts itself. Raises Refusal naming the field."""
    if not name.strip():
        raise Refusal("Name the programme.", field="name")
    if len(name) > LONGEST_NAME:
        raise Refusal("This name is too long.", field="name")
    if not description.strip():
        raise Refusal("Say what the programme is.", field="description")
    if len(description) > LONGEST_TEXT:
        raise Refusal("This is too long.", field="description")
    if category not in CATEGORIES:
        raise Refusal("Choose what kind of programme it is.", field="category")
    if weeks is not None and not 1 <= weeks <= 520:
        raise Refusal("Between 1 and 520 weeks.", field="weeks")
    if capacity is not None and capacity < 1:
        raise Refusal("At least one place.", field="capacity")
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Refusal("A programme cannot end before it begins.", field="ends_on")
    _require_steps(steps)


def _require_steps(steps: Sequence[Step]) -> None:
    if not steps:
        raise Refusal("A programme has at least one step.", field="steps")
    if len(steps) > MOST_STEPS:
        raise Refusal("These are too many steps.", field="steps")
    for step in steps:
        if not step.title.strip() or len(step.title) > LONGEST_NAME:
            raise Refusal("Every step has a title of its own.", field="steps")
        if not 1 <= step.sessions <= MOST_SESSIONS:
            raise Refusal("A step has between 1 and {most} sessions.", field="steps", most=MOST_SESSIONS)


def require_open(offer: Offer, starts_on: date, today: date, *, already: bool) -> None:
    """Refuse to enrol somebody where the programme or the day does not allow it. Raises Refusal naming the field."""
    if offer.status != "active":
        raise Refusal("This programme is not offered any more.", field="programme")
    if offer.ends_on is not None and offer.ends_on < today:
        raise Refusal(
            "This programme has ended: {day} was its last day.", field="programme", day=f"{offer.ends_on:%d-%b-%Y}"
        )
    if already:
        raise Refusal("The patient takes part in this programme already.", field="programme")
    if offer.capacity is not None and offer.enrolled >= offer.capacity:
        raise Refusal("This programme is full ({n} places).", field="programme", n=offer.capacity)
    if offer.starts_on is not None and starts_on < offer.starts_on:
        raise Refusal("The programme begins later than this.", field="starts_on")
    if offer.ends_on is not None and starts_on > offer.ends_on:
        raise Refusal("The programme has ended by then.", field="starts_on")


def expected_end(starts_on: date, weeks: int | None) -> date | None:
    """When somebody will be through: the first day after so many weeks."""
    return None if weeks is None else starts_on + timedelta(weeks=weeks)


def progress(steps: Sequence[tuple[str, int, int | None]], done: Mapping[str, int]) -> Progress:
    """How far somebody has come, by steps (id, sessions, week) and how often each was done."""
    counted = {step: min(done.get(step, 0), sessions) for step, sessions, _week in steps}
    week = next((week for step, sessions, week in steps if counted[step] < sessions), None)
    return Progress(sum(counted.values()), sum(sessions for _step, sessions, _week in steps), week)


def read_steps(text: str) -> tuple[Step, ...]:
    """Read steps typed one a line: ``Title | sessions | week | what is measured``; only the title is needed."""
    steps = []
    for line in text.splitlines():
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split("|")] + ["", "", ""]
        title, sessions, week, measure = parts[:4]
        for number in (sessions, week):
            if number and not (number.isascii() and number.isdigit() and len(number) <= 4):
                raise Refusal("“{words}” is not a number. Write: title | sessions | week | what is measured.",
                              field="steps", words=number)  # fmt: skip
        steps.append(Step(title, int(week) if week else None, "", int(sessions) if sessions else 1, None, measure))
    return tuple(steps)


def write_steps(steps: Sequence[Step]) -> str:
    """Write steps as `read_steps` reads them."""
    return "\n".join(
        " | ".join((one.title, str(one.sessions), "" if one.week is None else str(one.week), one.measure)).rstrip(" |")
        for one in steps
    )
