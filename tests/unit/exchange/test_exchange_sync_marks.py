"""What stands beside the database is written by several processes, and is never behind what any of them has sent."""

import json
from pathlib import Path

from clinic_desktop.exchange.post_office import MARKS, Marks
from sync.engine.outside import Mark


def test_a_window_that_asks_writes_no_older_mark_over_that_of_the_sender(tmp_path: Path) -> None:
    sender = Marks(tmp_path)
    sender.put("healify", Mark("life", 5, 10))
    window = Marks(tmp_path)
    known = window.get("healify")
    assert known is not None
    sender.put("healify", Mark("life", 8, 18))
    sender.put("arocord_hims", Mark("other", 1, 1))
    window.put("healify", known._replace(place=30))
    assert Marks(tmp_path).get("healify") == Mark("life", 8, 30)
    assert Marks(tmp_path).get("arocord_hims") == Mark("other", 1, 1)
    sender.put("healify", Mark("a life after", 9, 4))
    assert window.get("healify") == Mark("a life after", 9, 4), "another life counts anew"


def test_a_mark_of_two_figures_and_one_that_cannot_be_read_raise_no_alarm(tmp_path: Path) -> None:
    (tmp_path / MARKS).write_text(json.dumps({"healify": ["life", 5]}), encoding="ascii")
    assert Marks(tmp_path).get("healify") == Mark("life", 5, 0)
    (tmp_path / MARKS).write_text("{half", encoding="ascii")
    assert Marks(tmp_path).get("healify") is None
