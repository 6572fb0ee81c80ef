"""Between the chart and three systems nothing is lost, whatever either says: for every pair of system and kind."""

import pytest

from sync.port import Kind, Story, Telling
from sync.remotes.healify import client as healify
from sync.remotes.healify.attachments import Attachments
from sync.remotes.healify.remote import HealifyRemote
from sync.remotes.healthcare_records import client as records
from sync.remotes.healthcare_records.remote import HealthcareRecordsRemote
from sync.remotes.practice_studio import client as studio
from sync.remotes.practice_studio.remote import PracticeStudioRemote
from sync.telling.shapes import Shape, shape
from sync.transport.opening import Endings
from sync.transport.outcomes import Answer, Call
from tests.unit.sync import stories
from tests.unit.sync.drawn import drawn, every, only
from tests.unit.sync.loopback import Watch
from tests.unit.sync.remotes import laws
from tests.unit.sync.stories import Linked, Unlinked


def nothing_is_sent(call: Call) -> Answer:
    pytest.fail(f"{call} was sent")


HEALIFY = HealifyRemote(healify.Client(nothing_is_sent), Attachments.__new__(Attachments), Endings())
STUDIO = PracticeStudioRemote(studio.Client(nothing_is_sent), Endings(), {})
RECORDS = HealthcareRecordsRemote(records.Client(nothing_is_sent), Endings(), {}, Watch())
_RECORD = healify.SHAPES["POST /api/v1/medical-records"]
_ABOUT_RECORD = healify.SHAPES["POST /api/v1/medical-records/{record_id}/share"]
TOLD: dict[tuple[laws.Mapper, Kind], Shape] = {
    (HEALIFY, Kind.PATIENT): healify.SHAPES["POST /api/v1/patients"],
    (HEALIFY, Kind.APPOINTMENT): healify.SHAPES["POST /api/v1/appointments"],
    (HEALIFY, Kind.ENCOUNTER): _RECORD,
    (HEALIFY, Kind.DOCUMENT): _RECORD,
    (HEALIFY, Kind.PRESCRIPTION): healify.SHAPES["POST /api/v1/prescriptions"],
    (STUDIO, Kind.PATIENT): studio.SHAPES["PUT /api/v1/patients/{patient_id}"],
    (STUDIO, Kind.APPOINTMENT): studio.SHAPES["POST /api/v1/appointments"],
    (RECORDS, Kind.PATIENT): records.SHAPES["POST /patients"],
    (RECORDS, Kind.IMMUNIZATION): records.SHAPES["POST /immunizations"],
    (RECORDS, Kind.DOCUMENT): records.SHAPES["POST /documents"],
    (RECORDS, Kind.ENCOUNTER): records.SHAPES["POST /documents"],
    (RECORDS, Kind.CONSENT): records.SHAPES["POST /consents"],
}
# What is asked of another record, whose id goes into the address: told, and never heard back in this form.
ASKED: dict[tuple[laws.Mapper, Kind], Shape] = {
    (HEALIFY, Kind.REFILL): {
        **healify.SHAPES["POST /api/v1/prescriptions/{prescription_id}/refill"],
        **shape("prescription_id"),
    },
    (HEALIFY, Kind.SHARE): {**_ABOUT_RECORD, **shape("record_id")},
    (HEALIFY, Kind.ENROLMENT): {
        **healify.SHAPES["POST /api/v1/digital-programs/{program_id}/enroll"],
        **shape("program_id"),
    },
}
EVERY = {**TOLD, **ASKED}
# A key of ours is told with each patient there; a record that is made of a body alone has none yet.
ALONE = [pair for pair in TOLD if pair != (RECORDS, Kind.PATIENT)]


def named(pair: object) -> str:
    return f"{type(pair[0]).__name__}-{pair[1]}" if isinstance(pair, tuple) else str(pair)


def assume_told(remote: laws.Mapper, *given: Story) -> None:
    """Only stories that the system is told of: a visit with no note is told when there is one, for example."""
    for story in given:
        only(where=isinstance(remote.project(story, Linked()), Telling))


@pytest.mark.parametrize("pair", EVERY, ids=named)
def test_hearing_back_what_was_told_changes_nothing(pair: tuple[laws.Mapper, Kind]) -> None:
    remote, kind = pair

    @every(stories.OF[kind])
    def holds(story: Story) -> None:
        assume_told(remote, story)
        laws.hearing_back_what_was_told_changes_nothing(remote, story, Linked())
        if kind is not Kind.SHARE:
            laws.hearing_back_what_was_told_changes_nothing(remote, story, Unlinked())

    holds()


@pytest.mark.parametrize("pair", TOLD, ids=named)
def test_what_is_heard_is_what_would_be_told(pair: tuple[laws.Mapper, Kind]) -> None:
    remote, kind = pair

    @every(stories.OF[kind], stories.OF[kind])
    def holds(mine: Story, theirs: Story) -> None:
        assume_told(remote, mine, theirs)
        laws.what_is_heard_is_what_would_be_told(remote, mine, theirs, Linked())

    holds()


@pytest.mark.parametrize("pair", ALONE, ids=named)
def test_a_record_can_be_made_of_a_body_alone(pair: tuple[laws.Mapper, Kind]) -> None:
    remote, kind = pair

    @every(stories.OF[kind])
    def holds(story: Story) -> None:
        assume_told(remote, story)
        laws.a_record_can_be_made_of_a_body_alone(remote, story, Linked())

    holds()


@pytest.mark.parametrize("pair", EVERY, ids=named)
def test_nothing_undocumented_is_told(pair: tuple[laws.Mapper, Kind]) -> None:
    remote, kind = pair

    @every(stories.OF[kind])
    def holds(story: Story) -> None:
        assume_told(remote, story)
        laws.nothing_undocumented_is_told(remote, story, Linked(), EVERY[pair])

    holds()


@pytest.mark.parametrize("pair", TOLD, ids=named)
def test_every_member_that_is_told_or_shown_has_a_rule(pair: tuple[laws.Mapper, Kind]) -> None:
    remote, kind = pair
    assert isinstance(remote, (HealifyRemote, PracticeStudioRemote, HealthcareRecordsRemote))
    rules = remote.profile.kinds[kind].rules
    # Any story that is told will do.
    tellings = (remote.project(story, Linked()) for story in drawn(stories.OF[kind]))
    telling = next(each for each in tellings if isinstance(each, Telling))
    assert {name for name in telling.body if rules[name].theirs} == set()
    assert set(EVERY[pair]) - {"locationId"} <= rules.keys()
    assert remote.profile.kinds[kind].volatile <= rules.keys()
    assert remote.profile.kinds[kind].only_in_detail <= rules.keys()
