"""The systems that a clinic is connected to: what is kept, what is refused, and that no secret is ever shown."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import remotes
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import NewPatient, change_patient, patient_details, register_patient
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.remotes import remote_secrets
from tests.conftest import DeskFor

TOKEN = "tok-5f1c-planted"


@pytest.fixture
def admin(desk_for: DeskFor) -> Desk:
    return desk_for("administrator")


def test_a_system_is_added_changed_paused_and_taken_away_with_its_secrets(admin: Desk, store: Store) -> None:
    remotes.add_remote(admin, "healify", "https://healify.example/", {"token": TOKEN})
    (one,) = remotes.remote_systems(admin)
    assert (one.system, one.base_url, one.state, one.title) == ("healify", "https://healify.example", "on", "Healify")
    remotes.set_remote(admin, "healify", "base_url", "https://HEALIFY.example:443/v2")
    remotes.set_remote(admin, "healify", "state", "paused")
    (one,) = remotes.remote_systems(admin)
    assert (one.base_url, one.state) == ("https://HEALIFY.example:443/v2", "paused")
    assert remotes.KeptSecrets(store, "healify").get("token") == TOKEN
    for elsewhere in ("https://healify.example:444/v2", "http://127.0.0.1:8801", "http://127.0.0.1:8802"):
        remotes.give_secrets(admin, "healify", {"token": TOKEN})
        remotes.set_remote(admin, "healify", "base_url", elsewhere)
        assert remotes.KeptSecrets(store, "healify").get("token") is None, "what one host knows goes to no other"
    remotes.remove_remote(admin, "healify")
    assert remotes.remote_systems(admin) == ()
    with store.read() as connection:
        assert connection.execute(select(remote_secrets)).all() == []
    remotes.add_remote(admin, "healify", "https://other.example", {"token": "another"})
    assert [each.base_url for each in remotes.remote_systems(admin)] == ["https://other.example"]


def test_a_renewed_token_takes_the_place_of_the_old_one_and_can_be_forgotten(admin: Desk, store: Store) -> None:
    remotes.add_remote(admin, "healify", "https://healify.example", {"token": "old", "refresh_token": "r"})
    kept = remotes.KeptSecrets(store, "healify")
    kept.put("token", "new")
    kept.put("refresh_token", None)
    assert (kept.get("token"), kept.get("refresh_token")) == ("new", None)


def test_no_secret_stands_in_the_journal_or_in_what_is_shown(admin: Desk, store: Store) -> None:
    remotes.add_remote(admin, "healify", "https://healify.example", {"token": TOKEN})
    remotes.give_secrets(admin, "healify", {"webhook_secret": TOKEN + "2"})
    with store.read() as connection:
        told = " ".join(str(tuple(row)) for row in connection.execute(select(journal)))
    assert TOKEN not in told
    assert TOKEN not in repr(remotes.remote_systems(admin))
    assert TOKEN not in repr(remotes.KeptSecrets(store, "healify"))


@pytest.mark.parametrize(
    "url",
    [
        "http://healify.example", "ftp://healify.example", "https://", "healify.example", "https://a:b@healify.example",
        "https://healify.example/?token=1", "https://healify.example:port", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_by_name(admin: Desk, url: str) -> None:
    with pytest.raises(Refusal) as refused:
        remotes.add_remote(admin, "healify", url, {"token": TOKEN})
    assert refused.value.field == "base_url"
    assert remotes.remote_systems(admin) == ()


@pytest.mark.parametrize("secrets", [{}, {"token": ""}, {"token": 5}, {"tocken": "x"}, {"token": "a\nb"}])
def test_secrets_that_are_none_are_refused_without_repeating_them(admin: Desk, secrets: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        remotes.add_remote(admin, "healify", "https://healify.example", secrets)
    assert refused.value.field == "secret"


def test_a_system_is_not_connected_twice_and_only_known_ones_are(admin: Desk) -> None:
    remotes.add_remote(admin, "healify", "https://healify.example", {"token": TOKEN})
    with pytest.raises(Refusal, match="connected already"):
        remotes.add_remote(admin, "healify", "https://healify.example", {"token": TOKEN})
    with pytest.raises(Refusal, match="no system"):
        remotes.add_remote(admin, "mailify", "https://healify.example", {"token": TOKEN})
    with pytest.raises(Refusal, match="not connected"):
        remotes.set_remote(admin, "practice_studio", "tier", "premium")


def test_only_what_a_system_knows_is_set_for_it(admin: Desk) -> None:
    remotes.add_remote(admin, "practice_studio", "https://ps.example", {"client_id": "a", "client_secret": "b"})
    remotes.set_remote(admin, "practice_studio", "tier", "premium")
    assert remotes.remote_systems(admin)[0].settings == {"tier": "premium"}
    for key, value in (("teir", "premium"), ("tier", "prem ium\n"), ("state", "off")):
        with pytest.raises(Refusal):
            remotes.set_remote(admin, "practice_studio", key, value)


def test_who_brought_a_value_is_named_and_not_whoever_changed_something_else_since(
    admin: Desk, desk_for: DeskFor, store: Store
) -> None:
    desk = desk_for("front_desk")
    patient = register_patient(desk, NewPatient("Okello", "Amina", "female")).patient_id
    known = patient_details(desk, patient)
    change_patient(desk, patient, replace(known.patient, email="here@clinic.example"), known.revision)
    with store.write(act=new_id(), session=None) as unit:  # as what a system said is taken in
        unit.change(patients, patient, {"phone": "+15550000009"}, kind="patient.changed", reason="HMS Enterprise-Grade")
    told = [
        remotes.last_change(admin, patient, patient, value)
        for value in ("here@clinic.example", "+15550000009", "", "written there in another way")
    ]
    assert [one is not None and one.who == "HMS Enterprise-Grade" for one in told] == [False, True, True, True]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0].at <= told[1].at
