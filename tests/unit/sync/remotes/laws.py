"""What must hold between any story of the chart and any system that is told of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from sync.port import Body, CannotTell, Kind, Links, Seen, Story, Telling
from sync.records.elements import Resource
from sync.telling.masks import has_mask
from sync.telling.shapes import Shape, require

REMOTE_ID = "there"


class Mapper(Protocol):
    """The part of a remote that makes no requests."""

    def project(self, story: Story, links: Links) -> Telling | CannotTell:
        """What would be told."""
        ...

    def adopt(self, seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
        """What the chart would hold."""
        ...

    def canonical(self, kind: Kind, body: Body) -> Body:
        """As it is compared."""
        ...

    def unread(self, seen: Seen, links: Links) -> frozenset[str]:
        """What could not be read."""
        ...


def told(remote: Mapper, story: Story, links: Links) -> list[Body]:
    """The bodies that a story is told in."""
    telling = remote.project(story, links)
    assert isinstance(telling, Telling), telling
    return list(telling.parts) or [telling.body]


def records(story: Story) -> tuple[Resource, ...]:
    """All records of a story, in their order."""
    return (story.first, *story.rest)


def hearing_back_what_was_told_changes_nothing(remote: Mapper, story: Story, links: Links) -> None:
    """`adopt(seen(project(x)), x) == x`: whatever has no home there is still here, to the last member."""
    for part, body in enumerate(told(remote, story, links)):
        heard = remote.adopt(Seen(story.kind, REMOTE_ID, body, part=part), story, links)
        assert heard == records(story)
        assert [each.model_dump(by_alias=True) for each in heard] == [
            each.model_dump(by_alias=True) for each in records(story)
        ]


def what_is_heard_is_what_would_be_told(remote: Mapper, mine: Story, theirs: Story, links: Links) -> None:
    """Laying their body over mine makes mine say what theirs says, in every member that theirs has."""
    heard = told(remote, theirs, links)[0]
    after = remote.adopt(Seen(mine.kind, REMOTE_ID, heard), mine, links)
    again = told(remote, replace(mine, first=after[0], rest=after[1:]), links)[0]
    said = remote.canonical(mine.kind, heard)
    _same({name: remote.canonical(mine.kind, again).get(name) for name in said}, said)
    # And the whole of it laid once more changes nothing more.
    assert (
        remote.adopt(Seen(mine.kind, REMOTE_ID, heard), replace(mine, first=after[0], rest=after[1:]), links) == after
    )


def a_record_can_be_made_of_a_body_alone(remote: Mapper, story: Story, links: Links) -> None:
    """What only they have becomes records that say the same."""
    heard = told(remote, story, links)[0]
    made = remote.adopt(Seen(story.kind, REMOTE_ID, heard), None, links)
    again = told(remote, Story(story.kind, "new", 1, story.patient_id, made[0], made[1:]), links)[0]
    assert remote.unread(Seen(story.kind, REMOTE_ID, heard), links) == frozenset()
    said = remote.canonical(story.kind, heard)
    _same({name: remote.canonical(story.kind, again).get(name) for name in said}, said)


def nothing_undocumented_is_told(remote: Mapper, story: Story, links: Links, shape: Shape) -> None:
    """Every member is one that the document names, and none is a mask."""
    for body in told(remote, story, links):
        require(body, shape)
        assert not has_mask(body)


def strange(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A body with members that nobody documented, at the top and inside."""
    made: dict[str, Any] = {**raw, "unheard_of": {"deep": [1, {"er": None}]}}
    for name, value in raw.items():
        if isinstance(value, dict):
            made[name] = {**value, "unheard_of_too": "kept"}
    return made


def _same(found: Body, wanted: Body) -> None:
    differing = {name: (found.get(name), wanted[name]) for name in wanted if found.get(name) != wanted[name]}
    assert not differing, differing
