"""Deciding from the command line what the window decides: all that waits is listed with what may be said of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs
from sync.sandbox.people import People
from tests.unit.cli.conftest import Call, Worked

Asked = Callable[..., Any]
SYSTEM = "healify"
STAMPS = dict.fromkeys(("created_at", "updated_at"), "2026-03-10T09:00:00Z")
# Much like somebody of the worked clinic, who is registered twice there.
HOA = {"first_name": "Thị Hoa", "last_name": "Nguyễn", "date_of_birth": "1988-03-02", "gender": "female",
       "phone": "+15559998877", **STAMPS}  # fmt: skip


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox([SYSTEM], knobs={SYSTEM: Knobs(limits=False)})
    yield made
    made.close()


@pytest.fixture
def alike(worked: Worked, asked: Asked, sandbox: Sandbox, tmp_path: Path) -> Worked:
    """The worked clinic, connected to a system where somebody may be one of two who are registered here."""
    People(sandbox.gates[SYSTEM].system).add("patients", HOA, "pat_77aa00bb11")
    (one,) = sandbox.addresses()
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"token": one["credentials"]["token"]}))
    asked("administrator", "remote", "add", SYSTEM, "--base-url", one["base_url"], "--secret-file", str(file))
    asked("administrator", "sync", "--once")
    return worked


def cards(asked: Asked, remote_id: str = "pat_77aa00bb11") -> list[Any]:
    found = asked("administrator", "sync", "conflicts")
    return [one for one in found if (one["sort"], one["remote_id"]) == ("identity", remote_id)]


def test_two_who_may_be_one_are_shown_side_by_side_and_linked_to_the_number_that_is_named(
    alike: Worked, asked: Asked, call: Call, sandbox: Sandbox
) -> None:
    card, second = cards(asked)
    assert card["keep"] == ["link | link=MRN", "apart"]
    shown = asked("administrator", "sync", "show", card["id"])
    other = asked("administrator", "sync", "show", second["id"])["patient"]
    assert {shown["patient"], other} == set(alike.twins)
    assert (card["patient"], second["patient"]) == (shown["patient"], other), "the list says whose it is as well"
    sides = {one["name"]: (one["here"], one["there"]) for one in shown["members"]}
    assert sides["date_of_birth"] == ("1988-03-02", "1988-03-02")
    assert sides["phone"][1] == "+15559998877"
    code, _out, said = call("administrator", "sync", "resolve", card["id"], "--keep", "link=ZZ-000000-0")
    assert code == 3, said
    assert len(cards(asked)) == 2
    asked("administrator", "sync", "resolve", card["id"], "--keep", f"link={other}")
    assert cards(asked) == []
    asked("administrator", "sync", "--once")
    # Both sides have met: what neither may simply take from the other is asked about, under the number that was named.
    met = [one for one in asked("administrator", "sync", "conflicts") if one["remote_id"] == "pat_77aa00bb11"]
    assert {one["member"] for one in met} == {"phone"}
    assert asked("administrator", "sync", "show", met[0]["id"])["patient"] == other
    # A slip in the name of the field decides nothing.
    code, _out, said = call("administrator", "sync", "resolve", met[0]["id"], "--keep", "fone=+15550001111")
    assert (code, "phone=VALUE" in said) == (3, True), said
    assert asked("administrator", "sync", "show", met[0]["id"])["members"][0]["name"] == "phone"
    asked("administrator", "sync", "resolve", met[0]["id"], "--keep", "there")
    asked("administrator", "sync", "--once")
    assert [one for one in asked("administrator", "sync", "conflicts") if one["remote_id"] == "pat_77aa00bb11"] == []
    row = sandbox.gates[SYSTEM].system.tables["patients"].rows["pat_77aa00bb11"]
    assert row["phone"] == "+15559998877"


def test_two_who_are_kept_apart_stay_two_and_a_second_answer_is_refused(
    alike: Worked, asked: Asked, call: Call
) -> None:
    del alike
    card = cards(asked)[0]
    asked("administrator", "sync", "resolve", card["id"], "--keep", "apart")
    code, _out, said = call("administrator", "sync", "resolve", card["id"], "--keep", "link")
    assert code == 3
    assert "no such conflict" in said


def test_what_does_not_fit_a_card_is_refused_and_leaves_it_open(alike: Worked, asked: Asked, call: Call) -> None:
    del alike
    card = cards(asked)[0]
    for keep in ("noted", "recreate", "told", "here"):
        code, _out, said = call("administrator", "sync", "resolve", card["id"], "--keep", keep, "--why", "x")
        assert code == 3, (keep, said)
    assert card in cards(asked)
    code, out, _said = call("administrator", "sync", "conflicts")
    assert code == 1
    assert f"    patient {card['patient']}" in out.splitlines()
    assert "--keep link" in out
    assert "may be one person" in out


def test_what_they_brought_and_change_there_is_changed_here_too(
    alike: Worked, asked: Asked, sandbox: Sandbox, tmp_path: Path
) -> None:
    del alike
    others = People(sandbox.gates[SYSTEM].system)
    others.add("patients", {**HOA, "first_name": "Otto", "last_name": "Else", "phone": "+15550001122"}, "pat_88cc")
    mine = {"patient_id": "pat_123abc", "medication": {"name": "Warfarinol"}, "status": "active", **STAMPS}
    others.add("prescriptions", {**mine, "dosage": "5 mg"}, "prx_77aa")
    said: list[Any] = []
    for change in ({}, {"dosage": "1 mg", "status": "cancelled"}, {"patient_id": "pat_88cc", "dosage": "9 mg"}):
        others.edit("prescriptions", "prx_77aa", **change)
        asked("administrator", "sync", "--once")
        out = tmp_path / f"out{len(said)}"
        asked("administrator", "export", "fhir", "--out", str(out))
        resources = [one["resource"] for file in out.iterdir() for one in json.loads(file.read_text()).get("entry", ())]
        (found,) = [one for one in resources if "Warfarinol" in str(one.get("medicationCodeableConcept"))]
        said.append((found["status"], found.get("dosageInstruction")))
    # What has moved to somebody else's record there is set aside, and changes nothing.
    assert said == [("active", [{"text": "5 mg"}]), *[("cancelled", [{"text": "1 mg"}])] * 2]
