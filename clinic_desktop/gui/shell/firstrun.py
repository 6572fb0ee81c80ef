"""The first run: the clinic, its administrator, where the device secret lies, and the recovery key."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.printing import send_to_printer
from clinic_desktop.gui.shell.gate import Gate, NewClinic
from clinic_desktop.gui.shell.signin import Card
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.buttons import Button, PrimaryButton
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import N_, _

STRONG_ENOUGH = 3
WORDS = (N_("very weak"), N_("weak"), N_("fair"), N_("strong"), N_("very strong"))


class FirstRunPage(QStackedWidget):
    """Two steps: the clinic and its administrator; then the recovery key, typed back before work begins.

    `done` carries the administrator's username.
    """

    done = Signal(str)

    def __init__(self, gate: Gate, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("firstrun")
        self._gate, self._tasks = gate, tasks
        self._key = ""
        self._score = 0
        self._keyring = True
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(200)
        self._pause.timeout.connect(self._weigh)
        self.addWidget(self._clinic_page())
        self.addWidget(self._recovery_page())

    def begin(self) -> None:
        """Show the first step, and find out whether there is a keyring."""
        self.setCurrentIndex(0)
        self.form.field("clinic").setFocus()
        # Where the device secret may lie is not known before the machine has been asked: nothing is made until then.
        self._create.setEnabled(False)
        self._tasks.query("keyring", self._gate.has_keyring, self._keyring_known)

    def ask_for(self, key: str) -> None:
        """Show a recovery key that was never confirmed, to be typed back before anything else."""
        self._made(key)

    # The clinic and its administrator ------------------------------------------------------------------

    def _clinic_page(self) -> QWidget:
        page = QWidget()
        card = Card(page, width=520)
        card.column.addWidget(label(_("A new clinic"), "title"))
        card.column.addWidget(
            label(_("Everything is kept on this machine, encrypted. It needs no network."), "secondary", wrap=True)
        )
        self.form = Form()
        self.form.add(TextField(_("Name of the &clinic"), "firstrun.clinic", required=True))
        self.form.add_row(
            TextField(_("Your &name"), "firstrun.display_name", required=True),
            TextField(_("&User name"), "firstrun.username", required=True, longest=40),
        )
        self._password = self.form.add(
            TextField(_("&Password"), "firstrun.password", secret=True, required=True, longest=1024)
        )
        self._again = self.form.add(
            TextField(_("Password a&gain"), "firstrun.again", secret=True, required=True, longest=1024)
        )
        self._secret = self.form.add(
            SegmentField(
                _("This machine has no keyring. Where should its secret lie?"),
                "firstrun.device_secret",
                (("file", _("In a file of this user")), ("keyring", _("Stop: I will set up a keyring"))),
                hint=_("In a file, whoever copies this user's whole home folder has the secret too."),
            )
        )
        self._secret.hide()
        card.column.addWidget(self.form)
        self._create = PrimaryButton(_("&Make the clinic"), "firstrun.primary", self.make)
        card.column.addWidget(self._create)
        self._password.edited.connect(self._pause.start)
        return page

    def _keyring_known(self, keyring: bool) -> None:  # noqa: FBT001 - an answer, not an option
        self._keyring = keyring
        self._secret.setVisible(not keyring)
        self._create.setEnabled(True)

    def _weigh(self) -> None:
        typed = self._password.value()
        others = [str(self.form.field(key).value()) for key in ("clinic", "display_name", "username")]
        self._tasks.query("strength", lambda: self._gate.strength(typed, others), self._weighed)

    def _weighed(self, weight: tuple[int, str]) -> None:
        self._score, advice = weight
        self._password.show_hint(f"{_(WORDS[self._score])}. {advice}".strip() if self._password.value() else "")

    def make(self) -> None:
        """Make the clinic, once everything is filled in."""
        if not self.form.check():
            return
        if self._password.value() != self._again.value():
            self.form.show_refusal(Refusal(N_("The two passwords are not the same."), field="again"))
            return
        if not self._keyring and self._secret.value() != "file":
            self.form.show_refusal(
                Refusal(N_("Choose a file, or set up a keyring and start again."), field="device_secret")
            )
            return
        typed = self._password.value()
        self._create.set_busy(busy=True)
        self._tasks.query("strength", lambda: self._gate.strength(typed, ()), self._create_if_strong, self._not_made)

    def _create_if_strong(self, weight: tuple[int, str]) -> None:
        if weight[0] < STRONG_ENOUGH:
            self._create.set_busy(busy=False)
            self.form.show_refusal(
                Refusal(N_("This password is too weak. {advice}"), field="password", advice=weight[1])
            )
            return
        value = {key: str(each) for key, each in self.form.values().items()}
        new = NewClinic(
            clinic=value["clinic"],
            display_name=value["display_name"],
            username=value["username"],
            password=self._password.value(),
            device_secret="keyring" if self._keyring else "file",
        )
        self._tasks.change(lambda: self._gate.create(new), self._made, self._not_made)

    def _not_made(self, error: Exception) -> None:
        self._create.set_busy(busy=False)
        if not self.form.show_refusal(error):
            self.form.show_error(explain(error))

    # The recovery key -----------------------------------------------------------------------------------

    def _recovery_page(self) -> QWidget:
        page = QWidget()
        card = Card(page, width=560)
        card.column.addWidget(label(_("Your recovery key"), "title"))
        words = _(
            "If this machine is lost or every password is forgotten, only this key opens the clinic and its backups."
            " Print it or write it down, and keep it where the machine is not."
        )
        card.column.addWidget(label(words, wrap=True))
        self._shown = label("", "section", name="firstrun.recovery_key", wrap=True)
        self._shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
        card.column.addWidget(self._shown)
        row = QHBoxLayout()
        self._hide = Button(_("&Hide it"), "firstrun.hide", self._toggle)
        row.addWidget(Button(_("P&rint"), "firstrun.print", self._print, icon="print"))
        row.addWidget(self._hide)
        self._said = label("", "secondary", wrap=True, name="firstrun.said")
        row.addWidget(self._said, 1)
        card.column.addLayout(row)
        self._kept = CheckField(_("I have it on &paper"), "firstrun.kept")
        self._typed = TextField(_("&Type it back from the paper"), "firstrun.typed", longest=200)
        self._go = PrimaryButton(_("&Start work"), "firstrun.start", self._confirm)
        for part in (self._kept, self._typed, self._go):
            card.column.addWidget(part)
        return page

    def _made(self, key: str) -> None:
        self._key = key
        self._create.set_busy(busy=False)
        self._password.clear()
        self._again.clear()
        self._shown.setText(key)
        self.setCurrentIndex(1)
        self._typed.setFocus()

    def _toggle(self) -> None:
        hidden = self._shown.text() != self._key
        self._shown.setText(self._key if hidden else "•" * 12)
        self._hide.set_text(_("&Hide it") if hidden else _("S&how it"))

    def _print(self) -> None:
        def work() -> None:
            send_to_printer(self._gate.recovery_sheet(), "Clinic document")

        self._tasks.change(
            work,
            lambda _nothing: self._said.setText(_("Sent to the printer.")),
            lambda error: self._said.setText(explain(error)),
        )

    def _confirm(self) -> None:
        if not self._kept.value():
            self._kept.show_error(_("Please put it on paper first."))
        elif _letters(self._typed.value()) != _letters(self._key):
            self._typed.show_error(_("This is not the key shown. Compare it letter by letter."))
            self._typed.setFocus()
        else:
            self._tasks.change(self._gate.confirm_recovery, self._confirmed, self._not_confirmed)

    def _confirmed(self, _nothing: object) -> None:
        self._key = ""
        self._shown.clear()
        self._typed.clear()
        self.done.emit(str(self.form.field("username").value()))

    def _not_confirmed(self, error: Exception) -> None:
        self._said.setText(explain(error))


def _letters(key: str) -> str:
    return "".join(letter for letter in key.upper() if letter.isalnum())
