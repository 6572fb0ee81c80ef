"""Shows a laboratory order being put together: search, the usual panels, what was chosen, how urgent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from clinic_desktop.gui.screens.order.presenter import Found, Line, Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.howfar import HowFar, full_words, named_words
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel, clear_layout, label
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.lab_orders import OrderDetails
from clinic_desktop.services.laboratory import OpenTest

PANELS_ACROSS = 2
COLLECTED_FROM = time(8)  # a day without a time: specimens are taken from eight in the morning
STATUS_WORDS = {
    "ordered": N_("waits for its specimen"),
    "collected": N_("in the laboratory"),
    "resulted": N_("waits to be released"),
    "rejected": N_("needs a new specimen"),
}


class OrderScreen(ScreenView):
    """The screen on which laboratory tests are ordered."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("order")
        self._window = context.window
        self.presenter = Presenter(context.desk, context.tasks, self)
        self._keeper = DraftKeeper(self.presenter.keep)
        self._form = Form()
        self._search = SearchField(
            _("&Test or panel"), "order.search", self._ask, placeholder=_("Name of a test or a panel"), keep=False
        )
        self._buttons_of: dict[str, QPushButton] = {}
        self._asked: tuple[str, Show] | None = None
        self._panels = QGridLayout()
        self._lines = self._chosen_table()
        self._open_list = QVBoxLayout()
        choices = (("routine", _("Routine")), ("urgent", _("Urgent")), ("stat", _("Stat")))
        self._priority = SegmentField(_("&How urgent"), "order.priority", choices)
        self._note = NoteEdit(_("&Note to the laboratory"), "order.note", rows=2)
        self._told = (
            NoteEdit(_("&Clinical information"), "order.clinical_information", rows=2),
            TextField(_("Diagnosis codes"), "order.diagnoses", placeholder="I10 E11.9"),
            TextField(_("Collection"), "order.collection_instructions", placeholder=_("Fasting for 12 hours")),
            DateField(_("Collect on"), "order.collect_on", today=context.today),
            ChoiceField(_("Place"), "order.place", ()),
        )
        self._specimens = label("", "secondary", name="order.specimens", wrap=True)
        self._far = HowFar(context.desk, context.tasks)
        self._open_orders: list[tuple[QLabel, str, str]] = []
        self.set_title(_("Laboratory order"))
        self._build()
        self._keeper.setParent(self)
        self._keeper.watch(self)
        self.set_primary(_("&Place order"), self._place, name="order.place", enabled=False)

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Begin an order: ``patient_id`` and perhaps ``encounter_id``."""
        self._window.set_patient(arguments["patient_id"])
        self.presenter.open(arguments["patient_id"], arguments.get("encounter_id", ""))
        self._search.setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """What is ordered already may have changed."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being put together."""
        self._keeper.flush()

    def draft(self) -> dict[str, str]:
        """What was chosen and typed."""
        priority = self._priority.draft()
        typed = {field.key: field.draft() for field in (self._note, *self._told) if field.draft()}
        if priority != "routine":
            typed["priority"] = priority
        return self.presenter.draft() | typed

    # What the presenter asks --------------------------------------------------------------------------

    def start(self) -> None:
        """Begin anew: nothing of another patient stays on the screen for a moment."""
        self._keeper.forget()
        clear_layout(self._open_list)
        self._open_orders = []
        self.show_lines((), "")
        self._form.clear()
        self._form.set_values({"priority": "routine"})
        self._more.set_folded(True)

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put the draft back."""
        known = {field.key for field in self._form.fields()}
        self._form.restore({key: value for key, value in draft.items() if key in known})
        self._more.set_folded(not any(field.draft() for field in self._told))

    def offer_places(self, places: Sequence[Entry]) -> None:
        """Where the specimen can be taken."""
        self._told[4].set_choices([(one.id, one.name) for one in places if one.active])

    def show_panels(self, panels: Sequence[Found]) -> None:
        """Offer the panels as buttons."""
        clear_layout(self._panels)
        self._buttons_of = {}
        for place, panel in enumerate(panels):
            button = QPushButton(panel.name)
            button.setObjectName(f"order.{panel.key.replace(':', '.')}")
            button.setAccessibleName(panel.name)
            button.setToolTip(panel.detail)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("kind", "segment")
            button.setProperty("place", "only")
            button.toggled.connect(lambda on, key=panel.key: self._toggle(key, chosen=on))
            self._buttons_of[panel.key] = button
            self._panels.addWidget(button, place // PANELS_ACROSS, place % PANELS_ACROSS)
        if self._asked is not None and self._asked[0] == self._search.line.text().strip():
            self._ask(*self._asked)  # typed before the catalogue had arrived

    def show_lines(self, lines: Sequence[Line], specimens: str) -> None:
        """Show what was chosen, and which specimens it takes."""
        self._lines.set_rows(lines)
        self._specimens.setText(_("Specimens: {kinds}").format(kinds=specimens) if specimens else "")
        for key, button in self._buttons_of.items():
            button.setChecked(self.presenter.is_chosen(key))
        self.enable_primary(bool(lines))

    def show_open(self, tests: Sequence[OpenTest]) -> None:
        """Show what is ordered already."""
        clear_layout(self._open_list)
        self._open_orders = []
        if not tests:
            self._open_list.addWidget(label(_("Nothing is waiting in the laboratory."), "secondary", wrap=True))
        orders: dict[str, list[OpenTest]] = {}
        for test in tests:
            orders.setdefault(test.order_number, []).append(test)
        for number, members in orders.items():
            head = f"{number} · {show_date(members[0].ordered_at.astimezone().date())}"
            heading = label(head, "strong", name=f"order.open.{number}", wrap=True)
            self._open_orders.append((heading, head, members[0].order_id))
            self._open_list.addWidget(heading)
            for test in members:
                words = f"{test.name}: {_(STATUS_WORDS[test.status])}"
                self._open_list.addWidget(label(words, "secondary", wrap=True))
        self._open_list.addStretch(1)
        self._mark_orders()
        if self._open_orders:
            self._far.ask(*(("lab_order", order_id) for _head, _words, order_id in self._open_orders),
                          then=self._mark_orders)  # fmt: skip

    def _mark_orders(self) -> None:
        """How far each order is at the connected systems; nothing where none is connected."""
        for heading, head, order_id in self._open_orders:
            said = named_words(self._far.marks, "lab_order", order_id)
            heading.setText(f"{head} · {said}" if said else head)
            heading.setToolTip(full_words(self._far.marks, "lab_order", order_id))

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong."""
        self._window.show_error(error, self._form)

    def placed(self, words: str) -> None:
        """The order is placed: go back to where it was asked for."""
        self._keeper.forget()
        self.start()
        self._window.say(words)
        if self.isVisible():
            self._window.back()

    def touched(self) -> None:
        """Something was chosen: keep it."""
        self._keeper.touch()

    # ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(16)
        choose = Panel(_("Choose"))
        choose.add(self._search)
        self._panels.setSpacing(8)
        holder = QWidget()
        holder.setLayout(self._panels)
        self._panels.setContentsMargins(0, 8, 0, 0)
        choose.add(holder)
        choose.body.addStretch(1)
        order = Panel(_("To be ordered"))
        order.add(self._lines, 1)
        order.add(self._specimens)
        self._form.add(self._priority)
        self._form.add(self._note)
        clinical, codes, how, on, place = self._told
        self._more = self._form.add_section(
            _("More: why, and how the specimen is taken"), (clinical,), (codes, on), (how, place), folded=True
        )
        order.add(self._form)
        columns.addWidget(choose, 4)
        columns.addWidget(order, 5)
        self.set_body(body)
        context = QWidget()
        side = QVBoxLayout(context)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(label(_("Ordered already"), "section"))
        side.addLayout(self._open_list, 1)
        self.set_context(context)
        self._search.chosen.connect(lambda found: self.presenter.choose(found.key))
        self._form.edited.connect(lambda _key: self._keeper.touch())

    def _chosen_table(self) -> ListTable[Line]:
        columns = (
            Column[Line]("name", _("Test or panel"), lambda line: line.name, 184, strong=True),
            Column[Line]("tests", _("Tests, specimen"), _holds, 140, stretch=True, subtle=True),
            Column[Line]("already", _("Ordered already"), lambda line: line.already, 124, look=_already),
        )
        table = ListTable(
            "order.lines", columns, key=lambda line: line.key, counted=False,
            empty=Empty(_("Choose a panel, or type the name of a test. Del takes one out again."), icon="flask"),
        )  # fmt: skip
        table.view.installEventFilter(self)
        return table

    def _ask(self, text: str, show: Show) -> None:
        self._asked = (text, show)
        show(
            [
                Suggestion(
                    one.key,
                    one.name,
                    one.detail,
                    _("ordered already") if one.already else _("panel") if one.is_panel else "",
                    "warning" if one.already else "neutral",
                    "flask",
                )
                for one in self.presenter.search(text)[:40]
            ]
        )

    def _toggle(self, key: str, *, chosen: bool) -> None:
        if chosen and not self.presenter.is_chosen(key):
            self.presenter.choose(key)
        elif not chosen and self.presenter.is_chosen(key):
            self.presenter.drop(key)

    def _place(self) -> None:
        if not self._form.check():
            return
        clinical, codes, how, on, place = self._told
        day = on.value()
        details = OrderDetails(
            clinical.value(), codes.value(), how.value(),
            None if day is None else datetime.combine(day, COLLECTED_FROM).astimezone(), place.value(),
        )  # fmt: skip
        self.presenter.place(self._priority.value() or "routine", self._note.value(), details)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Del takes the chosen line out."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            line = self._lines.current()
            if watched is self._lines.view and event.key() == Qt.Key.Key_Delete and line is not None:
                self.presenter.drop(line.key)
                return True
        return super().eventFilter(watched, event)


def _already(line: Line) -> Look | None:
    return Look(_("Ordered"), "warning") if line.already else None


def _holds(line: Line) -> str:
    return " · ".join(part for part in (line.tests, line.specimens) if part)
