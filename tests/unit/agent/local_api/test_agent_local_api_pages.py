"""The pages work in a real browser, ask nobody but this API, and show a call as it is made."""

import re
from pathlib import Path

import pytest

from clinic_desktop import paths
from clinic_desktop.agent.local_api.routes.pages import PAGES
from clinic_desktop.services import queue
from clinic_desktop.services.numbers import patient_by_mrn
from tests.browsing import BROWSER, opened
from tests.unit.agent.local_api.api_case import Api
from tests.unit.agent.local_api.test_agent_local_api_routes import doctor_of

OWN = {*PAGES, "/v1/openapi.json", "/v1/calls/events", "/favicon.ico", "about:blank"}
browsed = pytest.mark.skipif(BROWSER is None, reason="no Chromium here")


def test_every_page_is_ours_and_names_no_other_host(api: Api) -> None:
    for address, (name, kind) in PAGES.items():
        answer = api.ask("GET", address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        text = (paths.resources() / "local_api" / name).read_text(encoding="utf-8")
        assert answer.text == text
        assert not re.search(r"https?://|//[a-z]+\.|innerHTML|eval\(|style=|onclick", text), name
    for address in ("/docs", "/redoc", "/v1/docs/", "/call/", "/call/../settings", "/openapi.json"):
        assert api.ask("GET", address).status_code == 404


def test_the_description_names_every_route_with_all_its_answers(api: Api) -> None:
    told = api.ask("GET", "/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert {"401", "403", "413", "415", "421", "422", "429", "503"} <= operation["responses"].keys(), path
            assert operation["description"], (path, method)
            assert operation["security"] == ([] if path in {"/v1/health", "/v1/pair"} else [{"token": []}])


@browsed
def test_the_documentation_is_readable_in_a_browser(api: Api, tmp_path: Path) -> None:
    with opened(f"{api.url}/v1/docs", tmp_path) as page:
        page.until("document.querySelectorAll('article').length > 5")
        text = str(page.value("document.body.innerText"))
        assert {one.removeprefix(api.url).partition("#")[0] for one in page.asked} <= OWN
    for words in ("POST /v1/vitals", "Idempotency-Key", "taken_at", "Too many requests"):
        assert words in text


@browsed
def test_the_call_screen_shows_a_call_as_it_is_made_and_no_name(api: Api, tmp_path: Path) -> None:
    doctor = doctor_of(api)
    with opened(f"{api.url}/call#token={api.tokens['display']}", tmp_path) as page:
        page.until("document.getElementById('state').textContent === 'Connected'")
        assert page.value("document.getElementById('now').hidden")
        line = queue.check_in(doctor, patient_by_mrn(api.admin, api.home.mrn))
        queue.call(doctor, line.id)
        try:
            page.until(f"document.getElementById('ticket').textContent === '{line.ticket}'")
            text = str(page.value("document.body.innerText"))
            assert "Doctor One" in text
            assert "OTIENO" not in text
            assert page.value("location.href") == f"{api.url}/call"
            assert not [one for one in page.asked if api.tokens["display"] in one.partition("#")[0]]
            assert {one.removeprefix(api.url).partition("#")[0] for one in page.asked} <= OWN
        finally:
            queue.left(doctor, line.id, "went home")
        page.until("document.getElementById('now').hidden")


@browsed
def test_a_call_screen_that_is_not_paired_says_so(api: Api, tmp_path: Path) -> None:
    with opened(f"{api.url}/call", tmp_path) as page:
        page.until("document.getElementById('state').textContent.includes('not paired')")
