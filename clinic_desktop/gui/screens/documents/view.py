"""The documents of a patient as they are seen: the list at the left, what is read, added or written at the right."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QWidget

from clinic_desktop.domain import contents
from clinic_desktop.domain import documents as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.printing import save_copy
from clinic_desktop.gui.screens.documents import files, lists
from clinic_desktop.gui.screens.documents.forms import AddForm, WhyForm, WriteForm
from clinic_desktop.gui.screens.documents.presenter import FORMS, Presenter
from clinic_desktop.gui.screens.documents.reading import Reading, show_content
from clinic_desktop.gui.shell.papers import previewing
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.howfar import HowFar
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.document_reading import OpenedDocument
from clinic_desktop.services.document_rows import DocumentShown
from clinic_desktop.services.examining import Examined


class DocumentsView(ScreenView):
    """The documents of one patient."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("documents")
        self._window, self._settings, self._tasks = context.window, context.settings, context.tasks
        self.presenter = Presenter(context.desk, context.tasks, self)
        self._rows: tuple[DocumentShown, ...] = ()
        self._found: tuple[str, ...] | None = None
        self._open_form = ""
        self._shown: OpenedDocument | None = None
        self._then = ""  # the document to choose once the list has come
        self.set_title(_("Documents"))
        self._search = TextField("", "documents.search", placeholder=_("Words in the documents"))
        self._search.line.setClearButtonEnabled(True)
        self._search.line.setAccessibleName(_("Words in the documents"))
        self._older = CheckField(_("Older &versions and errors"), "documents.older")
        self._not_shown = label("", "secondary", name="documents.not_shown", wrap=True)
        words = _("Letters, reports, cards and pictures go here: scanned, imported, or written here.")
        self.list = lists.table(context.settings, Empty(words, icon="document"))
        self._far = HowFar(context.desk, context.tasks)
        self._far.beside(self.list, "on", ("document",), lambda row: row.id)
        acts = {
            "edit": self._edit, "version": self._new_version, "print": self._print,
            "copy": lambda: self._ask_why("copy"), "error": lambda: self._ask_why("error"),
        }  # fmt: skip
        self.reading = Reading(acts)
        self._add_form = AddForm(self.presenter, context.today, self._choose_file)
        self._write_form = WriteForm(self.presenter, context.today)
        self._why_form = WhyForm(self.presenter)
        self._forms: dict[str, AddForm | WriteForm | WhyForm] = {
            "add": self._add_form, "write": self._write_form, "why": self._why_form,
        }  # fmt: skip
        self._build(context)
        self._connect()

    def _build(self, context: ScreenContext) -> None:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = Panel("")
        left.body.addLayout(top := QHBoxLayout())
        top.addWidget(self._search, 3)
        top.addWidget(self._older, 2)
        left.add(self.list, 1)
        left.add(self._not_shown)
        row.addWidget(left, 7)
        self._right = QStackedWidget()
        self._right.addWidget(self.reading)
        for form in self._forms.values():
            self._right.addWidget(form)
        row.addWidget(self._right, 6)
        self.set_body(body)
        self._add_file = self.add_button(_("Add a &file"), "documents.add_file", self._choose_file)
        self.add_button(_("&Paste"), "documents.paste", self._paste)
        if self.presenter.writable():
            self.add_button(_("&Write"), "documents.write", self._write)
        if context.desk.may("sharing.health_summary_facts"):
            show = previewing(context, "health-summary", _("Health summary"), lambda: self.presenter.patient_id)
            self.add_button(_("&Health summary"), "documents.health_summary", show)

    def _connect(self) -> None:
        self.list.selected.connect(self._chosen)
        self.list.opened.connect(lambda _row: self.reading.view.setFocus())
        self._search.edited.connect(lambda: self.presenter.search(self._search.value()))
        self._older.edited.connect(self._show_rows)
        self.setAcceptDrops(True)
        QShortcut(QKeySequence("Ctrl+F"), self, self._search.line.setFocus)
        QShortcut(QKeySequence("Ctrl+P"), self, self._print)

    # The shell --------------------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the documents of ``patient_id``; ``document_id`` chooses one of them."""
        patient = arguments["patient_id"]
        self._close_form()
        # Nothing of another patient stays on the screen for a moment.
        self._rows, self._found, self._then = (), None, arguments.get("document_id", "")
        for form in self._forms.values():
            form.form.clear()
        self._add_form.forget_file()
        self._search.clear()
        self._not_shown.setText("")
        self.list.set_rows([])
        self._show_nothing()
        self._window.set_patient(patient)
        self.presenter.open(patient)
        self.list.view.setFocus()
        if arguments.get("form") == "write":
            self._write()
        elif arguments.get("form") == "add":
            self._show_form("add")

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again for what changed."""
        self.presenter.refresh(kinds)

    def escape(self) -> bool:
        """Close the form that is open, or empty the search; what was typed stays as a draft."""
        if self._open_form:
            self._close_form()
            return True
        if self._search.draft():
            self._search.clear()
            self.list.view.setFocus()
            return True
        return False

    def leave(self) -> None:
        """Hand over drafts still being typed."""
        for form in self._forms.values():
            if form.form.keeper is not None:
                form.form.keeper.flush()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Look at the file that was dropped; one at a time, since each says what it is."""
        self._take(files.taken(event.mimeData()))

    # What the presenter shows -----------------------------------------------------------------------------

    def show_list(self, rows: tuple[DocumentShown, ...], not_shown: int) -> None:
        """Show the list, and say that there is more which this role may not read."""
        self._rows = rows
        words = _("{n} more that your role does not read.") if not_shown else ""
        self._not_shown.setText(words.format(n=not_shown))
        self._not_shown.setVisible(bool(words))
        self._show_rows()
        if self._then:
            then, self._then = self._then, ""
            chosen = self.list.current()
            if chosen is not None and chosen.id == then:
                self._chosen(chosen)  # the list does not say again what was chosen before
            else:
                self.list.select(then)
        elif self._shown is not None:
            self._again(self._shown)
        self._offer()

    def show_found(self, ids: tuple[str, ...] | None) -> None:
        """Show only what a search found; None shows all."""
        self._found = ids
        self._show_rows()

    def show_opened(self, opened: OpenedDocument, pdf: bytes | None) -> None:
        """Show a document's content beside the list."""
        chosen = self.list.current()
        if chosen is None or chosen.id != opened.document.id:
            return
        self._shown = opened
        self.reading.show_facts(opened.document)
        content = pdf if pdf is not None else opened.content
        if content is None:
            self.reading.view.show_nothing(_("The content has not come with it: only that there is such a document."))
        else:
            media_type = contents.PDF if pdf is not None else opened.document.media_type
            show_content(self._tasks, self.reading.view, media_type, content)
        self._offer()

    def show_examined(self, examined: Examined, source: str) -> None:
        """Show a file that may be added, with what is asked about it."""
        self._show_form("add")
        self._add_form.show_file(examined.file_name or _("Pasted"), source)
        show_content(self._tasks, self._add_form.preview, examined.media_type, examined.content)
        self._add_form.start()

    def restore(self, form: str, fields: Mapping[str, object]) -> None:
        """Put back what was typed before, and go on with it where nothing else was begun."""
        self._forms[form].form.restore(fields)
        if form == "write":
            self._write_form.begin()
        if form in FORMS and not self._open_form and self._shown is None:
            self._show_form(form)

    def was_done(self, form: str, words: str, document_id: str) -> None:
        """An act was done: show the document it was done to."""
        self.set_primary_busy(False)
        self._then = document_id
        if form in self._forms:
            self._forms[form].form.clear()
        if form == "add":
            self._add_form.forget_file()
        if form == "write":
            self.presenter.begin_writing()
        self._close_form()
        self._shown = None
        self._window.say(words)
        self.presenter.refresh(frozenset())
        self.list.view.setFocus()

    def insert(self, words: str) -> None:
        """Put words into the letter."""
        self._write_form.insert(words)

    def said(self, words: str) -> None:
        """Say something at the foot."""
        self._window.say(words)

    def show_problem(self, form: str, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one."""
        self.set_primary_busy(False)
        if form == "add" and self._open_form != "add":
            self._show_form("add")
        if form == "sign" and isinstance(error, Refusal) and error.field and self._shown is not None:
            # What is missing is filled in where it is missing.
            self._edit()
            form = "write"
        panel = self._forms.get(form)
        self._window.show_error(error, None if panel is None else panel.form)

    # Acts ---------------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        """Offer the one primary act of what is shown now."""
        document = self._shown.document if self._shown is not None else None
        may = self.presenter.offered(document)
        self.reading.offer(may)
        if self._open_form:
            self.set_primary(self._forms[self._open_form].act_words, self._submit)
        elif may.sign and document is not None:
            words = _("&Sign") if document.is_written_here else _("&Seen")
            self.set_primary(words, self._sign)
        elif may.edit:
            self.set_primary(_("Change"), self._edit)
        else:
            self.set_primary(_("Add a &file"), self._choose_file, name="documents.add_primary")
        self._add_file.setVisible(self.primary_name != "documents.add_primary")

    def _submit(self) -> None:
        self.set_primary_busy(True)
        if self._open_form == "why":
            self._give_reason()
        elif not (self._add_form if self._open_form == "add" else self._write_form).submit():
            self.set_primary_busy(False)

    def _sign(self) -> None:
        if self._shown is not None:
            self.set_primary_busy(True)
            self.presenter.sign(self._shown.document)

    def _new_version(self) -> None:
        if self._shown is not None:
            self.presenter.new_version(self._shown.document)

    def _edit(self) -> None:
        if self._shown is None:
            return
        document = self._shown.document
        self.leave()
        self._write_form.show_document(
            {
                "kind": document.kind, "title": document.title, "addressed_to": document.addressed_to,
                "from_on": document.from_on, "until_on": document.until_on, "body": document.body,
            }
        )  # fmt: skip
        self.presenter.begin_changing(document)
        self._show_form("write")
        self._write_form.lock_kind(locked=True)
        self._write_form.start()

    def _write(self) -> None:
        if self.presenter.editing is not None:
            self.leave()
            self._write_form.form.clear()
            self.presenter.begin_writing()
        self._write_form.lock_kind(locked=False)
        self._write_form.begin()
        self._show_form("write")
        self._write_form.start()

    def _print(self) -> None:
        if self._shown is not None and self.presenter.offered(self._shown.document).hand_out:
            self.presenter.print_it(self._shown.document, files.on_paper, files.send)

    def _ask_why(self, purpose: str) -> None:
        if self._shown is None:
            return
        self.leave()
        self._why_form.ask(purpose)
        self.presenter.ask_why(self._shown.document, purpose)
        self._show_form("why")
        self._why_form.start()

    def _give_reason(self) -> None:
        reason = self._why_form.reason()
        self.set_primary_busy(False)
        if not reason or self._shown is None:
            return
        document = self._shown.document
        if self._why_form.purpose == "error":
            self.set_primary_busy(True)
            self.presenter.withdraw(document, reason)
            return
        path = files.ask_where(self, document)
        if path is not None:
            self.save_copy(path)

    def save_copy(self, path: Path) -> None:
        """Write the copy, after its reason is on record."""
        if self._shown is not None:
            self.set_primary_busy(True)
            self.presenter.hand_out(self._shown.document, self._why_form.reason(), files.on_paper, path, save_copy)

    def _choose_file(self) -> None:
        path = files.ask_file(self)
        if path is not None:
            self.presenter.take_file(path)

    def _paste(self) -> None:
        self._take(files.taken(QApplication.clipboard().mimeData()))

    def _take(self, taken: files.Taken) -> None:
        if taken.path is not None:
            if taken.more:
                self._window.say(_("One file at a time: {name} is shown.").format(name=taken.path.name))
            self.presenter.take_file(taken.path, rules.IMPORTED)
        elif taken.data:
            self.presenter.take_bytes(taken.data, taken.name, taken.source)
        else:
            self._window.say(_("There is no file, picture or text to be taken."))

    # What is shown ----------------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        rows = [row for row in self._rows if self._older.value() or lists.stands(row)]
        if self._found is not None:
            rows = [row for row in rows if row.id in self._found]
        self.list.set_rows(rows)
        self._far.ask()
        if self._found is not None:
            self.list.set_empty_words(_("No document holds these words."))
        else:
            self.list.set_empty_words(_("Letters, reports, cards and pictures go here: scanned or written here."))

    def _chosen(self, document: DocumentShown | None) -> None:
        self._shown = None
        if self._open_form in ("", "why"):
            self._close_form()
        if document is None:
            self._show_nothing()
            return
        self.reading.show_facts(document)
        self._offer()
        self.presenter.read(document)

    def _again(self, shown: OpenedDocument) -> None:
        """The list came anew: what is read stays, unless it was changed meanwhile."""
        now = next((row for row in self._rows if row.id == shown.document.id), None)
        if now is None or now.revision != shown.document.revision:
            self._chosen(now)

    def _show_nothing(self) -> None:
        self._shown = None
        self.reading.show_nothing()
        self._offer()

    def _show_form(self, name: str) -> None:
        self._open_form = name
        self._right.setCurrentWidget(self._forms[name])
        if name == "add":
            self._add_form.begin()
        self._offer()

    def _close_form(self) -> None:
        self._open_form = ""
        self._right.setCurrentIndex(0)
        self._offer()
