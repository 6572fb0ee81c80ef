"""Shows a prescriber's own prescriptions of some days; Enter opens the patient's."""

from datetime import date

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.screens.prescribed.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.civil import show_date, show_moment
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, label
from clinic_desktop.gui.widgets.prescriptions import state_look
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _
from clinic_desktop.services.prescribed import MOST, Prescribed


class PrescribedView(ScreenView):
    """The list of what somebody has prescribed."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("prescribed")
        self._window, self._today = context.window, context.today
        self._presenter = Presenter(context.desk, context.tasks, self)
        self._first = self._last = context.today()
        self._days = label("", "secondary", name="prescribed.days", wrap=True)
        self.list = ListTable(
            "prescribed.list", _columns(), key=lambda row: row.prescription_id, settings=context.settings,
            empty=Empty(_("Nothing was prescribed by you on these days."), icon="pill"),
        )  # fmt: skip
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._days)
        column.addWidget(self.list, 1)
        self.set_title(_("My prescriptions"))
        self.set_body(body)
        self.set_primary(_("&Open the patient"), self._open_current, name="prescribed.open", enabled=False)
        self.list.selected.connect(lambda row: self.enable_primary(enabled=row is not None))
        self.list.opened.connect(self._open)

    def open(self, **arguments: str) -> None:
        """Show today, or the days from ``first`` to ``last``."""
        self._window.set_patient(None)
        today = self._today()
        self._first = date.fromisoformat(arguments["first"]) if "first" in arguments else today
        self._last = date.fromisoformat(arguments["last"]) if "last" in arguments else self._first
        same = self._first == self._last
        self._days.setText(show_date(self._first) if same else f"{show_date(self._first)} – {show_date(self._last)}")
        self.list.set_rows(())
        self._presenter.ask(self._first, self._last)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Somebody prescribed, or the pharmacy went on."""
        if any(kind.partition(".")[0] in {"prescription", "dispense"} for kind in kinds):
            self._presenter.ask(self._first, self._last)

    def show_prescribed(self, found: tuple[Prescribed, ...]) -> None:
        """Show what was found."""
        self.list.set_rows(found)
        if len(found) >= MOST:
            self._window.say(_("The latest {n} of these days.").format(n=MOST))
        if found and self.list.current() is None:
            self.list.select_row(0)
        self.enable_primary(enabled=self.list.current() is not None)
        self.list.setFocus()

    def show_problem(self, error: Exception) -> None:
        """Say what is wrong."""
        self._window.show_error(error)

    def _open_current(self) -> None:
        row = self.list.current()
        if row is not None:
            self._open(row)

    def _open(self, row: Prescribed) -> None:
        self._window.go("chart", patient_id=row.patient_id)


def _columns() -> list[Column[Prescribed]]:
    return [
        Column("when", _("Signed"), lambda row: show_moment(row.signed_at), 150, sort=lambda row: row.signed_at),
        Column("patient", _("Patient"), lambda row: row.patient, 240, stretch=True, strong=True),
        Column("mrn", _("MRN"), lambda row: row.mrn, 160, subtle=True),
        Column("number", _("Prescription"), lambda row: row.number, 160, subtle=True),
        Column("lines", _("Medicines"), lambda row: str(row.lines), 90, number=True, sort=lambda row: row.lines),
        Column("state", _("Pharmacy"), lambda row: state_look(row.status).text, 120,
               look=lambda row: state_look(row.status)),
    ]  # fmt: skip
