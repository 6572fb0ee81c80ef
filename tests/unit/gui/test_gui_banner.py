"""The patient banner while what it says is asked for anew: never blank, and never anybody else's."""

import threading
from dataclasses import replace
from datetime import date

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.widgets.pill import Pill
from tests.unit.gui.gallery import FACTS
from tests.unit.gui.test_gui_window import visible_words


def test_what_the_banner_says_stays_in_sight_while_it_is_asked_for_anew(qtbot: QtBot, work: MainWindow) -> None:
    frame, let_go = work.frame, threading.Event()
    first = replace(FACTS, patient_id="p1", allergy_state="listed", allergies=("penicillin",), mrn="MRN-1")
    object.__setattr__(frame.place, "banner", lambda _patient_id: first)
    frame.go("chart", patient_id="p1")
    qtbot.waitUntil(lambda: "MRN-1" in visible_words(frame.banner))
    allergy = frame.banner.findChild(Pill, "banner.allergy")

    frame.refresh_banner()
    qtbot.wait(30)
    assert frame.banner.findChild(Pill, "banner.allergy") is allergy, "what is the same is not drawn anew"

    more = replace(first, allergies=("penicillin", "latex"), weight="71 kg")
    object.__setattr__(frame.place, "banner", lambda _patient_id: more if let_go.wait(5) else first)
    frame.journal_moved(frozenset({"allergy.received"}))
    qtbot.wait(30)
    for words in ("MRN-1", "Allergies: penicillin", "MORALES"):
        assert words in visible_words(frame.banner), "until the new facts are there the old ones stand"
    let_go.set()
    qtbot.waitUntil(lambda: "latex" in visible_words(frame.banner))

    seen: list[str] = []
    frame.banner.show_facts(
        replace(more, weight="72 kg")
    )  # and in the very moment in which they come, before the window draws again
    seen.append(visible_words(frame.banner))
    frame.banner.show_facts(replace(more, patient_id="p2", family="Okafor", mrn="MRN-2", allergies=("iodine",)))
    seen.append(visible_words(frame.banner))
    assert "Allergies: penicillin, latex" in seen[0]
    assert "72 kg" in seen[0]
    assert "MRN-2" in seen[1]
    assert "iodine" in seen[1]
    assert "penicillin" not in seen[1], "nothing of another patient stays"
    assert "MRN-1" not in seen[1]
    shown = [each for each in frame.banner.findChildren(QLabel) if each.isVisible() and each.text() == "MRN-2"]
    place = shown[0].x()
    qtbot.wait(20)
    assert shown[0].x() == place, "it has its place at once"


def test_what_is_said_anew_of_a_patient_never_makes_the_window_wider(qtbot: QtBot, work: MainWindow) -> None:
    work.resize(1280, 800)
    banner = work.frame.banner
    known = replace(FACTS, patient_id="p1", weight="83 kg", weight_on=date(2026, 11, 30), alerts=("Record restricted",))
    banner.show_facts(known)
    qtbot.wait(30)
    banner.show_facts(replace(known, weight="84 kg", emergency="Glass broken until 22:10", emergency_seconds=900))
    qtbot.wait(30)
    assert work.width() == 1280
