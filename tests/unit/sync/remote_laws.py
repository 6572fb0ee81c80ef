"""What holds of every remote: the laws between the chart's records and the bodies that a system is told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sync.port import Body, CannotTell, Kind, Remote, Seen, Sending, Story, Telling
from sync.transport.outcomes import Answer, Call, Refused
from tests.unit.sync.drawn import only
from tests.unit.sync.stories import OF, Linked
from tests.unit.sync.story_lab import of_lab_results, of_notices, of_something, with_number

STORIES: Mapping[Kind, Callable[[], st.SearchStrategy[Story]]] = {
    **OF,
    Kind.LAB_RESULT: of_lab_results,
    Kind.NOTICE: of_notices,
    Kind.PATIENT: lambda: OF[Kind.PATIENT]().map(with_number),
    Kind.DISPENSE: lambda: OF[Kind.DISPENSE]().map(of_something),
    Kind.CLAIM: lambda: OF[Kind.CLAIM]().map(of_something),
}


# For what a few stories show as well as many; a busy machine makes them slowly, which is no fault of theirs.
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Recorder:
    """A way out that leads nowhere: it remembers each call, and answers with an id alone."""

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.calls: list[Call] = []
        self.answers = dict(answers or {})

    def send(self, call: Call) -> Answer:
        self.calls.append(call)
        found = self.answers.get(call.endpoint, {"id": "made"})
        return Answer(200, {}, found(call) if callable(found) else found)


def told(remote: Remote, story: Story, links: Linked) -> Telling:
    """What is told of a story; stories that this system cannot be told are none of the law's business."""
    found = remote.project(story, links)
    only(where=not isinstance(found, CannotTell))
    assert isinstance(found, Telling)
    return found


def bodies(telling: Telling) -> tuple[Body, ...]:
    return telling.parts or (telling.body,)


def comes_back_whole(remote: Remote, story: Story) -> None:
    """Telling a story and laying what was told over it changes nothing at all."""
    links = Linked()
    records = (story.first, *story.rest)
    for part, body in enumerate(bodies(told(remote, story, links))):
        laid = remote.adopt(Seen(story.kind, "there", body, part=part), story, links)
        assert laid == records
    hidden = dict.fromkeys(bodies(told(remote, story, links))[0], "[ENCRYPTED]")
    assert remote.adopt(Seen(story.kind, "there", hidden), story, links) == records


def says_it_again(remote: Remote, story: Story, left_out: frozenset[str] = frozenset()) -> None:
    """Records that are made of a body alone say the same body again."""
    links = Linked()
    for body in bodies(told(remote, story, links)):
        first, *rest = remote.adopt(Seen(story.kind, "there", body), None, links)
        made = replace(story, first=first, rest=tuple(rest), marker="")
        again = told(remote, made, links)
        assert said(remote, story.kind, again.body, left_out) == said(remote, story.kind, body, left_out)
        assert not remote.unread(Seen(story.kind, "there", body), links) - left_out


def takes_a_change(remote: Remote, story: Story, other: Story, left_out: frozenset[str] = frozenset()) -> None:
    """A member that is different there is laid over the records, and then the records say it."""
    links = Linked()
    mine, theirs = told(remote, story, links).body, told(remote, other, links).body
    for name in theirs.keys() - left_out:
        changed = mine | {name: theirs[name]}
        first, *rest = remote.adopt(Seen(story.kind, "there", changed), story, links)
        after = told(remote, replace(story, first=first, rest=tuple(rest)), links).body
        assert said(remote, story.kind, after, left_out) == said(remote, story.kind, changed, left_out), name
        # Nothing is lost on the way: every record that was there is there, as it was or with a later state.
        kept = {(each.resource_type, each.id) for each in (first, *rest)}
        assert {(each.resource_type, each.id) for each in (story.first, *story.rest)} <= kept


def said(remote: Remote, kind: Kind, body: Body, left_out: frozenset[str]) -> Body:
    return {name: value for name, value in remote.canonical(kind, body).items() if name not in left_out and value}


def sends_what_is_told(remote: Remote, recorder: Recorder, story: Story, in_path: frozenset[str] = frozenset()) -> None:
    """One request that changes anything, with members of what was told and no others."""
    for part, body in enumerate(bodies(told(remote, story, Linked()))):
        recorder.calls.clear()
        remote.send(Sending(story.kind, "create", body, part=part))
        [call] = recorder.calls
        assert call.method in {"POST", "PUT"}
        assert call.body is not None
        assert call.body == {name: body[name] for name in call.body}
        assert call.body.keys() | in_path | body.keys() == body.keys() | in_path
        assert not in_path & call.body.keys()


def hides_nothing_away(remote: Remote, recorder: Recorder, kind: Kind, body: Body, member: str) -> None:
    """A body that holds a mask anywhere is refused before a byte leaves."""
    for mask in ("[ENCRYPTED]", "encrypted names", {"deep": ["encrypted contact info"]}):
        recorder.calls.clear()
        for op in ("create", "update"):
            with pytest.raises(Refused):
                remote.send(Sending(kind, op, body | {member: mask}, remote_id="r"))
        assert recorder.calls == []


def every_member_has_a_rule(remote: Remote, cells: Mapping[Kind, Any]) -> None:
    """What has no rule is never compared and never updated: each member that is told has one that is not theirs."""
    for kind, profile in remote.profile.kinds.items():
        names = {lens.name for lens in cells[kind].lenses}
        assert set(profile.rules) == names, kind
        assert all(
            not profile.rules[lens.name].theirs or not lens.told or lens.name in _ONCE or kind is Kind.NOTICE
            for lens in cells[kind].lenses
        )


# Told once with the create, and nobody's to change afterwards; of a notice that is all of it.
_ONCE = frozenset({"mrn", "patient_id", "appointment_id", "workflow_type"})
