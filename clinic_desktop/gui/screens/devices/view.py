"""Shows the devices: who may speak, what each sent, and what this workstation listens to."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.listeners import Listeners
from clinic_desktop.gui.screens.devices import tables
from clinic_desktop.gui.screens.devices.listening import ListeningPanel
from clinic_desktop.gui.screens.devices.pairpanel import PairPanel
from clinic_desktop.gui.screens.devices.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import StopButton
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.formstack import Side
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.device_health import Sender, Sent
from clinic_desktop.services.pairing import DeviceShown, NewDevice, Offered

PARTS = {"paired": N_("Paired devices"), "sent": N_("What they sent"), "listeners": N_("Listeners")}


class DevicesView(ScreenView):
    """The device screen."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("devices")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self, context.office, context.program)
        self.part = "paired"
        self.dialog: ConfirmStop | None = None
        self.show_part = SegmentField("", "devices.show", [(key, _(words)) for key, words in PARTS.items()])
        self.paired = tables.paired(context.settings, self._now)
        self.senders = tables.senders(context.settings, self._now)
        self.sent = tables.sent(context.settings)
        self.listening = ListeningPanel(self.presenter.draft("listeners").keep, self._try, context.settings)
        self.pairing = PairPanel(self.presenter.draft("pair").keep, self._now, self._offer_code, self._give_token)
        self.revoke = StopButton(_("Re&voke this device"), "devices.revoke", self._revoke)
        self._arrange()
        self._listen()
        self._turn("paired")

    def _arrange(self) -> None:
        self.set_title(_("Devices"))
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.show_part, self.paired, self.revoke, self.senders, self.sent, self.listening):
            if widget is self.revoke:
                column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                column.addWidget(widget, 0 if widget is self.show_part else 1)
        self.set_body(body)
        beside = Side()
        self.about = label("", "secondary", name="devices.about", wrap=True)
        beside.column.addWidget(self.pairing, 1)
        beside.column.addWidget(self.about)
        beside.column.addStretch(0)
        self.set_context(beside)

    def _listen(self) -> None:
        self.show_part.edited.connect(lambda: self._turn(self.show_part.value() or self.part))
        self.paired.selected.connect(lambda _one: self._offer())
        self.senders.selected.connect(lambda one: None if one is None else self.presenter.look(one))

    def _now(self) -> datetime:
        return self.context.desk.now

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the devices."""
        self.context.window.set_patient(None)
        self._turn(arguments.get("show", self.part))
        self.context.program.changed = self.show_running
        self.presenter.reload()
        self.presenter.ask_listeners()
        self.presenter.draft("pair").recall(self.pairing.form.restore)
        self.presenter.draft("listeners").recall(self.listening.form.restore)
        lists: dict[str, QWidget] = {"paired": self.paired, "sent": self.senders, "listeners": self.listening.table}
        focus = lists[self.part]
        if arguments.get("act") == "pair":
            focus = self.pairing.kind
        QTimer.singleShot(0, focus.setFocus)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Something came, or somebody paired or revoked."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Nothing secret stays behind; what is typed is handed over."""
        self.pairing.take_away()
        for form in (self.pairing.form, self.listening.form):
            if form.keeper is not None:
                form.keeper.flush()

    # What the presenter asks --------------------------------------------------------------------------

    def show_paired(self, devices: Sequence[DeviceShown]) -> None:
        """Every device that was let in."""
        self.paired.set_rows(devices)
        self._offer()

    def show_senders(self, senders: Sequence[Sender]) -> None:
        """Who sent something."""
        self.senders.set_rows(senders)
        if senders and self.senders.current() is None:
            self.senders.select_row(0)
        elif (one := self.senders.current()) is not None:
            self.presenter.look(one)
        else:
            self.sent.set_rows(())

    def show_sent(self, sent: Sequence[Sent]) -> None:
        """The last messages of the one who is chosen."""
        self.sent.set_rows(sent)

    def show_listeners(self, wanted: Listeners) -> None:
        """What this workstation listens to, unless somebody is typing it anew."""
        self.listening.show_wanted(wanted)
        self.show_running()

    def show_running(self) -> None:
        """What the background process told."""
        self.listening.show_running(self.context.program)

    def show_code(self, code: str, offered: Offered) -> None:
        """A code to be typed at the device."""
        self.pairing.show_code(code, offered)

    def show_token(self, token: str, device: NewDevice) -> None:
        """A token, this once."""
        port = self.context.program.ports.get("api")
        address = f"http://127.0.0.1:{port}" if type(port) is int else ""
        self.pairing.show_token(token, device, self.context.program.network or address)

    def did(self, words: str) -> None:
        """An act is done."""
        self.listening.form.settle()
        self.context.window.say(words)

    def show_trial(self, words: str) -> None:
        """What came of the trial."""
        more = _("The result stands on the review list, of a number that nobody has: set it aside there.")
        self.listening.result.setText(f"{words} {more}")
        self.context.window.say(words)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as the presenter says it
        """Show that the act was heard."""
        self.set_primary_busy(busy)
        for button in (self.pairing.code_button, self.pairing.token_button):
            button.setEnabled(not busy)

    def show_error(self, error: Exception) -> None:
        """Say what was not done, beside its field."""
        self.listening.result.clear()
        self.context.window.show_error(error, self.pairing.form if self.part == "paired" else self.listening.form)

    # ----------------------------------------------------------------------------------------------------

    def _turn(self, part: str) -> None:
        self.leave()
        self.part = part if part in PARTS else "paired"
        self.show_part.set_value(self.part)
        for widget, of in (
            (self.paired, "paired"), (self.revoke, "paired"), (self.pairing, "paired"), (self.senders, "sent"),
            (self.sent, "sent"), (self.listening, "listeners"),
        ):  # fmt: skip
            widget.setVisible(of == self.part)
        self.about.setVisible(self.part != "paired")
        self.about.setText({
            "sent": _("A device that was silent for a week is marked. What waits stands on the review list."),
            "listeners": _(
                "The background process opens these. The ports are for this workstation; the address is its own."
                " Try one: a made-up result is sent to it, of a number that nobody has."
            ),
        }.get(self.part, ""))  # fmt: skip
        if self.part == "listeners":
            self.set_primary(_("Keep and start ane&w"), self._choose, name="devices.keep")
        else:
            self.no_primary()

    def _offer(self) -> None:
        one = self.paired.current()
        self.revoke.setEnabled(one is not None and one.state == "paired")

    def _offer_code(self) -> None:
        if self.pairing.form.check():
            self.presenter.offer_code(self.pairing.kind.value() or "", self.pairing.name.value())

    def _give_token(self) -> None:
        if self.pairing.form.check():
            self.presenter.give_token(self.pairing.kind.value() or "", self.pairing.name.value())

    def _revoke(self) -> None:
        one = self.paired.current()
        if one is None:
            return
        words = _("{name} is let in no more, from its next word on. To let it in again, pair it anew.")
        self.dialog = ConfirmStop(
            self, "devices.sure", _("Revoke this device?"), words.format(name=one.name), confirm=_("&Revoke")
        )
        self.dialog.accepted.connect(lambda: self.presenter.revoke(one))
        self.dialog.open()

    def _choose(self) -> None:
        if self.listening.form.check():
            self.presenter.choose(self.listening.wanted())

    def _try(self, listener: str) -> None:
        self.listening.result.setText(_("Trying it …"))
        self.presenter.try_out(listener, self.listening.chosen())
