"""Devices are let in and out by keys, a token is shown once, and what this workstation listens to is one choice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop import paths, settings
from clinic_desktop.agent.serving import Listener, Serving
from clinic_desktop.agent.wanted import as_set_up
from clinic_desktop.clock import SetClock
from clinic_desktop.devices.drop import listener as drop
from clinic_desktop.devices.drop.protocol import tables as drop_tables
from clinic_desktop.devices.hl7.listener import Conversation
from clinic_desktop.domain.listeners import Listeners, require_sound
from clinic_desktop.domain.pairing import CODE_LASTS, KINDS, token_hash
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.gui.screens.devices import trial
from clinic_desktop.gui.screens.devices.listening import running
from clinic_desktop.gui.screens.devices.pairpanel import MAY_WORDS
from clinic_desktop.gui.screens.devices.trial import Where
from clinic_desktop.gui.screens.devices.view import DevicesView
from clinic_desktop.gui.shell.program import Program
from clinic_desktop.gui.shell.screen import ScreenContext
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services import listeners, pairing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.certificates import CHAIN, FOLDER, server_context, standing
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.pairing import paired_devices
from tests.conftest import DeskFor
from tests.unit.devices.device_case import AT, glucose, ready, sent
from tests.unit.gui.screens.stage import TODAY, PretendWindow
from tests.unit.services.lab_case import Lab


class Folder:
    """An office that keeps what is chosen in a folder of its own."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        settings.save(profile, settings.Settings())

    def listeners(self) -> Listeners:
        return listeners.kept_listeners(self.profile)

    def certificate(self) -> Path:
        return self.profile / FOLDER / CHAIN

    def choose_listeners(self, desk: Desk, wanted: Listeners) -> Listeners:
        sound = listeners.choose_listeners(desk, "A7", wanted)
        listeners.keep_listeners(self.profile, sound)
        return sound


class Here:
    """The screen, what it asked of the window, and the program beside it."""

    def __init__(self, qtbot: QtBot, desk: Desk, profile: Path) -> None:
        self.window, self.program, self.desk = PretendWindow(), Program(), desk
        self.restarts, self.profile = 0, profile
        self.program.restart = self._restart
        context = ScreenContext(
            desk, Immediately(), self.window, RememberedHere(), lambda: TODAY, program=self.program,
            office=Folder(profile),  # type: ignore[arg-type]  # the clinic's keys are not needed here
        )  # fmt: skip
        self.view = DevicesView(context)
        qtbot.addWidget(self.view)
        self.view.resize(1280, 800)
        self.view.show()
        self.view.activateWindow()
        qtbot.waitUntil(self.view.isActiveWindow)

    def _restart(self) -> None:
        self.restarts += 1

    def words(self) -> str:
        return "\n".join(one.text() for one in self.view.findChildren(QLabel) if one.isVisible())


@pytest.fixture
def here(qtbot: QtBot, desk_for: DeskFor, tmp_path: Path) -> Here:
    return Here(qtbot, desk_for("administrator"), tmp_path)


