"""A list of HMS that never ends is not looked through for one record: what it does not show is hidden, and not gone."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sync.port import Kind, Sending
from sync.remotes.hms_enterprise.remote import HmsRemote, open_remote
from sync.telling.looking import MOST_PAGES, TooMany
from tests.contract.replayed import Network, json_answer, opening

AT = "2026-03-10T09:00:00Z"


class Endless:
    """Each page a full one that goes on, with other records on it than the one before."""

    def __init__(self) -> None:
        self.pages = 0
        settings = {"prefix": "/api/v1"}
        self.remote: HmsRemote = open_remote(opening("https://there.example/v1", Network(self.answer), settings))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.pages += 1
        name = "patients" if "/patients" in request.url.path else "encounters"
        rows: list[dict[str, Any]] = [{"id": f"r{self.pages}-{n}", "patient_id": "p"} for n in range(100)]
        return json_answer({name: rows, "total": 10**8})


@pytest.mark.parametrize(
    "look",
    [
        lambda remote: remote.read(Kind.ENCOUNTER, "e", parent="p"),
        lambda remote: remote.probe(
            Sending(Kind.ENCOUNTER, "create", {"patient_id": "p", "chief_complaint": "x"}, sent_at=AT)
        ),
        lambda remote: remote.probe(Sending(Kind.PATIENT, "create", {"last_name": "Achieng"}, sent_at=AT)),
    ],
)
def test_so_many_pages_are_looked_through_and_no_more(look: Callable[[HmsRemote], object]) -> None:
    there = Endless()
    with pytest.raises(TooMany):
        look(there.remote)
    assert there.pages == MOST_PAGES


def test_what_is_on_an_early_page_is_found() -> None:
    there = Endless()
    assert there.remote.read(Kind.ENCOUNTER, "r2-7", parent="p").remote_id == "r2-7"
    assert there.pages == 2
