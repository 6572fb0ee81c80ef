"""Shows what waits for a decision: the list, the message as it came, who it may be about, and one key for each act."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.gui.screens.review import tables, words
from clinic_desktop.gui.screens.review.deciding import Deciding, doubted
from clinic_desktop.gui.screens.review.pages import MergePage, RegisterPage, TakePage
from clinic_desktop.gui.screens.review.presenter import Looked, Presenter
from clinic_desktop.gui.screens.review.told import Telling, TwoSides
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import FormStack, Side
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.gui.widgets.rawtext import RawText
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services.device_controls import ControlResult
from clinic_desktop.services.device_registrations import ToldRegistration
from clinic_desktop.services.device_reviewing import Candidate
from clinic_desktop.services.devices import ReviewItem
from clinic_desktop.services.merging import Registration
from clinic_desktop.services.patients import PatientDetails

# A key that is held down, or pressed twice, never decides about what has only just come before somebody's eyes.
SEEN_MS = 250


class ReviewView(ScreenView):
    """The review list."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("review")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.telling = Telling(self.presenter, self)
        self.part = self.presenter.parts[0]
        self.dialog: ConfirmStop | None = None
        self._here: PatientDetails | None = None
        self._two: tuple[Registration, Registration] | None = None
        self._looked: Looked | None = None
        self._shown = ""  # the id of what is looked at
        self._seen = QElapsedTimer()
        self._seen.start()
        self.items = tables.items(context.settings)
        self.told = tables.told(context.settings)
        self.controls = tables.controls(context.settings)
        self.show_part = SegmentField("", "review.show", [(one, _(words.SHOWS[one])) for one in self.presenter.parts])
        self.raw = RawText("review.raw", _("The message as it came"))
        self.cut = label("", "secondary", name="review.cut")
        self.deciding = Deciding(self.presenter.find, self._keep("reject"), context.settings)
        self.register = RegisterPage(self._keep("register"), self._register, context.today)
        self.take = TakePage(self._keep("take"), self._take)
        self.merging = MergePage(self._keep("merge"), self._merge)
        pages = {"register": self.register, "take": self.take, "merge": self.merging}
        self.forms = FormStack(label(_("Choose one to decide about it."), "secondary"), pages)
        self._arrange()
        self._listen()
        self._turn(self.part)

    def _arrange(self) -> None:
        self.set_title(_("Incoming: the review list"))
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.show_part)
        # Not before it has its place: shown without one, it would be a window of its own.
        self.show_part.setHidden(len(self.presenter.parts) < 2)
        for table in (self.items, self.told, self.controls):
            column.addWidget(table, 2)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        self._holder = QWidget()
        self._holder.setLayout(lower)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.addWidget(self.forms, 3)
        card = Panel(_("The message as it came"), name="review.message")
        card.add(self.raw, 1)
        card.add(self.cut)
        lower.addWidget(card, 2)
        column.addWidget(self._holder, 3)
        self.set_body(body)
        self.nobody = label(
            _(
                "What an analyser marks as quality control stands here and in no patient's record. The newest is at the"
                " top; type to filter by device, test or control specimen."
            ),
            "secondary", wrap=True,
        )  # fmt: skip
        beside = Side()
        beside.column.addWidget(self.deciding, 1)
        beside.column.addWidget(self.nobody)
        beside.column.addStretch(0)
        self.set_context(beside)

    def _listen(self) -> None:
        self.show_part.edited.connect(lambda: self._turn(self.show_part.value() or self.part))
        self.items.selected.connect(lambda _row: self._look())
        self.told.selected.connect(lambda _row: self._look())
        self.items.opened.connect(lambda _row: self._decide())
        self.told.opened.connect(lambda _row: self._start_form())
        self.deciding.filed.connect(self._decide)
        self.deciding.rejected.connect(self._reject)
        self.deciding.chosen.connect(self._chose)
        self.deciding.looked_for.connect(lambda patient: self.presenter.compare(self._shown, patient))
        for table in (self.items, self.told, self.deciding.people):
            table.view.installEventFilter(self)
        for keys, by in (("Alt+Down", 1), ("Alt+Up", -1)):
            QShortcut(QKeySequence(keys), self, lambda by=by: self.deciding.step(by))

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show what waits."""
        self.context.window.set_patient(None)
        wanted = arguments.get("show", self.part)
        self._turn(wanted if wanted in self.presenter.parts else self.part)
        self.presenter.reload()
        QTimer.singleShot(0, self._list().setFocus)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Something came, or was decided elsewhere."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        self.forms.flush()
        if self.deciding.form.keeper is not None:
            self.deciding.form.keeper.flush()

    def escape(self) -> bool:
        """From a form or a candidate back to the list."""
        inside = QApplication.focusWidget()
        if inside is not None and (self.forms.isAncestorOf(inside) or self.deciding.isAncestorOf(inside)):
            self._list().setFocus()
            return True
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Delete sets aside from a list; in a field it is the key of the field."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            if not event.isAutoRepeat():
                self._reject()
            return True
        return super().eventFilter(watched, event)

    # What the presenter asks --------------------------------------------------------------------------

    def show_items(self, items: Sequence[ReviewItem]) -> None:
        """The results and other messages that wait."""
        self.items.set_rows(items)
        self._count()
        self._settle("results")

    def show_told(self, told: Sequence[ToldRegistration]) -> None:
        """The registrations that wait."""
        self.told.set_rows(told)
        self._count()
        self._settle("registrations")

    def show_controls(self, log: Sequence[ControlResult]) -> None:
        """The quality control."""
        self.controls.set_rows(log)

    def show_looked(self, looked: Looked) -> None:
        """The message beside what was read from it, and who it may be about."""
        if looked.found.item_id != self._shown:
            return
        self._looked = looked
        self._seen.restart()
        message = looked.message
        self.raw.show_lines(message.lines, message.own)
        cut = ngettext("{n} letter more is not shown", "{n} letters more are not shown", message.left_out)
        self.cut.setText(cut.format(n=f"{message.left_out:,}"))
        self.cut.setVisible(bool(message.left_out))
        self.deciding.show_candidates(looked.found.candidates)
        self._recall("reject", self.deciding.form)
        item = self.told.current() if self.part == "registrations" else None
        if item is not None:
            self._offer_form(item, looked)

    def add_candidate(self, one: Candidate) -> None:
        """Somebody who was looked for."""
        self.deciding.add_candidate(one)

    def show_here(self, item: ToldRegistration, details: PatientDetails, sides: tuple[TwoSides, ...]) -> None:
        """A registration as it stands here beside what was told."""
        if item.id == self._shown:
            self._here = details
            self.take.show_sides(f"{details.name} · {details.mrn}", sides)
            self._open_form("take")

    def show_two(self, item: ToldRegistration, kept: Registration, other: Registration) -> None:
        """Two registrations that were told to be one."""
        if item.id == self._shown:
            self._two = (kept, other)
            self.merging.show_two(kept, other)
            self._open_form("merge")

    def decided(self, item_id: str, said: str, undo: Callable[[], None] | None = None) -> None:
        """It is decided: the next one is chosen at once."""
        for form in (self.deciding.form, *(page.form for page in self.forms.pages.values())):
            form.settle()
        if self.part == "results":
            tables.take_out(self.items, item_id)
        else:
            tables.take_out(self.told, item_id)
        self._count()
        self._settle(self.part)
        self._list().setFocus()
        if undo is None:
            self.context.window.say(said)
        else:
            self.context.window.offer_undo(said, undo)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as the presenter says it
        """Show that the act was heard."""
        self.set_primary_busy(busy)
        self.deciding.reject.setEnabled(not busy)

    def show_error(self, error: Exception) -> None:
        """Say what was not done, beside its field where it has one."""
        self.context.window.show_error(tables.in_words(error), self)

    # ----------------------------------------------------------------------------------------------------

    def _list(self) -> ListTable[ReviewItem] | ListTable[ToldRegistration] | ListTable[ControlResult]:
        if self.part == "controls":
            return self.controls
        return self.items if self.part == "results" else self.told

    def _count(self) -> None:
        total = len(self.items.rows()) + len(self.told.rows())
        self.context.window.set_count("review", total)

    def _turn(self, part: str) -> None:
        """Turn to a part of the page."""
        self.leave()
        self.part = part
        self.show_part.set_value(part)
        for name, table in (("results", self.items), ("registrations", self.told), ("controls", self.controls)):
            table.setVisible(name == part)
        self._holder.setVisible(part != "controls")
        self.forms.setVisible(part == "registrations")
        self.deciding.setVisible(part != "controls")
        self.nobody.setVisible(part == "controls")
        self._shown = ""
        if part == "controls":
            self.no_primary()
        else:
            self._settle(part)

    def _settle(self, part: str) -> None:
        """Choose the first where nothing is chosen, and look at what is."""
        if part != self.part:
            return
        table = self._list()
        if table.rows() and table.current() is None:
            table.select_row(0)
        self._look()

    def _current(self) -> ReviewItem | ToldRegistration | None:
        return {"results": self.items.current, "registrations": self.told.current}.get(self.part, lambda: None)()

    def _look(self) -> None:
        item = self._current()
        if (item.id if item is not None else "") == self._shown and item is not None:
            return
        self.leave()
        self._looked, self._here, self._two = None, None, None
        self._shown = item.id if item is not None else ""
        self.raw.show_lines(())
        self.cut.hide()
        self.forms.clear()
        why = item.why if isinstance(item, ReviewItem) else ""
        self.deciding.begin(item.said_of if item is not None else None, why)
        self._chose()
        if item is not None:
            self.presenter.look(item.id)

    def _chose(self) -> None:
        """Another candidate is chosen: what can be done changes with them."""
        if self.part == "results":
            self.set_primary(
                _("&File to this patient"), self._decide, name="review.file",
                enabled=self._looked is not None and self.deciding.candidate() is not None,
            )  # fmt: skip
            return
        item, one = self.told.current(), self.deciding.candidate()
        if self._looked is not None and isinstance(item, ToldRegistration) and not item.is_merge and one is not None:
            if self._here is None or self._here.patient_id != one.patient_id:
                self._here = None
                self.telling.compare(item, one.patient_id)
        elif self._looked is None:
            self.no_primary()

    def _offer_form(self, item: ToldRegistration, looked: Looked) -> None:
        """The form of what was told: a merge, news of somebody registered, or somebody new."""
        found = looked.found
        if item.is_merge and len(found.known) == len(found.ending) == 1:
            self.telling.look_at_two(item, found.known[0], found.ending[0])
        elif self.deciding.candidate() is None:
            self.register.show_told(item.told)
            self._open_form("register")
        else:
            self._chose()

    def _open_form(self, name: str) -> None:
        inside = QApplication.focusWidget()
        page = self.forms.show_form(name)
        # A form that opens by itself takes no key from whoever goes through the list or the candidates.
        if inside is not None and self.isAncestorOf(inside):
            inside.setFocus()
        self._recall(name, page.form)
        self.set_primary(page.act_words, self._submit, name=f"review.{name}")

    def _start_form(self) -> None:
        if self.forms.current:
            self.forms.pages[self.forms.current].start()

    def _submit(self) -> None:
        if self.forms.current:
            self.forms.pages[self.forms.current].submit()

    def _ready(self) -> bool:
        return self._looked is not None and not self.primary_busy and self._seen.elapsed() >= SEEN_MS

    def _decide(self) -> None:
        item, one = self.items.current(), self.deciding.candidate()
        if self.part != "results" or item is None or one is None or not self._ready():
            return
        if not one.doubt:
            self.presenter.file(item, one)
            return
        self.dialog = doubted(self, item.said_of, one, self.presenter.draft("despite", item.id))
        dialog = self.dialog
        dialog.accepted.connect(lambda: self.presenter.file(item, one, dialog.reason()))
        dialog.open()

    def _reject(self) -> None:
        item = self._current()
        if item is None or not self._ready():
            return
        why = words.reason_words(self.deciding.reason.value() or "other", self.deciding.more.value())
        if not why:
            self.deciding.more.show_error(_("Please write why, or choose a reason above."))
            self.deciding.more.setFocus()
            return
        self.leave()
        told = isinstance(item, ToldRegistration)
        what = words.who(item.said_of) if told else (item.title or item.message_type)  # type: ignore[union-attr]
        self.presenter.reject(item.id, what, why, told=told)

    def _register(self) -> None:
        item = self.told.current()
        if item is not None and self._ready():
            self.telling.register(item, self.register.changed())

    def _take(self) -> None:
        item = self.told.current()
        if item is not None and self._here is not None and self._ready():
            self.telling.take_over(item, self._here, self.take.fields(), self.take.reason.value())

    def _merge(self) -> None:
        item = self.told.current()
        if item is not None and self._two is not None and self._ready():
            self.telling.merge(item, self._two, self.merging.chosen(), self.merging.reason.value())

    def _recall(self, name: str, form: Form) -> None:
        """Put back what was typed about this item, unless another is looked at when the answer comes."""
        asked = self._shown

        def restore(fields: Mapping[str, object]) -> None:
            if self._shown == asked:
                form.restore(fields)

        self.presenter.draft(name, asked).recall(restore)

    def _keep(self, form: str) -> Callable[[dict[str, str]], None]:
        def keep(fields: dict[str, str]) -> None:
            if self._shown:
                self.presenter.draft(form, self._shown).keep(fields)

        return keep
