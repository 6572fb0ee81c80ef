"""Why nothing of a system moves is said wherever its state is shown."""

import pytest

from clinic_desktop.cli import sync_standing as command
from clinic_desktop.exchange.sync_standing import Standing
from clinic_desktop.exchange.sync_until import STUCK
from clinic_desktop.gui.screens.dashboard.words import SYSTEM_STATES
from clinic_desktop.gui.screens.sync import card
from clinic_desktop.gui.screens.sync.words import STATES
from clinic_desktop.gui.shell.sync_sign import STOPPED, standing_look


def test_each_state_has_its_words() -> None:
    assert STATES.keys() == SYSTEM_STATES.keys() == {"on", *STOPPED}
    for said in (STATES, card._SAID, command.TROUBLES):
        assert set(STUCK.values()) <= said.keys()


@pytest.mark.parametrize("state", STOPPED)
def test_where_one_is_stopped_not_all_is_told(state: str) -> None:
    look = standing_look(Standing(0, behind=False, to_decide=0, may_decide=True, stopped=(("Healify", state),)))
    assert look.meaning != "good"
