"""The trial of the local API from the device screen: let in for it alone, kept for review, and shut out afterwards."""

from typing import Any

from clinic_desktop.domain.listeners import Listeners
from clinic_desktop.gui.screens.devices.presenter import Presenter
from clinic_desktop.gui.shell.program import Program
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.services import devices, pairing
from tests.unit.agent.local_api.api_case import Api


class View:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.errors: list[Exception] = []

    def show_trial(self, words: str) -> None:
        self.told.append(words)

    def show_error(self, error: Exception) -> None:
        self.errors.append(error)

    def __getattr__(self, _name: str) -> Any:
        return lambda *_arguments: None


def test_the_trial_lets_one_device_in_sends_a_panel_and_shuts_it_out_again(api: Api) -> None:
    view, program = View(), Program()
    program.heard({"event": "listening", "api": api.port})
    before = {one.id for one in pairing.paired(api.admin)}
    Presenter(api.admin, Immediately(), view, None, program).try_out("api", Listeners())
    assert view.errors == []
    assert view.told == [
        "The local API took the made-up results: 2 wait for review, 0 filed."
        " Its token was revoked again and is let in no more."
    ]
    (made,) = [one for one in pairing.paired(api.admin) if one.id not in before]
    assert made.state == "revoked"
    waiting = [one for one in devices.review_list(api.admin) if one.said_of.names == (("Trial", "Device"),)]
    assert len(waiting) == 2