def alt(view: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(view, key, Qt.KeyboardModifier.AltModifier)
    QTest.qWait(130)  # Qt shows a button pressed by its key for a tenth of a second before it acts


def test_a_code_stands_with_its_time_and_goes_when_it_is_over(here: Here, clock: SetClock) -> None:
    here.view.open(act="pair")
    here.view.pairing.kind.set_value("scanner")
    here.view.pairing.name.set_value("Front desk scanner")
    alt(here.view, Qt.Key.Key_C)
    code = here.view.pairing.code.text()
    assert len(code) == 9
    assert here.view.pairing.left.text() == "Shown for another 5:00"
    token = pairing.new_token()
    made = pairing.redeem_code(here.desk, code, token)
    assert made.device is not None
    here.view.refresh(frozenset({"device.paired"}))
    assert [(one.name, one.state) for one in here.view.paired.rows()] == [("Front desk scanner", "paired")]
    clock.advance(CODE_LASTS)
    here.view.pairing._count()
    assert not here.view.pairing.given.isVisible()
    assert here.view.pairing.code.text() == ""


def test_a_token_is_shown_once_with_its_code_and_leaves_nothing_on_the_screen(here: Here, store: Store) -> None:
    here.view.open()
    here.program.heard({"event": "listening", "api": 8765})
    here.view.pairing.kind.set_value("display")
    here.view.pairing.name.set_value("Waiting room")
    alt(here.view, Qt.Key.Key_T)
    told = here.view.pairing.token.toPlainText()
    address, token = told.split("#token=")
    assert address == "http://127.0.0.1:8765/call"
    with store.read() as connection:
        assert connection.execute(paired_devices.select()).one().token_hash == token_hash(token)
    assert not here.view.pairing.picture.pixmap().isNull()
    here.view.leave()
    assert here.view.pairing.token.toPlainText() == ""
    assert here.view.pairing.picture.pixmap().isNull()


def test_a_device_is_revoked_by_key_after_being_asked(here: Here) -> None:
    pairing.pair_device(here.desk, "monitor", "Ward 2", pairing.new_token())
    here.view.open()
    here.view.paired.select_row(0)
    assert "not heard from yet" in here.view.paired.text_of(0, "state")
    assert here.view.paired.text_of(0, "may") == "send vital signs, look a patient up", "no scopes of the interface"
    alt(here.view, Qt.Key.Key_V)
    assert here.view.dialog is not None
    QTest.keyClick(here.view.dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [one.state for one in here.view.paired.rows()] == ["revoked"]
    assert not here.view.revoke.isEnabled()


def test_what_every_kind_of_device_may_do_has_its_words() -> None:
    scopes = {scope for kind in KINDS.values() for scope in kind.scopes} - {"status"}
    assert scopes == set(MAY_WORDS)


def test_two_windows_revoking_the_same_the_second_is_told(here: Here) -> None:
    made = pairing.pair_device(here.desk, "monitor", "Ward 2", pairing.new_token())
    here.view.open()
    shown = here.view.paired.rows()[0]
    pairing.revoke_device(here.desk, made.id)
    here.view.presenter.revoke(shown)
    assert here.window.errors == ["This device was revoked already."]


def test_what_each_device_sent_stands_with_what_became_of_it(
    here: Here, store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    lab = Lab(store, desk_for, clock)
    ready(lab)
    sent(lab.anna, glucose(), glucose(identity="b", code="2823-3", problem="the number cannot be read"))
    here.view.open(show="sent")
    (one,) = here.view.senders.rows()
    assert (one.device, one.messages, one.waiting, one.rejected) == ("TEST BENCH", 1, 1, 0)
    (message,) = here.view.sent.rows()
    said = [str(here.view.sent.view.model().index(0, at).data()) for at in (2, 3)]
    assert said == ["read", "1 filed, 1 waiting"], "nothing is done while a result waits"
    assert (message.message_type, message.filed, message.waiting) == ("ORU^R01", 1, 1)
    assert "Otieno" not in here.words()


def test_what_is_listened_to_is_kept_where_the_background_process_looks_and_it_starts_anew(
    here: Here, tmp_path: Path
) -> None:
    here.view.open(show="listeners")
    here.view.listening.form.set_values({"mllp_port": 2575, "drop_folder": str(tmp_path), "listen_on": "10.1.2.3"})
    here.view.listening._warn()
    assert "Whoever is in the network" in here.words()
    here.view.primary()
    wanted = as_set_up(tmp_path)
    assert (wanted.mllp, wanted.astm, wanted.drop, wanted.host, wanted.api) == (2575, None, tmp_path, "10.1.2.3", None)
    assert here.restarts == 1
    assert {one.name: one.state for one in here.view.listening.table.rows()} == {
        "api": "off", "mllp": "waits", "mllps": "off", "astm": "off", "drop": "waits", "serial": "off",
    }  # fmt: skip
    here.program.heard({"event": "listening", "mllp": 2575, "drop": True})
    assert here.view.listening.table.text_of(1, "state") == "runs"


def test_a_port_of_two_listeners_is_refused_beside_its_field_and_nothing_is_kept(here: Here, tmp_path: Path) -> None:
    here.view.open(show="listeners")
    here.view.listening.form.set_values({"mllp_port": 2575, "astm_port": 2575})
    here.view.primary()
    assert "port of its own" in here.view.listening.form.field("astm_port").error()
    assert as_set_up(tmp_path).mllp is None
    assert here.restarts == 0


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Listeners(api_port=80), "api_port"),
        (Listeners(mllp_port=70000), "mllp_port"),
        (Listeners(drop_folder="results"), "drop_folder"),
        (Listeners(drop_folder="/x\0y"), "drop_folder"),
        (Listeners(serial_line="a\x1bb"), "serial_line"),
        (Listeners(serial_baud=1), "serial_baud"),
        (Listeners(listen_on="0.0.0.0"), "listen_on"),
        (Listeners(listen_on="8.8.8.8"), "listen_on"),
        (Listeners(listen_on="example.org"), "listen_on"),
    ],
)
def test_whatever_may_not_be_listened_to_is_refused_naming_the_field(wanted: Listeners, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_sound(wanted)
    assert refused.value.field == field


def test_a_listener_that_failed_says_why_and_settings_that_are_broken_listen_to_nothing(tmp_path: Path) -> None:
    program = Program()
    program.heard({"event": "failed", "what": "listeners", "message": "Port {port} is taken.", "facts": {"port": 2575}})
    shown = {one.name: one for one in running(Listeners(mllp_port=2575), program)}
    assert (shown["mllp"].state, shown["mllp"].told) == ("failed", "Port 2575 is taken.")
    assert shown["astm"].state == "off"
    program.stopped()
    assert running(Listeners(mllp_port=2575), program)[1].state == "waits"
    (tmp_path / "settings").write_text("no json")
    assert not as_set_up(tmp_path)


def _try(here: Here, row: int) -> None:
    here.view.open(show="listeners")
    here.view.listening.table.select_row(row)
    alt(here.view, Qt.Key.Key_Y)


@pytest.fixture
def kept() -> list[ReceivedMessage]:
    return []


@pytest.fixture
def serving(kept: list[ReceivedMessage], here: Here) -> Iterator[Serving]:
    """HL7 in the clear and encrypted, as the background process opens them for this workstation."""

    def answer(peer: str) -> Conversation:
        return Conversation(kept.append, lambda _device, _numbers: (), lambda: AT, lambda: "N1", peer)

    allowed = server_context(standing(here.profile, "127.0.0.1"))
    made = Serving((Listener("mllp", 0, answer), Listener("mllps", 0, answer, "127.0.0.1", allowed)))
    here.program.heard({"event": "listening", **made.start()})
    yield made
    made.stop()


@pytest.mark.parametrize(("row", "words"), [(1, "answered AA"), (2, "Encrypted, and with this workstation's")])
def test_a_trial_is_played_to_our_own_listener_and_its_answer_is_said(
    here: Here, serving: Serving, kept: list[ReceivedMessage], row: int, words: str
) -> None:
    _try(here, row)
    assert words in here.words()
    assert [one.said_of.names for one in kept] == [(("Trial", "Device"),)]


def test_a_silent_port_and_a_certificate_that_nobody_trusts_are_said(
    here: Here, serving: Serving, kept: list[ReceivedMessage], tmp_path: Path
) -> None:
    port = serving.ports["mllps"]
    (tmp_path / "other").mkdir()
    other = standing(tmp_path / "other", "127.0.0.1")
    with pytest.raises(Trouble, match="the encrypted connection was refused"):
        trial.play("mllps", Where("127.0.0.1", port, certificate=other.chain))
    serving.stop()
    for listener in ("mllp", "mllps", "astm"):
        with pytest.raises(Trouble, match="did not answer"):
            trial.play(listener, Where("127.0.0.1", port, certificate=other.chain))
    with pytest.raises(Trouble, match="did not answer"):
        trial.play_api(Where("127.0.0.1", port), pairing.new_token())
    assert kept == []


def test_a_listener_that_takes_nothing_is_no_success(here: Here) -> None:
    def refuse(_message: ReceivedMessage) -> None:
        raise RuntimeError("the disk is full")

    def answer(peer: str) -> Conversation:
        return Conversation(refuse, lambda _device, _numbers: (), lambda: AT, lambda: "N1", peer)

    serving = Serving((Listener("mllp", 0, answer),))
    here.program.heard({"event": "listening", **serving.start()})
    try:
        with pytest.raises(Trouble, match="did not take the made-up result"):
            trial.play("mllp", Where("127.0.0.1", serving.ports["mllp"]))
    finally:
        serving.stop()


def test_a_trial_file_is_read_out_of_the_folder_and_one_that_nobody_takes_is_removed(
    here: Here, kept: list[ReceivedMessage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "DROP_SECONDS", 2.0)
    put = tmp_path / "analyser"
    put.mkdir()
    here.view.presenter.choose(Listeners(drop_folder=str(put)))
    here.program.heard({"event": "listening", "drop": True})
    with pytest.raises(Trouble, match="Nobody took the file"):
        trial.play("drop", Where(folder=put))
    assert list(put.iterdir()) == []
    with pytest.raises(Trouble, match="No file can be put"):
        trial.play("drop", Where(folder=tmp_path / "gone"))
    folder = drop.Folder(put, kept.append, drop_tables(paths.resources() / "analysers" / "tables"), every=0.1)
    folder.start()
    try:
        _try(here, 4)
    finally:
        folder.stop()
    assert "was read and put aside as done/" in here.words()
    assert len(kept) == 1
