"""What Healify's bodies share: who cares, whose it is, and the ids there."""

from collections.abc import Callable
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.elements import Reference
from sync.records.practitioner import Practitioner
from sync.telling.folding import fold
from sync.telling.lenses import of
from sync.telling.people import practitioner_name, practitioner_npi
from sync.telling.words import local_id, refer, told_id, words

SYSTEM = "healify"


def there(reference: Reference | None, kind: Kind, links: Links) -> str | None:
    """The id there of what is pointed at."""
    return told_id(reference, SYSTEM, kind, links)


def here(kind: Kind, remote_id: object, links: Links, display: object = None) -> Reference | None:
    """What stands there under an id, as a reference."""
    return refer(SYSTEM, kind, remote_id, links, display if isinstance(display, str) and display else None)


def person(story: Story, reference: Reference | None) -> Practitioner | None:
    """The person a reference points at, where the story tells of one."""
    wanted = local_id(reference)
    return next((each for each in of(story, Practitioner) if each.id == wanted), None) if wanted else None


def provider(
    find: Callable[[Story], Reference | None], *, npi: bool = False, specialty: bool = False
) -> Callable[[Story, Links], Any]:
    """Somebody who cares, by value: the id there, and what the chart calls them."""

    def get(story: Story, links: Links) -> Any:
        reference = find(story)
        remote = there(reference, Kind.PRACTITIONER, links)
        one = person(story, reference)
        name = practitioner_name(one) if one else (reference.display if reference else None)
        made: dict[str, Any] = {"id": remote, "name": name}
        if npi and one:
            made["npi"] = practitioner_npi(one)
        if specialty and one and one.qualification:
            made["specialty"] = words(one.qualification[0].code)
        return {part: value for part, value in made.items() if value} or None

    return get


def fold_provider(value: Any) -> Any:
    """Somebody is who their id says: a name proves nobody, and is compared only where there is no id."""
    if isinstance(value, dict) and value.get("id"):
        return {"id": value["id"]}
    return fold(value)
