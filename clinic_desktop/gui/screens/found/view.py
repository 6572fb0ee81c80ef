"""Shows the documents of all patients that hold some words; Enter opens one in its own patient's record."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.documents import BY_KEY
from clinic_desktop.gui.screens.found.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.document_reading import MOST_FOUND, FoundDocument

ASK = N_("Type words and press Enter. Every patient shown here is noted as seen by you.")


class FoundView(ScreenView):
    """The search through all documents."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("found")
        self._window = context.window
        self._presenter = Presenter(context.desk, context.tasks, self)
        self.set_title(_("Find in documents"))
        self.form = Form()
        self._words = self.form.add(TextField(_("&Words that the document holds"), "found.words"))
        self._more = label("", "secondary", name="found.more", wrap=True)
        columns = (
            Column[FoundDocument]("patient", _("Patient"), lambda row: row.patient, 220, strong=True),
            Column[FoundDocument]("mrn", _("MRN"), lambda row: row.mrn, 150, subtle=True),
            Column[FoundDocument]("title", _("Title"), lambda row: row.document.title, 240, stretch=True),
            Column[FoundDocument]("kind", _("Type"), _kind, 170, subtle=True),
            Column[FoundDocument](
                "on", _("Date"), lambda row: show_date(row.document.on.astimezone().date()), 110,
                sort=lambda row: row.document.on,
            ),
        )  # fmt: skip
        self.list = ListTable(
            "found.list", columns, key=lambda row: row.document.id, settings=context.settings,
            empty=Empty(_(ASK), icon="search"),
        )  # fmt: skip
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        panel = Panel("")
        panel.add(self.form)
        panel.add(self.list, 1)
        panel.add(self._more)
        column.addWidget(panel)
        self.set_body(body)
        self.set_primary(_("&Search"), self._search)
        self._words.line.returnPressed.connect(self._search)
        self.list.opened.connect(self._open)

    def open(self, **_arguments: str) -> None:
        """Begin a search; what another search found is taken away."""
        self._window.set_patient(None)
        self.form.clear()
        self._more.setText("")
        self.list.set_rows([])
        self.list.set_empty_words(_(ASK))
        self._words.setFocus()

    def show_found(self, found: tuple[FoundDocument, ...]) -> None:
        """Show what was found."""
        self.set_primary_busy(False)
        self.form.clear_errors()
        self.list.set_empty_words(_("No document that you may read holds all these words."))
        self.list.set_rows(found)
        full = len(found) >= MOST_FOUND
        self._more.setText(_("The latest {n}. Add a word to find fewer.").format(n=MOST_FOUND) if full else "")
        if found:
            self.list.view.setFocus()
            self.list.select_row(0)

    def show_problem(self, error: Exception) -> None:
        """Say what is wrong."""
        self.set_primary_busy(False)
        self._window.show_error(error, self.form)

    def _search(self) -> None:
        self.set_primary_busy(True)
        self._presenter.search(self._words.value())

    def _open(self, found: FoundDocument) -> None:
        self._window.go("documents", patient_id=found.patient_id, document_id=found.document.id)


def _kind(row: FoundDocument) -> str:
    kind = BY_KEY.get(row.document.kind)
    return row.document.kind if kind is None else _(kind.title)
