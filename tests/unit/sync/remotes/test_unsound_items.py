"""An item of a list that nobody could keep: its id is kept where it can be read, and it stops none of the others."""

import json
from typing import Any

import httpx
import pytest

from sync.port import Kind, Listed, Page
from sync.records.exact import is_sound
from sync.remotes.arocord_hims.remote import ArocordRemote
from sync.remotes.healify.remote import open_remote as healify
from sync.remotes.practice_studio.remote import PracticeStudioRemote
from sync.remotes.practice_studio.remote import open_remote as practice_studio
from sync.transport.outcomes import Misshapen
from tests.contract.replayed import Network, opening
from tests.unit.sync.remote_laws import Recorder

# Of what no text holds half a character is mended where an answer comes in (`transport.decoding`), and this is not.
NONE = "\0 moved to the other clinic"


def deep() -> Any:
    found: Any = "x"
    for _floor in range(300):
        found = [found]
    return found


def row(remote_id: Any, **more: Any) -> dict[str, Any]:
    return {"id": remote_id, "patient_id": "PAT-1", "patientId": "PAT-1", "status": "scheduled", **more}


ROWS = [
    row("APT-1"), row("APT-2", notes=NONE), None, None, 7, "APT-3", row("\0"), row("APT-4", notes="a\0b"),
    row("APT-5", **{"\0": "x"}), row("APT-6", notes=deep()), row("APT-7"),
]  # fmt: skip
NAMED = {"APT-2": "notes", "APT-4": "notes", "APT-5": "", "APT-6": "notes"}


def arocord(rows: list[Any]) -> ArocordRemote:
    return ArocordRemote(Recorder({"GET /appointments": {"success": True, "data": {"appointments": rows}}}), {})


def studio(rows: list[Any]) -> PracticeStudioRemote:
    body = {"total": len(rows), "appointments": rows}
    return practice_studio(opening("https://studio.example/v1", Network(lambda _request: as_bytes(body)), {}))


def as_bytes(body: Any) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def listed(remote: Any) -> Page:
    found = remote.page(Kind.APPOINTMENT, parent=None, since=None, until=None, cursor=None)
    assert isinstance(found, Page)
    return found


def not_read(page: Page) -> list[tuple[str, str]]:
    """The ids and words of what could not be read, in the order of the list; the items themselves can be kept."""
    assert all(is_sound(item) for _id, item in page.lost)
    words = [each.partition(": ")[2].removesuffix("cannot be read").strip() for each in page.broken]
    return [(remote_id, said) for (remote_id, _item), said in zip(page.lost, words, strict=True)]


@pytest.mark.parametrize("remote", [arocord, studio])
def test_an_unsound_item_keeps_its_id_and_stops_none_of_the_others(remote: Any) -> None:
    page = listed(remote(ROWS))
    assert [each.remote_id for each in page.items] == ["APT-1", "APT-7"]
    found = not_read(page)
    assert {remote_id: said for remote_id, said in found if remote_id} == NAMED
    assert len(found) == len(ROWS) - 2


@pytest.mark.parametrize("remote", [arocord, studio])
def test_reading_an_unsound_record_through_its_list_says_that_it_is_there_in_another_shape(remote: Any) -> None:
    with pytest.raises(Misshapen) as found:
        remote(ROWS).read(Kind.APPOINTMENT, "APT-2", parent="PAT-1")
    assert found.value.print
    assert "moved" not in str(found.value)


def test_healify_lists_them_as_the_others_do() -> None:
    body = {"data": ROWS, "total": len(ROWS), "limit": 100, "offset": 0}
    page = listed(healify(opening("https://healify.example", Network(lambda _request: as_bytes(body)), {})))
    assert not isinstance(page, Listed)
    assert {remote_id for remote_id, _item in page.lost if remote_id} == NAMED.keys()


def test_a_page_whose_own_words_no_text_holds_is_of_another_shape() -> None:
    body = {"data": [], "total": 0, "note": NONE}
    with pytest.raises(Misshapen):
        listed(healify(opening("https://healify.example", Network(lambda _request: as_bytes(body)), {})))
