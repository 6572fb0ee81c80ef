"""A system that answers with another record than the one it was asked for: it is never taken for that one."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sync.port import Kind, Remote
from sync.remotes.arocord_hims.remote import open_remote as arocord
from sync.remotes.healify.remote import open_remote as healify
from sync.remotes.healthcare_records.remote import open_remote as records
from sync.remotes.hms_enterprise.remote import open_remote as hms
from sync.remotes.practice_studio.remote import open_remote as studio
from sync.transport.opening import Opening
from sync.transport.outcomes import Garbled
from tests.contract.replayed import Network, json_answer, opening

ONE, OTHER = "1111aaaa-0000-4000-8000-000000000001", "2222bbbb-0000-4000-8000-000000000002"
READ = [
    (healify, Kind.PATIENT, "pat_1", {"id": "pat_2", "first_name": "Ada"}),
    (healify, Kind.APPOINTMENT, "apt_1", {"id": "apt_2", "patient_id": "pat_1"}),
    (healify, Kind.PRESCRIPTION, "prx_1", {"id": "prx_2", "patient_id": "pat_1"}),
    (healify, Kind.ENCOUNTER, "rec_1", {"id": "rec_2", "patient_id": "pat_1", "type": "consultation"}),
    (studio, Kind.PATIENT, "PAT-1", {"id": "PAT-2", "firstName": "Ada"}),
    (records, Kind.PATIENT, ONE, {"id": OTHER, "gender": "female"}),
    (records, Kind.IMMUNIZATION, ONE, {"id": OTHER, "vaccine_code": "208"}),
    (records, Kind.DOCUMENT, ONE, {"id": OTHER, "title": "Letter"}),
    (hms, Kind.PATIENT, ONE, {"id": OTHER, "first_name": "Ada"}),
    (hms, Kind.LAB_RESULT, ONE, {"order_id": OTHER, "patient_id": ONE, "results": []}),
    (arocord, Kind.PATIENT, ONE, {"success": True, "data": {"patient": {"id": OTHER, "mrn": "M2"}}}),
    (arocord, Kind.ENCOUNTER, ONE, {"success": True, "data": {"consultation": {"id": OTHER, "status": "started"}}}),
]


def opened(open_remote: Callable[[Opening], Remote], answer: Any) -> Remote:
    def network(request: httpx.Request) -> httpx.Response:
        return json_answer({"success": True, "data": []} if "history" in request.url.path else answer)

    return open_remote(opening("https://there.example/v1", Network(network), {}))


@pytest.mark.parametrize(("open_remote", "kind", "asked", "answer"), READ)
def test_another_record_is_not_taken_for_the_one_that_was_asked_for(
    open_remote: Callable[[Opening], Remote], kind: Kind, asked: str, answer: Any
) -> None:
    with pytest.raises(Garbled) as raised:
        opened(open_remote, answer).read(kind, asked)
    assert "Ada" not in str(raised.value)


def test_an_id_in_other_letters_is_the_same_record() -> None:
    found = opened(records, {"id": ONE.upper(), "gender": "female"}).read(Kind.PATIENT, ONE)
    assert (found.remote_id, found.body["gender"]) == (ONE, "female")


def test_visits_of_others_in_a_list_of_one_patient_are_not_theirs() -> None:
    visits = [{"id": "e1", "patient_id": ONE, "encounter_type": "office"}, {"id": "e2", "patient_id": OTHER}]
    page = opened(hms, {"encounters": visits, "total": 2}).page(
        Kind.ENCOUNTER, parent=ONE, since=None, until=None, cursor=None
    )
    assert ([one.remote_id for one in page.items], len(page.broken)) == (["e1"], 1)
