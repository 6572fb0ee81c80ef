"""Notifications and tasks: their kinds, how pressing they are, how long they may be put off, and who is told next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic_desktop.domain.refusals import Refusal

CATEGORIES = ("critical_result", "refused_prescription", "refill", "conflict", "task", "message")
PRIORITIES = ("low", "normal", "high", "critical")
LONGEST_TITLE, LONGEST_BODY = 200, 5000
LONGEST_SNOOZE = timedelta(days=31)
# What must be answered cannot be put off for long: a critical value waits for nobody.
LONGEST_SNOOZE_OF_WHAT_MUST_BE_ANSWERED = timedelta(minutes=15)


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder: after so long without an answer these roles are told."""

    after: timedelta
    roles: tuple[str, ...]


# A critical result is told at once to whoever asked for it, and to somebody else where that fails (ISO 15189:2022,
# 7.4.1.3). How long is waited is this product's choice: a quarter, then half an hour, a common limit in hospitals.
LADDER: Sequence[Rung] = (
    Rung(timedelta(minutes=15), ("doctor", "nurse")),
    Rung(timedelta(minutes=30), ("administrator",)),
)


def rung_due(sent_at: datetime, level: int, now: datetime) -> Rung | None:
    """The next rung of something sent at an instant and unanswered since, once its time has come."""
    if level >= len(LADDER):
        return None
    rung = LADDER[level]
    return rung if now - sent_at >= rung.after else None


def require_message(title: str, body: str, category: str, priority: str) -> None:
    """Refuse a message that says nothing or too much; each refusal names its field."""
    if not title.strip():
        raise Refusal("Say in a few words what it is about.", field="title")
    if len(title) > LONGEST_TITLE:
        raise Refusal("A title has at most {most} letters; write the rest below it.", field="title", most=LONGEST_TITLE)
    if len(body) > LONGEST_BODY:
        raise Refusal("A message has at most {most} letters.", field="body", most=LONGEST_BODY)
    if category not in CATEGORIES:
        raise Refusal("Choose a kind.", field="category")
    if priority not in PRIORITIES:
        raise Refusal("Choose how pressing it is.", field="priority")


def require_snooze(until: datetime, now: datetime, *, must_answer: bool) -> None:
    """Refuse to put something off into the past or for too long."""
    longest = LONGEST_SNOOZE_OF_WHAT_MUST_BE_ANSWERED if must_answer else LONGEST_SNOOZE
    if until <= now:
        raise Refusal("This time has passed.", field="until")
    if until - now > longest:
        if must_answer:
            raise Refusal("This must be answered: it can be put off for 15 minutes at most.", field="until")
        raise Refusal("It can be put off for 31 days at most.", field="until")
