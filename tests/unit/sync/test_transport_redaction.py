"""No name, number, token or note in any log, at any level, whatever came of the request."""

import logging

import httpx
import pytest

from sync.transport.outcomes import Call, Outcome
from sync.transport.redaction import LOGGERS
from sync.transport.signin import Bearer
from tests.unit.sync.loopback import Asked, Drawer, serving, wire_to

SECRETS = ("Quiñones-Ito", "0998-555", "tok3n-of-a-person", "note of the visit", "MRN-77231", "their own words")


def _answer(asked: Asked) -> tuple[int, object]:
    status = 404 if asked.method == "DELETE" else 200
    return status, {"error": {"code": "X", "message": "their own words"}, "name": "Quiñones-Ito", "note": SECRETS[3]}


def test_every_level_of_every_logger_stays_free_of_values(caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, *LOGGERS):
        caplog.set_level(1, logger=name)
    with serving(_answer) as here:
        wire = wire_to(here, Bearer(Drawer(token=SECRETS[2])))
        wire.send(Call("GET /p", "GET", "/p/MRN-77231", query={"search": "Quiñones-Ito", "phone": "0998-555"}))
        wire.send(Call("POST /p", "POST", "/p", body={"notes": SECRETS[3]}))
        with pytest.raises(Outcome) as refused:
            wire.send(Call("DELETE /p/{id}", "DELETE", "/p/MRN-77231"))
        logging.getLogger(__name__).info("refused: %s %r", refused.value, refused.value)
    with pytest.raises(Outcome) as lost:
        wire.send(Call("GET /p", "GET", "/p/MRN-77231", query={"search": "Quiñones-Ito"}))
    logging.getLogger(__name__).info("%s %r %r", lost.value, lost.value, lost.value.call)
    assert len(caplog.records) > 20, "the libraries did log"
    said = "\n".join(logging.Formatter("%(name)s %(message)s").format(record) for record in caplog.records)
    assert [each for each in SECRETS if each in said] == []
    assert "Qui%C3%B1ones" not in said
    assert "127.0.0.1" not in said


def test_without_the_filter_httpx_does_write_what_was_searched_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1, logger="httpx")
    logger = logging.getLogger("httpx")
    filters, logger.filters[:] = list(logger.filters), []
    try:
        with serving(_answer) as here:
            httpx.get(f"{here.base}/p", params={"search": "Okafor"})
    finally:
        logger.filters[:] = filters
    assert "Okafor" in caplog.text


def test_what_is_left_says_what_happened(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1, logger="httpx")
    with serving(_answer) as here:
        wire_to(here, Bearer(Drawer(token="t"))).send(Call("GET /p", "GET", "/p"))
    assert [record.getMessage() for record in caplog.records if record.name == "httpx"] == ["request 200"]
