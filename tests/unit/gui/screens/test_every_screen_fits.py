"""Every page of the catalogue in a window of the smallest size, with long names and all that a banner can say."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop import app
from clinic_desktop.catalogue import SCREENS
from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.sync_standing import Standing
from clinic_desktop.gui.shell.gate import BannerFacts, Workplace
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.services import charting, patients, vitals
from clinic_desktop.services.charting import NewAllergy
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.unit.gui.gallery import PretendGate

WIDE = 1280
LONG = "Wolfeschlegelsteinhausenbergerdorff-Ramanathan"
STANDS = Standing(12, behind=False, to_decide=1234, may_decide=True, stopped=(("HMS Enterprise-Grade", "sign_in"),))


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    """A clinic whose patient has long names and long words in the chart."""
    clinic = Clinic(store, desk_for, clock)
    desk = desk_for("front_desk")
    known = patients.patient_details(desk, clinic.patient)
    long = replace(known.patient, family_name=LONG, given_names=f"{LONG} {LONG}")
    patients.change_patient(desk, clinic.patient, long, known.revision)
    charting.add_allergy(desk_for("doctor"), clinic.patient, NewAllergy(f"{LONG} extract", reaction=LONG))
    return clinic


def said(clinic: Clinic, role: str, patient_id: str) -> BannerFacts:
    """All that can stand in a banner."""
    facts = app._banner(clinic.desk_for(role), patient_id)
    state = Look("Sync: confirmed by 4 of 5", "information", "sync")
    glass = "Glass broken until 22:10"
    alerts = ("Record restricted", "Interpreter needed")
    return replace(
        facts, alerts=alerts, pregnancy="Pregnancy not known", state=state, emergency=glass, emergency_seconds=900
    )


class Gate(PretendGate):
    def __init__(self, place: Workplace) -> None:
        super().__init__()
        self.place = place

    def unlock(self, username: str, password: str) -> Workplace:
        del username, password
        return self.place


@pytest.mark.parametrize("role", ["administrator", "doctor", "pharmacist"])
def test_no_page_makes_the_window_wider_than_the_smallest_screen(qtbot: QtBot, clinic: Clinic, role: str) -> None:
    desk = clinic.desk_for(role)
    place = replace(
        PretendGate().unlock("x", "y"), desk=desk, role=role, display_name="Dr Konstantinos Papadopoulos-Vandenberg",
        banner=lambda patient_id: said(clinic, role, patient_id), standing=lambda: STANDS,
    )  # fmt: skip
    window = MainWindow(Gate(place), SCREENS)
    qtbot.addWidget(window)
    window.begin()
    window.resize(WIDE, 800)
    window.show()
    window.signin.given.emit("x", "y")
    qtbot.waitUntil(lambda: window.has_frame, timeout=20_000)
    frame = window.frame
    wide: list[tuple[str, int]] = []
    beats = 60
    for name in frame._screens:
        more = {"consultation": {"encounter_id": clinic.encounter}, "laboratory": {"order_id": clinic.order}}
        frame.go(name, patient_id=clinic.patient, **more.get(name, {}))
        qtbot.waitUntil(lambda: window.pools.idle, timeout=20_000)
        if frame.banner.isVisible():
            # Something moves while the page is open, and what the banner says is said anew.
            beats += 1
            reading = {"heart_rate": str(beats), "weight": f"{beats}"}
            vitals.record_vitals(clinic.desk_for("nurse"), clinic.patient, reading)
            frame.journal_moved(frozenset({"vitals.recorded"}))
            qtbot.waitUntil(lambda: window.pools.idle, timeout=20_000)
        qtbot.wait(10)
        if max(window.width(), window.minimumSizeHint().width()) > WIDE:
            wide.append((name, window.minimumSizeHint().width()))
    assert wide == []
    window.close()


def test_what_the_patient_is_allergic_to_gives_way_last(qtbot: QtBot, clinic: Clinic) -> None:
    place = replace(
        PretendGate().unlock("x", "y"), desk=clinic.desk_for("doctor"), role="doctor",
        banner=lambda patient_id: replace(said(clinic, "doctor", patient_id), allergies=("penicillins",)),
    )  # fmt: skip
    window = MainWindow(Gate(place), SCREENS)
    qtbot.addWidget(window)
    window.begin()
    window.resize(WIDE, 800)
    window.show()
    window.signin.given.emit("x", "y")
    qtbot.waitUntil(lambda: window.has_frame, timeout=20_000)
    window.frame.go("chart", patient_id=clinic.patient)
    qtbot.waitUntil(lambda: window.frame.banner.patient_id is not None, timeout=20_000)
    qtbot.wait(30)
    allergy = window.frame.banner.findChild(Pill, "banner.allergy")
    assert allergy is not None
    seen = QLabel.text(allergy._text)
    assert seen.startswith(allergy.text()[:13]), f"of a name at least its beginning is read: {seen}"
    facts = said(clinic, "doctor", clinic.patient)
    window.frame.banner.show_facts(replace(facts, allergies=("penicillins",), alerts=(), emergency=""))
    qtbot.wait(30)
    allergy = window.frame.banner.findChild(Pill, "banner.allergy")
    assert allergy is not None
    assert QLabel.text(allergy._text) == "Allergies: penicillins", "beside one or two other pills it is read whole"
    assert window.width() == WIDE
    window.close()
