"""Why nothing of a system moves is said wherever its state is shown."""

from clinic_desktop.cli import sync_standing as command
from clinic_desktop.exchange.sync_until import STUCK
from clinic_desktop.gui.screens.dashboard.words import SYSTEM_STATES
from clinic_desktop.gui.screens.sync import card
from clinic_desktop.gui.screens.sync.words import STATES


def test_each_state_has_its_words() -> None:
    assert STATES.keys() == SYSTEM_STATES.keys()
    for said in (STATES, card._SAID, command.TROUBLES):
        assert set(STUCK.values()) <= said.keys()
