"""What was said with an order, and what the laboratory concludes from its results."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.screens.laboratory.sheet import elsewhere_words, order_words
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.text import NoteEdit
from clinic_desktop.i18n import _
from clinic_desktop.services import lab_orders
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sheets import OrderSheet


class OrderSaid(QWidget):
    """The words of the order above its results; `concluding` goes beneath them, once something is released."""

    def __init__(self, desk: Desk, tasks: Tasks, say: Callable[[str], None]) -> None:
        super().__init__()
        self._desk, self._tasks, self._say = desk, tasks, say
        self._sheet: OrderSheet | None = None
        self._note = label("", name="laboratory.order_note", wrap=True)
        self._elsewhere = label("", "strong", name="laboratory.elsewhere", wrap=True)
        self._form = Form(DraftKeeper(self._keep))
        self._text = self._form.add(NoteEdit(_("What the results come to"), "laboratory.conclusion", rows=2))
        self.concluding = Panel(_("Conclusion"), name="laboratory.concluding")
        self.concluding.add_button(_("Sa&ve the conclusion"), "laboratory.conclude", self._conclude)
        self.concluding.add(self._form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._note)
        column.addWidget(self._elsewhere)

    def show_sheet(self, sheet: OrderSheet) -> None:
        """Show an order's words; what is being typed of the same order stays."""
        again = self._sheet is not None and self._sheet.order_id == sheet.order_id and self._form.is_touched
        words = order_words(sheet)
        self._note.setText(words)
        self._note.setVisible(bool(words))
        came = elsewhere_words(sheet)
        self._elsewhere.setText(came)
        self._elsewhere.setVisible(bool(came))
        self.concluding.setVisible(
            sheet.status in {"partly_released", "released"} and self._desk.may("lab_orders.conclude_order")
        )
        self._sheet = sheet
        if not again:
            self._form.clear()
            self._form.set_values({"conclusion": sheet.conclusion})
            self._kept(sheet).recall(self._form.restore)

    def _conclude(self) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        desk = self._desk.once(draft=self._kept(sheet).key)
        text = self._text.value()
        if self._form.keeper is not None:
            self._form.keeper.flush()

        def done(_revision: int) -> None:
            self._form.settle()
            self._say(_("The conclusion is kept with {number}.").format(number=sheet.number))

        self._tasks.change(
            lambda: lab_orders.conclude_order(desk, sheet.order_id, text, expect=sheet.revision),
            done,
            self._refused,
        )

    def _refused(self, error: Exception) -> None:
        if not self._form.show_refusal(error):
            self._say(str(error))

    def _kept(self, sheet: OrderSheet) -> KeptDraft:
        return KeptDraft(self._desk, self._tasks, "laboratory.conclusion", sheet.order_id)

    def _keep(self, fields: dict[str, str]) -> None:
        if self._sheet is not None:
            self._kept(self._sheet).keep(fields)
