"""Between the chart and Healify nothing is lost, whatever either of them says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.port import Kind, Story
from sync.remotes.healify.attachments import Attachments
from sync.remotes.healify.client import SHAPES, Client
from sync.remotes.healify.remote import HealifyRemote
from sync.telling.shapes import shape
from sync.transport.opening import Endings
from tests.unit.sync import stories
from tests.unit.sync.remotes import laws
from tests.unit.sync.stories import Linked, Unlinked, many

REMOTE = HealifyRemote(
    Client(lambda call: pytest.fail(f"{call} was sent")), Attachments.__new__(Attachments), Endings()
)
BOTH_WAYS = (Kind.PATIENT, Kind.APPOINTMENT, Kind.ENCOUNTER, Kind.DOCUMENT, Kind.PRESCRIPTION)
CREATED = {
    Kind.PATIENT: SHAPES["POST /api/v1/patients"],
    Kind.APPOINTMENT: SHAPES["POST /api/v1/appointments"],
    Kind.ENCOUNTER: SHAPES["POST /api/v1/medical-records"],
    Kind.DOCUMENT: SHAPES["POST /api/v1/medical-records"],
    Kind.PRESCRIPTION: SHAPES["POST /api/v1/prescriptions"],
    # The id of what it is asked of goes into the address.
    Kind.REFILL: {**SHAPES["POST /api/v1/prescriptions/{prescription_id}/refill"], **shape("prescription_id")},
    Kind.SHARE: {**SHAPES["POST /api/v1/medical-records/{record_id}/share"], **shape("record_id")},
    Kind.ENROLMENT: {**SHAPES["POST /api/v1/digital-programs/{program_id}/enroll"], **shape("program_id")},
}


@pytest.mark.parametrize("kind", CREATED)
def test_hearing_back_what_was_told_changes_nothing(kind: Kind) -> None:
    @many
    @given(stories.OF[kind](), st.booleans())
    def holds(story: Story, linked: bool) -> None:
        links = Linked() if linked or kind is Kind.SHARE else Unlinked()
        laws.hearing_back_what_was_told_changes_nothing(REMOTE, story, links)

    holds()


@pytest.mark.parametrize("kind", BOTH_WAYS)
def test_what_is_heard_is_what_would_be_told(kind: Kind) -> None:
    @many
    @given(stories.OF[kind](), stories.OF[kind]())
    def holds(mine: Story, theirs: Story) -> None:
        laws.what_is_heard_is_what_would_be_told(REMOTE, mine, theirs, Linked())

    holds()


@pytest.mark.parametrize("kind", BOTH_WAYS)
def test_a_record_can_be_made_of_a_body_alone(kind: Kind) -> None:
    @many
    @given(stories.OF[kind]())
    def holds(story: Story) -> None:
        laws.a_record_can_be_made_of_a_body_alone(REMOTE, story, Linked())

    holds()


@pytest.mark.parametrize("kind", CREATED)
def test_nothing_undocumented_is_told(kind: Kind) -> None:
    @many
    @given(stories.OF[kind]())
    def holds(story: Story) -> None:
        laws.nothing_undocumented_is_told(REMOTE, story, Linked(), CREATED[kind])

    holds()
