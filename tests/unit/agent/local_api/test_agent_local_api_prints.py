"""A print station takes its prints once they wait, says how they ended, and sees nobody else's."""

import base64
import hashlib
import time

import pytest

from clinic_desktop.agent.local_api.book import LOOK_SECONDS
from clinic_desktop.domain.printing import Target
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.labelling.jobs import carry_out
from clinic_desktop.labelling.jobs import test_job as trial
from clinic_desktop.services import inbox, pairing, printing
from clinic_desktop.services.printing import Printer
from clinic_desktop.store.tables.printing import prints, station_prints
from tests.unit.agent.local_api.api_case import Api


@pytest.fixture
def printer(api: Api) -> Printer:
    """A printer of labels that hangs on the paired station, whatever other tests left of it."""
    there = [one for one in printing.printers(api.admin) if one.target.way == "station"]
    if not there:
        new = Target("Back room", "label", "station", "Printer", documents=("patient-card",))
        printing.add_printer(api.admin, new)
    return next(one for one in printing.printers(api.admin) if one.target.way == "station")


def test_a_print_waits_for_its_station_byte_for_byte_and_is_gone_once_it_came_out(api: Api, printer: Printer) -> None:
    print_id = carry_out(trial(api.admin, printer), 2)
    (waiting,) = api.ask("GET", "/v1/prints", "printer").json()["prints"]
    assert (waiting["id"], waiting["kind"], waiting["copies"]) == (print_id, "zpl", 2)
    api.post(f"/v1/prints/{print_id}/take", "printer", {})
    taken = api.post(f"/v1/prints/{print_id}/take", "printer", {}).json()
    data = base64.b64decode(taken["content"])
    assert data.startswith(b"^XA")
    assert hashlib.sha256(data).hexdigest() == waiting["digest"]
    assert api.post(f"/v1/prints/{print_id}/end", "printer", {}).status_code == 200
    assert api.ask("GET", "/v1/prints", "printer").json() == {"prints": []}
    assert next(row.state for row in api.rows(prints) if row.id == print_id) == "sent"
    assert api.count(station_prints) == 0
    assert api.post(f"/v1/prints/{print_id}/end", "printer", {}).status_code == 404


def test_what_did_not_come_out_is_told_to_whoever_asked_for_it(api: Api, printer: Printer) -> None:
    print_id = carry_out(trial(api.admin, printer))
    assert api.post(f"/v1/prints/{print_id}/end", "printer", {"why": "no paper"}).status_code == 200
    assert next((row.state, row.why) for row in api.rows(prints) if row.id == print_id) == ("failed", "no paper")
    assert any("not printed on Back room" in one.title for one in inbox.inbox(api.admin))


def test_another_station_sees_nothing_and_takes_nothing(api: Api, printer: Printer) -> None:
    other = pairing.new_token()
    pairing.pair_device(api.admin, "printer", "Other", other)
    time.sleep(2 * LOOK_SECONDS)
    print_id = carry_out(trial(api.admin, printer))
    bearer = {"Authorization": f"Bearer {other}"}
    assert api.ask("GET", "/v1/prints", **bearer).json() == {"prints": []}
    for way in ("take", "end"):
        assert api.ask("POST", f"/v1/prints/{print_id}/{way}", body={}, **bearer).status_code == 404
    api.post(f"/v1/prints/{print_id}/end", "printer", {})


def test_a_station_that_is_not_paired_is_no_printer(api: Api) -> None:
    for called in ("nobody", api.devices["scanner"]):
        with pytest.raises(Refusal) as refused:
            printing.add_printer(api.admin, Target("Nowhere", "label", "station", called))
        assert refused.value.field == "address"
