"""Of what is in doubt it is said in one way what came of it: no answer, or one that tells of another record."""

import pytest
from pytestqt.qtbot import QtBot

from clinic_desktop.exchange.sync_deciding import Detail
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.gui.screens.sync.columns import item_columns
from clinic_desktop.gui.screens.sync.deciding import DecidePanel
from clinic_desktop.gui.widgets.settings import RememberedHere


@pytest.mark.parametrize(
    ("why", "short", "said"),
    [
        ("it was sent, and no answer came", "Sent, no answer", "It was sent and no answer came."),
        (
            "they answered with the id of another record", "Sent, answered as another",
            "It was sent, and they answered with the number of another record.",
        ),
    ],
)  # fmt: skip
def test_what_came_of_it_is_said_once(qtbot: QtBot, why: str, short: str, said: str) -> None:
    item = Item(
        "x/charge/1", "x", "Clinic Cloud", "doubt", "charge", "1", "", "p", "", "", why,
        "2026-03-10T08:00:00+00:00", clinical=True,
    )  # fmt: skip
    panel = DecidePanel(RememberedHere(), lambda _f: None, lambda _a, _t: None, lambda _k: None, lambda _p: None,
                        lambda _i: None)  # fmt: skip
    qtbot.addWidget(panel)
    panel.show_detail(Detail(item, None, None, "", "", (), (), ("is_there", "not_there", "give_up"), ""), 0)
    assert panel.said.text().startswith(said)
    assert panel.why.isHidden()
    assert not panel.number.isHidden()
    assert [column.text(item) for column in item_columns() if column.name == "sort"] == [short]
