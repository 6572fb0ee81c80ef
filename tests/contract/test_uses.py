"""What is said to use an endpoint does use it: every claim leads to code that is shipped and can be reached."""

import csv
import sys

import pytest

from clinic_desktop.exchange.second_opinions import QUESTIONS
from tests.contract.replayed import APIS, needs_examples
from tests.contract.uses import CLIENT_ONLY, SYSTEMS, Use, reached, text, uses

# What a clinic must never do by itself, or holds no credential for.
NEVER = ("portal", "anonymize", "DELETE /patients", "DELETE /immunizations", "DELETE /api/v1/")


def test_every_documented_endpoint_has_a_line() -> None:
    sys.stdout.write(text() + "\n")
    needs_examples()
    with (APIS / "endpoints.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[:114]
    wanted = {(row["system"], f"{row['method']} {row['path']}") for row in rows}
    found = [one for one in uses() if one.documented]
    assert len(found) == len(wanted) == 114
    assert {(one.system, one.endpoint) for one in found} == wanted


@pytest.mark.parametrize("use", [one for one in uses() if one.claimed], ids=lambda one: f"{one.system} {one.endpoint}")
def test_a_use_that_is_claimed_is_reached_from_shipped_code(use: Use) -> None:
    assert use.reached, f"nothing shipped calls {use.endpoint}: {use.said}"


def test_what_nothing_uses_says_why() -> None:
    for one in uses():
        if not one.claimed:
            assert len(one.said) > len(CLIENT_ONLY) + 12, one.endpoint


def test_what_must_never_be_done_by_itself_is_in_the_client_only() -> None:
    for one in uses():
        if any(word in one.endpoint for word in NEVER):
            assert not one.claimed
            assert not one.reached, one.endpoint


def test_a_claim_that_nothing_backs_would_be_seen() -> None:
    assert "POST /patient-portal/login" not in reached("arocord_hims")
    assert "POST /anonymize" not in reached("healthcare_records")
    assert "GET /analytics/dashboard" in reached("arocord_hims")


def test_every_question_that_a_person_can_ask_is_told_of() -> None:
    said = " ".join(one.said for one in uses())
    for system in SYSTEMS:
        for what in QUESTIONS[system]:
            assert f"`remote ask {system} {what}`" in said
