"""The page Import as it is seen: what to bring in, the try, the import, and beside one another counts and problems."""

from collections.abc import Mapping

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from clinic_desktop.gui.screens.imports.kinds import kind_words
from clinic_desktop.gui.screens.imports.presenter import KINDS, RECORDS, Chosen, Counted, Done, Presenter, Wrong
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _

ASK_MS = 200
FILES = N_("Records and tables (*.json *.ndjson *.jsonl *.gz *.jwe *.csv *.tsv *.xlsx);;All files (*)")
NOTHING_YET = N_("Nothing was tried yet. Choose files and press Try: it says what would be done, and writes nothing.")
NOTHING_IN_IT = N_("There is nothing in these files that could be taken in.")
NO_PROBLEM_YET = N_("What cannot be taken in stands here: the file, the place in it, and why.")
NO_PROBLEM = N_("No problem was found.")


class ImportsView(ScreenView):
    """Bring records in."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("imports")
        self._window = context.window
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.keeper = DraftKeeper(self.presenter.keep)
        self.form = Form(self.keeper)
        self.said = label("", "secondary", name="imports.said", wrap=True)
        settings = context.settings
        self.counted: ListTable[Counted] = ListTable(
            "imports.counted", _counts(), key=lambda row: row.kind, settings=settings, counted=False,
            empty=Empty(_(NOTHING_YET), icon="import"),
        )  # fmt: skip
        self.wrong: ListTable[Wrong] = ListTable(
            "imports.wrong", _problems(), key=lambda row: row.number, settings=settings,
            empty=Empty(_(NO_PROBLEM_YET), icon="check"),
        )  # fmt: skip
        self._asking = QTimer(self)
        self._asking.setInterval(ASK_MS)
        self._asking.timeout.connect(self._show_progress)
        self._arrange()
        self.setAcceptDrops(True)

    def _arrange(self) -> None:
        self.set_title(_("Import"))
        self.add_button(_("&Files…"), "imports.files", self._choose_files)
        self.add_button(_("Fol&der…"), "imports.folder", self._choose_folder)
        self.stop = self.add_button(_("&Stop"), "imports.stop", self._stop)
        self.kind = self.form.add(
            ChoiceField(
                _("What it is"), "imports.kind", [(key, _(words)) for key, words in KINDS.items()], required=True
            )
        )
        self.paths = self.form.add(
            NoteEdit(_("Files and folders, one on a line"), "imports.paths", rows=4, required=True)
        )
        hint = _("Where the files do not say it: https://hospital.example/fhir")
        self.source = self.form.add(TextField(_("Whose ids these are"), "imports.source", hint=hint, longest=500))
        self.password = self.form.add(TextField(_("Password of a sealed file"), "imports.password", secret=True))
        self.mapping = self.form.add(
            ChoiceField(_("Which column is what"), "imports.mapping", (), none=_("By their names"))
        )
        self.kind.set_value(RECORDS)
        for field in (self.kind, self.paths, self.source, self.password, self.mapping):
            field.edited.connect(self._offer)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.said)
        for title, table, name in (
            (_("What becomes of it"), self.counted, "imports.results"),
            (_("What is wrong"), self.wrong, "imports.problems"),
        ):
            card = Panel(title, name=name)
            card.add(table, 1)
            column.addWidget(card, 1)
        self.set_body(body)
        beside = QWidget()
        what = QVBoxLayout(beside)
        what.setContentsMargins(0, 0, 0, 0)
        what.addWidget(label(_("What to bring in"), "strong"))
        what.addWidget(self.form)
        what.addStretch(1)
        self.set_context(beside)
        self._offer()

    # Called by the shell -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show what was chosen before, or another kind of file."""
        self._window.set_patient(None)
        self.presenter.open()
        if arguments.get("kind") in KINDS:
            self.kind.set_value(arguments["kind"])
        self._offer()
        self.paths.editor().setFocus()

    def leave(self) -> None:
        """Hand over what is still being chosen."""
        self.keeper.flush()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Files may be dropped anywhere on the page."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Files were dropped."""
        self._add([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])

    # Called by the presenter --------------------------------------------------------------------------

    def show_mappings(self, names: tuple[str, ...]) -> None:
        """The mappings that can be chosen."""
        self.mapping.set_choices([(name, name) for name in names])

    def set_busy(self, busy: bool, *, tried: bool) -> None:  # noqa: FBT001 - as the presenter says it
        """Show that files are being read."""
        self.set_primary_busy(busy)
        self.form.setEnabled(not busy)
        if busy:
            self.said.setText(_("Reading, nothing is written…") if tried else _("Taking in…"))
            self._asking.start()
        else:
            self._asking.stop()
        self._offer()

    def show_done(self, done: Done) -> None:
        """What a try or an import came to."""
        self.counted.set_empty_words(_(NOTHING_IN_IT))
        self.counted.set_rows(done.counted)
        self.wrong.set_empty_words(_(NO_PROBLEM))
        self.wrong.set_rows(done.wrong)
        self.said.setText(_words(done))
        self._offer()
        if not done.tried:
            self._window.say(_("The import is done."))

    def show_problem(self, error: Exception) -> None:
        """Say why nothing was read, beside the field where it has one."""
        self.said.setText("")
        self._window.show_error(error, self.form)
        self._offer()

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put back what was chosen before."""
        self.form.restore(draft)
        self._offer()

    # ----------------------------------------------------------------------------------------------------

    def chosen(self) -> Chosen:
        """What stands in the form."""
        return Chosen(
            self.kind.value() or RECORDS, self.paths.value(), str(self.source.value() or "").strip(),
            self.mapping.value() or "", str(self.password.value() or ""),
        )  # fmt: skip

    def _offer(self) -> None:
        """Offer the try first, and the import of the very same after it."""
        records = self.kind.value() == RECORDS
        self.source.setVisible(records)
        self.password.setVisible(records)
        self.mapping.setVisible(not records)
        busy, ready = self.presenter.busy, self.presenter.may and bool(self.paths.value().strip())
        self.stop.setVisible(busy)
        if self.presenter.was_tried(self.chosen()):
            self.set_primary(_("&Import"), self._import, name="imports.import", enabled=ready and not busy)
        else:
            self.set_primary(_("Tr&y"), self._try, name="imports.try", enabled=ready and not busy)

    def _try(self) -> None:
        self.form.clear_errors()
        self.keeper.flush()
        self.presenter.try_first(self.chosen())

    def _import(self) -> None:
        self.presenter.bring_in(self.chosen())

    def _stop(self) -> None:
        self.presenter.stop()
        self.said.setText(_("Stopping after what is being read…"))

    def _show_progress(self) -> None:
        if self.presenter.progress:
            self.said.setText(self.presenter.progress)

    def _choose_files(self) -> None:
        found, _kind = QFileDialog.getOpenFileNames(self, _("Files to bring in"), "", _(FILES))
        self._add(found)

    def _choose_folder(self) -> None:
        found = QFileDialog.getExistingDirectory(self, _("A folder to bring in"))
        self._add([found] if found else [])

    def _add(self, paths: list[str]) -> None:
        lines = [line for line in self.paths.value().splitlines() if line.strip()]
        self.paths.set_value("\n".join(dict.fromkeys([*lines, *paths])))
        self.keeper.touch()
        self._offer()


def _words(done: Done) -> str:
    new, changed = (sum(getattr(row, name) for row in done.counted) for name in ("new", "changed"))
    left = sum(row.left for row in done.counted)
    if done.stopped:
        return _("Stopped. What came before stays; the same again goes on from there.")
    if done.tried and not done.takes_in:
        words = _("Tried: nothing new and nothing changed, {left} not kept. There is nothing to import.")
    elif done.tried:
        words = _("Tried, nothing was written: {new} new, {changed} changed, {left} not kept. Import takes them in.")
    else:
        words = _("Done: {new} new, {changed} changed, {left} not kept.")
    said = words.format(new=new, changed=changed, left=left)
    return f"{said} {_files_words(done)}".rstrip()


def _files_words(done: Done) -> str:
    """How many files something is wrong with: what could not be read at all is counted by no kind."""
    files = len({row.file for row in done.wrong})
    if not files:
        return ""
    if files == 1:
        return _("Something is wrong with 1 file: it stands below.")
    return _("Something is wrong with {n} files: they stand below.").format(n=files)


def _counts() -> list[Column[Counted]]:
    def number(name: str, title: str) -> Column[Counted]:
        return Column(name, title, lambda row: str(getattr(row, name) or ""), width=74, number=True,
                      sort=lambda row: getattr(row, name))  # fmt: skip

    return [
        Column("kind", _("Kind"), lambda row: kind_words(row.kind), width=150, stretch=True, strong=True),
        number("read", _("Read")),
        number("new", _("New")),
        number("same", _("Same")),
        number("changed", _("Changed")),
        number("left", _("Not kept")),
    ]


def _problems() -> list[Column[Wrong]]:
    return [
        Column("file", _("File"), lambda row: row.file, width=210, strong=True),
        Column("where", _("Where"), lambda row: row.where, width=170),
        Column("what", _("What"), lambda row: row.what, width=220, stretch=True),
    ]
