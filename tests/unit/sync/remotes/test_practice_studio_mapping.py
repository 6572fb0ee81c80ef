"""Between the chart and Practice Studio nothing is lost, whatever either of them says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.port import Kind, Story
from sync.remotes.practice_studio.client import SHAPES, Client
from sync.remotes.practice_studio.remote import PracticeStudioRemote
from sync.transport.opening import Endings
from tests.unit.sync import stories
from tests.unit.sync.remotes import laws
from tests.unit.sync.stories import Linked, Unlinked, many

REMOTE = PracticeStudioRemote(Client(lambda call: pytest.fail(f"{call} was sent")), Endings(), {})
TOLD = {
    Kind.PATIENT: SHAPES["PUT /api/v1/patients/{patient_id}"],
    Kind.APPOINTMENT: SHAPES["POST /api/v1/appointments"],
}


@pytest.mark.parametrize("kind", TOLD)
def test_hearing_back_what_was_told_changes_nothing(kind: Kind) -> None:
    @many
    @given(stories.OF[kind](), st.booleans())
    def holds(story: Story, linked: bool) -> None:
        laws.hearing_back_what_was_told_changes_nothing(REMOTE, story, Linked() if linked else Unlinked())

    holds()


@pytest.mark.parametrize("kind", TOLD)
def test_what_is_heard_is_what_would_be_told(kind: Kind) -> None:
    @many
    @given(stories.OF[kind](), stories.OF[kind]())
    def holds(mine: Story, theirs: Story) -> None:
        laws.what_is_heard_is_what_would_be_told(REMOTE, mine, theirs, Linked())

    holds()


@pytest.mark.parametrize("kind", TOLD)
def test_a_record_can_be_made_of_a_body_alone(kind: Kind) -> None:
    @many
    @given(stories.OF[kind]())
    def holds(story: Story) -> None:
        laws.a_record_can_be_made_of_a_body_alone(REMOTE, story, Linked())

    holds()


@pytest.mark.parametrize("kind", TOLD)
def test_nothing_undocumented_is_told(kind: Kind) -> None:
    @many
    @given(stories.OF[kind]())
    def holds(story: Story) -> None:
        laws.nothing_undocumented_is_told(REMOTE, story, Linked(), TOLD[kind])

    holds()
