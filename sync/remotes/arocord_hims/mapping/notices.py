"""Notices: what the system tells whoever is signed in, and what an administrator tells people there."""

from typing import Any

from sync.port import Kind, Links, Story
from sync.records.message import Communication, Payload
from sync.remotes.arocord_hims.mapping.names import SYSTEM
from sync.telling.lenses import Lens, change, first_of, in_words, left, shown
from sync.telling.words import id_there, meant, refer, told_id, words

# Ours -> theirs, by FHIR's request priorities.
PRIORITY = {"routine": "medium", "urgent": "high", "asap": "high", "stat": "high"}


def _recipients(story: Story, links: Links) -> list[str]:
    found = [told_id(each, SYSTEM, Kind.PRACTITIONER, links) for each in first_of(story, Communication).recipient]
    return [each for each in found if each]


def _put_recipients(story: Story, value: Any, links: Links) -> Story:
    rows = value if isinstance(value, list) else []
    made = [refer(SYSTEM, Kind.PRACTITIONER, each, links) for each in rows]
    return change(story, recipient=tuple(each for each in made if each is not None))


def _title(story: Story, _links: Links) -> str | None:
    return words(first_of(story, Communication).topic)


def _put_title(story: Story, value: Any, _links: Links) -> Story:
    return change(story, topic=meant(value if isinstance(value, str) else None))


def _message(story: Story, _links: Links) -> str | None:
    texts = [each.content_string for each in first_of(story, Communication).payload]
    return "\n".join(filter(None, texts)) or None


def _put_message(story: Story, value: Any, _links: Links) -> Story:
    return change(story, payload=(Payload(content_string=value),) if isinstance(value, str) and value else ())


def _priority(story: Story, _links: Links) -> str:
    return PRIORITY.get(first_of(story, Communication).priority or "routine", "medium")


def _put_priority(story: Story, value: Any, _links: Links) -> Story:
    return change(story, priority={"high": "urgent", "critical": "stat"}.get(str(value), "routine"))


def _category(story: Story, _links: Links) -> str | None:
    found = first_of(story, Communication).category
    return words(found[0]) if found else None


def _put_category(story: Story, value: Any, _links: Links) -> Story:
    made = meant(value if isinstance(value, str) else None)
    return change(story, category=(made,) if made else ())


def _put_created(story: Story, value: Any, _links: Links) -> Story:
    before = first_of(story, Communication).sent
    return change(story, sent=value) if before is None and isinstance(value, str) and "T" in value else story


def _created(story: Story, _links: Links) -> str | None:
    return first_of(story, Communication).sent


LENSES = (
    Lens("recipient_ids", _recipients, _put_recipients),
    Lens("type", lambda _story, _links: "info", left),
    Lens("title", _title, _put_title),
    Lens("message", _message, _put_message),
    in_words(Lens("priority", _priority, _put_priority), ("low", "medium", "high", "critical")),
    Lens("category", _category, _put_category),
    Lens("created_at", _created, _put_created, told=False),
    shown("action_url"),
    shown("is_read"),
)
NUMBER = id_there(SYSTEM, Kind.NOTICE)


def blank(story: Story | None) -> Story:
    """A notice of which the chart knows nothing yet."""
    first = Communication(resource_type="Communication", status="completed")
    return story or Story(Kind.NOTICE, "", 0, None, first)
