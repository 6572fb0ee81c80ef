"""Letting a device in: its kind and name, then a code that stands for minutes, or a token that is shown once."""

import io
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPixmap, QTextOption

from clinic_desktop.domain import pairing as rules
from clinic_desktop.domain.pairing import KINDS
from clinic_desktop.gui.screens.devices.presenter import left_words
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import Side
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.gui.widgets.rawtext import RawText
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.pairing import NewDevice, Offered

KIND_WORDS = {
    "monitor": N_("Monitor, scale or thermometer"),
    "analyser": N_("Analyser or laboratory"),
    "scanner": N_("Scanner of codes and cards"),
    "documents": N_("Document scanner"),
    "display": N_("Public call screen"),
    "board": N_("Queue board of the staff"),
    "printer": N_("Print station"),
    "kiosk": N_("Desk that looks patients up"),
}
# What a token lets a device do; that every one may ask who it is itself says nothing.
MAY_WORDS = {
    rules.VITALS: N_("send vital signs"),
    rules.RESULTS: N_("send results"),
    rules.SCANS: N_("send scanned codes"),
    rules.DOCUMENTS: N_("send documents"),
    rules.LOOKUP: N_("look a patient up"),
    rules.QUEUE: N_("see the queue"),
    rules.CALLS: N_("see who is called"),
    rules.PRINTS: N_("take what is to be printed"),
}
TOKEN_SECONDS = 120  # then it goes from the screen, whoever may be looking at it by now


class PairPanel(Side):
    """The form, and what a device is to be given."""

    def __init__(
        self,
        keep: Callable[[dict[str, str]], None],
        now: Callable[[], datetime],
        offer: Callable[[], None],
        give: Callable[[], None],
    ) -> None:
        super().__init__()
        self._now = now
        self._until: datetime | None = None
        self.form = Form(DraftKeeper(keep))
        self.kind = ChoiceField(
            _("&Kind"), "devices.kind", [(kind, _(KIND_WORDS[kind])) for kind in KINDS], required=True
        )
        self.name = TextField(
            _("&Name"), "devices.name", required=True, longest=80, hint=_("By which people know it, such as its place")
        )
        self.form.add(self.kind)
        self.form.add(self.name)
        self.may = label("", "secondary", name="devices.may", wrap=True)
        self.code_button = Button(_("Show a &code"), "devices.code", offer)
        self.token_button = Button(_("Give a &token"), "devices.token_button", give)
        self.given = Panel("", name="devices.given")
        self.what = label("", "secondary", name="devices.given_what", wrap=True)
        self.code = label("", "title", name="devices.given_code")
        # A token has no blank to be broken at, and is copied whole.
        self.token = RawText("devices.given_token", _("The token"))
        self.token.setLineWrapMode(RawText.LineWrapMode.WidgetWidth)
        self.token.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.token.setFixedHeight(96)
        self.picture = label("", name="devices.given_qr")
        self.left = label("", "strong", name="devices.given_left")
        for part in (self.what, self.code, self.token, self.picture, self.left):
            self.given.add(part)
        self.hide_button = Button(_("&Hide it"), "devices.hide", self.take_away)
        self.given.add(self.hide_button)
        self.column.addWidget(label(_("Let a device in"), "section"))
        for widget in (self.form, self.may, self.code_button, self.token_button, self.given):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self._tick = QTimer(self)
        self._tick.setInterval(500)
        self._tick.timeout.connect(self._count)
        self.kind.edited.connect(self._say_scopes)
        self.take_away()

    def show_code(self, code: str, offered: Offered) -> None:
        """The code, for as long as it holds."""
        self._show(_("Type this at {name}:").format(name=offered.name), offered.expires_at)
        self.code.setText(code)
        self.code.show()

    def show_token(self, token: str, device: NewDevice, address: str) -> None:
        """The token, and the same as a picture to be scanned; of a call screen its whole address."""
        told = f"{address}/call#token={token}" if device.kind == "display" and address else token
        words = _("The token of {name}, shown this once:").format(name=device.name)
        self._show(words, self._now() + timedelta(seconds=TOKEN_SECONDS))
        self.token.show_lines((told,))
        self.token.show()
        self.picture.setPixmap(qr(told))
        self.picture.setAccessibleName(_("The token as a QR code"))
        self.picture.show()

    def take_away(self) -> None:
        """Nothing secret stays on the screen."""
        self._tick.stop()
        self._until = None
        for part in (self.what, self.code, self.left):
            part.clear()
        self.picture.clear()
        self.token.show_lines(())
        self.given.hide()

    def _show(self, what: str, until: datetime) -> None:
        self.take_away()
        self.form.clear()
        self.may.clear()
        self._until = until
        self.what.setText(what)
        self.code.hide()
        self.token.hide()
        self.picture.hide()
        self.given.show()
        self._tick.start()
        self._count()

    def _count(self) -> None:
        words = "" if self._until is None else left_words(self._until, self._now())
        if words:
            self.left.setText(_("Shown for another {time}").format(time=words))
        else:
            self.take_away()

    def _say_scopes(self) -> None:
        kind = KINDS.get(self.kind.value() or "")
        self.may.setText("" if kind is None else _("It may: {scopes}").format(scopes=may_words(kind.scopes)))


def may_words(scopes: Iterable[str]) -> str:
    """What a device may do, in words."""
    return ", ".join(_(words) for scope, words in MAY_WORDS.items() if scope in set(scopes))


def qr(text: str) -> QPixmap:
    """A text as a QR code, dark on white whatever the theme, with the quiet zone that readers need."""
    import segno  # with the first token, not with the screen

    held = io.BytesIO()
    segno.make(text, error="m", micro=False).save(held, kind="png", scale=4, border=4)
    picture = QPixmap()
    picture.loadFromData(held.getvalue())
    return picture
