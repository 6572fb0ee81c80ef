"""Between the chart and the Healthcare Records API nothing is lost, and nothing hidden is ever sent back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.port import Kind, Story, Telling
from sync.remotes.healthcare_records.client import SHAPES, Client
from sync.remotes.healthcare_records.remote import HealthcareRecordsRemote
from sync.transport.opening import Endings
from tests.unit.sync import stories
from tests.unit.sync.remotes import laws
from tests.unit.sync.stories import Linked, Unlinked, many

REMOTE = HealthcareRecordsRemote(Client(lambda call: pytest.fail(f"{call} was sent")), Endings(), {})
TOLD = {
    Kind.PATIENT: SHAPES["POST /patients"],
    Kind.IMMUNIZATION: SHAPES["POST /immunizations"],
    Kind.DOCUMENT: SHAPES["POST /documents"],
    Kind.ENCOUNTER: SHAPES["POST /documents"],
    Kind.CONSENT: SHAPES["POST /consents"],
}


def is_told(story: Story) -> bool:
    """A visit with no note is told when there is one."""
    return isinstance(REMOTE.project(story, Linked()), Telling)


@pytest.mark.parametrize("kind", TOLD)
def test_hearing_back_what_was_told_changes_nothing(kind: Kind) -> None:
    @many
    @given(stories.OF[kind]().filter(is_told), st.booleans())
    def holds(story: Story, linked: bool) -> None:
        laws.hearing_back_what_was_told_changes_nothing(REMOTE, story, Linked() if linked else Unlinked())

    holds()


@pytest.mark.parametrize("kind", TOLD)
def test_what_is_heard_is_what_would_be_told(kind: Kind) -> None:
    @many
    @given(stories.OF[kind]().filter(is_told), stories.OF[kind]().filter(is_told))
    def holds(mine: Story, theirs: Story) -> None:
        laws.what_is_heard_is_what_would_be_told(REMOTE, mine, theirs, Linked())

    holds()


@pytest.mark.parametrize("kind", [kind for kind in TOLD if kind is not Kind.PATIENT])
def test_a_record_can_be_made_of_a_body_alone(kind: Kind) -> None:
    @many
    @given(stories.OF[kind]().filter(is_told))
    def holds(story: Story) -> None:
        laws.a_record_can_be_made_of_a_body_alone(REMOTE, story, Linked())

    holds()


@pytest.mark.parametrize("kind", TOLD)
def test_nothing_undocumented_is_told(kind: Kind) -> None:
    @many
    @given(stories.OF[kind]().filter(is_told))
    def holds(story: Story) -> None:
        laws.nothing_undocumented_is_told(REMOTE, story, Linked(), TOLD[kind])

    holds()
