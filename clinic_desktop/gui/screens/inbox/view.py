"""Shows the inbox: the list, the one that is open beside it, and a form to write one."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.gui.screens.inbox.presenter import Presenter
from clinic_desktop.gui.screens.inbox.words import PRIORITIES, ROLES, addressed, columns, dated
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import Button, LinkButton
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import show_moment
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import Empty, Line, Panel, label
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services.inbox import Addressee, Item


class InboxView(ScreenView):
    """The inbox."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("inbox")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.item: Item | None = None
        shows = [("open", _("Open")), ("snoozed", _("Put off")), ("done", _("Done"))]
        self.shows = SegmentField("", "inbox.show", shows)
        self.shows.set_value("open")
        self.table: ListTable[Item] = ListTable(
            "inbox.items", columns(), key=lambda row: row.id, settings=context.settings,
            empty=Empty(_("Nothing waits for you. What is sent to you or to your role stands here."), icon="bell"),
        )  # fmt: skip
        decide = partial(context.window.go, "sync", show="decide")
        self.decisions = LinkButton("", "inbox.decisions", decide)
        self.decisions.hide()
        self.answer = Form(DraftKeeper(self._keep_answer))
        self.note = self.answer.add(NoteEdit(_("What was done about it"), "inbox.note", rows=2))
        self.form = Form(DraftKeeper(lambda fields: self.presenter.draft().keep(fields)))
        self.to = ChoiceField(_("&To"), "inbox.to", [], required=True)
        self.priority = SegmentField("", "inbox.priority", [(key, _(words)) for key, words in PRIORITIES.items()])
        self.title_field = TextField(_("&About"), "inbox.message.title", required=True, longest=200)
        self.body = NoteEdit(_("Te&xt"), "inbox.message.body", rows=4)
        self.due = DateField(_("&Until"), "inbox.due", today=context.today)
        self.set_title(_("Inbox"))
        self._build()
        self._listen()
        self.set_primary(_("&Done"), self._done, name="inbox.done", enabled=False)

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        above = QHBoxLayout()
        above.addWidget(self.shows)
        above.addStretch(1)
        above.addWidget(self.decisions)
        column.addLayout(above)
        column.addWidget(self.table, 3)
        column.addWidget(self._detail_panel(), 2)
        self.set_body(body)
        side = QWidget()
        beside = QVBoxLayout(side)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(12)
        sends = self.presenter.may_send
        beside.addWidget(label(_("Send a message or a task") if sends else _("A task for me"), "section"))
        if sends:
            self.form.add(self.to)
            self.form.add(self.priority)
            self.priority.set_value("normal")
        for field in (self.title_field, self.body, self.due):
            self.form.add(field)
        beside.addWidget(self.form)
        beside.addWidget(Button(_("&Send") if sends else _("&Keep as a task"), "inbox.send", self._send))
        beside.addStretch(1)
        self.set_context(side)

    def _detail_panel(self) -> Panel:
        panel = Panel(name="inbox.detail")
        self._what = label("", "section", name="inbox.what", wrap=True)
        self._facts = label("", "secondary", name="inbox.facts", wrap=True)
        self._text = label("", name="inbox.text", wrap=True)
        for part in (self._what, self._facts, self._text):
            panel.add(part)
        panel.add(Line())
        panel.add(self.answer)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._opens = Button(_("&Open it"), "inbox.open", self._open_it)
        row.addWidget(self._opens)
        self._off = label(_("Put off:"), "secondary")
        row.addWidget(self._off)
        self._snoozes = []
        for words, choice in (
            (_("In &15 minutes"), "quarter"), (_("In an &hour"), "hour"), (_("To&morrow"), "tomorrow"),
        ):  # fmt: skip
            button = Button(words, f"inbox.snooze.{choice}", partial(self._snooze, choice))
            self._snoozes.append(button)
            row.addWidget(button)
        row.addStretch(1)
        holder = QWidget()
        holder.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        panel.add(holder)
        panel.body.addStretch(1)
        return panel

    def _listen(self) -> None:
        self.shows.edited.connect(lambda: self.presenter.choose(self.shows.value() or "open"))
        self.table.selected.connect(self._show)
        self.table.opened.connect(lambda _row: self._open_it())
        self._show(None)

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the inbox; perhaps begin a message or a task."""
        self.context.window.set_patient(None)
        self.presenter.open()
        self.presenter.draft().recall(self.form.restore)
        if arguments.get("act"):
            (self.to if self.presenter.may_send else self.title_field).setFocus()
        else:
            self.table.setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Something was sent, read or done."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        for form in (self.form, self.answer):
            if form.keeper is not None:
                form.keeper.flush()

    # What the presenter asks --------------------------------------------------------------------------

    def show_items(self, items: Sequence[Item], show: str) -> None:
        """Show the list; what was chosen stays chosen while it is there."""
        self.table.set_rows(tuple(items))
        if show == "open":
            self.context.window.set_count("inbox", sum(not item.read for item in items))
        self._show(self.table.current())

    def show_decisions(self, count: int) -> None:
        """Say how much waits for a decision at the connected systems."""
        words = ngettext(
            "{n} waits for a de&cision at the connected systems", "{n} wait for a de&cision at the connected systems",
            count,
        )  # fmt: skip
        self.decisions.set_text(words)
        self.decisions.setVisible(count > 0)

    def show_addressees(self, people: Sequence[Addressee]) -> None:
        """Offer everybody a message can be sent to."""
        chosen = self.to.draft()
        self.to.set_choices([(one.key, _(ROLES[one.key]) if one.key in ROLES else one.words) for one in people])
        if chosen:
            self.to.restore(chosen)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def did(self, words: str, undo: Callable[[], None] | None = None) -> None:
        """An act on one is done."""
        self.answer.clear()
        if undo is None:
            self.context.window.say(words)
        else:
            self.context.window.offer_undo(words, undo)
        self.table.setFocus()

    def sent(self, words: str) -> None:
        """What was written is on its way."""
        if self.form.keeper is not None:
            self.form.keeper.forget()
        self.form.clear()
        self.priority.set_value("normal")
        self.context.window.say(words)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, beside the field that it is about."""
        self.context.window.show_error(error, self)

    # Keys ---------------------------------------------------------------------------------------------

    def _show(self, item: Item | None) -> None:
        if item is not None and (self.item is None or self.item.id != item.id):
            self.leave()
            self.item = item
            self.answer.clear()
            self.presenter.answer_draft(item).recall(self._restore_answer(item))
            self.presenter.read(item)
        self.item = item
        self._what.setText(item.title if item else _("Choose one to read it."))
        self._facts.setText(_facts(item) if item else "")
        self._text.setText(item.body if item else "")
        self._text.setVisible(item is not None and bool(item.body))
        closed = item is None or item.done_at is not None
        self.answer.setVisible(not closed)
        self._opens.setVisible(item is not None and item.screen is not None)
        for part in (self._off, *self._snoozes):
            part.setVisible(not closed)
        self.enable_primary(not closed)

    def _open_it(self) -> None:
        if self.item is not None and self.item.screen is not None:
            self.context.window.go(self.item.screen, **dict(self.item.arguments))

    def _snooze(self, choice: str) -> None:
        if self.item is not None:
            self.presenter.snooze(self.item, choice)

    def _done(self) -> None:
        if self.item is not None:
            self.presenter.done(self.item, self.note.value())

    def _send(self) -> None:
        if not self.form.check():
            return
        title, body, due = self.title_field.value(), self.body.value(), self.due.value()
        if self.presenter.may_send:
            self.presenter.send(self.to.value() or "", self.priority.value() or "normal", title, body, due)
        else:
            self.presenter.remind(title, body, due)

    def _keep_answer(self, fields: dict[str, str]) -> None:
        if self.item is not None:
            self.presenter.answer_draft(self.item).keep(fields)

    def _restore_answer(self, item: Item) -> Callable[[Mapping[str, object]], None]:
        def restore(fields: Mapping[str, object]) -> None:
            if self.item is not None and self.item.id == item.id:
                self.answer.restore(fields)

        return restore


def _facts(item: Item) -> str:
    sent = show_moment(item.sent_at)
    parts = [
        _("from {name}, {at}").format(name=item.sender, at=sent) if item.sender else sent,
        addressed(item),
        _("patient {name}").format(name=item.patient) if item.patient else "",
        dated(item),
        _("nobody answered before: it was passed on to you") if item.level else "",
        _("must be answered") if item.must_answer and item.done_at is None else "",
    ]
    if item.done_at is not None:
        done = show_moment(item.done_at)
        said = _("done by {name}, {at}") if item.done_by else _("done by itself, {at}")
        parts.append(said.format(name=item.done_by, at=done))
        parts.append(item.done_note)
    return "  ·  ".join(part for part in parts if part)
