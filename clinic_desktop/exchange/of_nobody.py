"""What comes from a system and is about no patient: it has a place here, is known by a number, or is left."""

from collections.abc import Callable, Mapping

from clinic_desktop.domain import coding
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.told import NPI
from clinic_desktop.services import heard
from clinic_desktop.services.acts import Act
from sync.port import Kind
from sync.records.exact import Json

_TITLE = 200


def _programme(act: Act, said: Json, title: str) -> str | None:
    if not said.get("title"):
        return None
    return heard.bring_programme(act, str(said["title"]), str(said.get("description", "")), title)


def _colleague(act: Act, said: Json, _title: str) -> str | None:
    numbers = [each["value"] for each in said.get("identifier", ()) if each.get("system") == NPI and each.get("value")]
    return heard.known_by_number(act, numbers[0]) if numbers and _is_number(numbers[0]) else None


def _is_number(text: str) -> bool:
    """Whether a national number is one: a mistyped one proves nothing."""
    try:
        return bool(coding.npi(text))
    except Refusal:
        return False


def _place(_act: Act, _said: Json, _title: str) -> str | None:
    return None


def _notice(act: Act, said: Json, title: str) -> str | None:
    parts = [each["contentString"] for each in said.get("payload", ()) if each.get("contentString")]
    topic = said.get("topic", {}).get("text") or (parts[0] if parts else "")
    if not topic:
        return None
    priority = {"urgent": "high", "asap": "high", "stat": "critical"}.get(str(said.get("priority", "")), "normal")
    # A title has room for so much: what is longer stands whole in the body.
    body = [topic] if len(topic) > _TITLE else []
    body += [each for each in parts if each != topic]
    return heard.bring_notice(act, topic[:_TITLE], "\n".join(body), priority, title)


OF_NOBODY: Mapping[Kind, Callable[[Act, Json, str], str | None]] = {
    Kind.PROGRAMME: _programme,
    Kind.PRACTITIONER: _colleague,
    Kind.LOCATION: _place,
    Kind.NOTICE: _notice,
}
