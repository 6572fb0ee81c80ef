"""Records for research: an anonymised export made under its approval, and the list of those that left."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout

from clinic_desktop.clock import from_text
from clinic_desktop.domain.anonymising import FIELDS, LEVELS, PRESERVED, SMALLEST_K, USUAL_K
from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.section import Section
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.research import ExportMade

ASK_MS = 200
LEVEL_WORDS = {
    "full": N_("Full: years alone, nothing finer"),
    "shifted": N_("Shifted: dates moved, what lies between them kept"),
}
FIELD_WORDS = {
    "age_group": N_("Age group"),
    "gender": N_("Sex"),
    "zip_code_prefix": N_("US ZIP, three figures"),
    "state": N_("US state"),
    "country": N_("Country"),
    "deceased": N_("Whether deceased"),
}
assert set(LEVEL_WORDS) == set(LEVELS)
assert set(FIELD_WORDS) == set(FIELDS)


class ResearchSection(Section):
    """The exports that left, and the form of the next."""

    name = "research"
    primary_text = N_("&Export ...")

    def __init__(self, presenter: Presenter, settings: Remembered) -> None:
        super().__init__()
        self._presenter = presenter
        self._keeper = DraftKeeper(lambda fields: presenter.keep(self.name, "new", fields))
        self.form = Form(self._keeper)
        self.form.add(
            TextField(_("Number of the app&roval"), "administration.approval", required=True, longest=500,
                      hint=_("Of the ethics committee that allowed it"))
        )  # fmt: skip
        self.form.add(TextField(_("&What for"), "administration.purpose", longest=500))
        levels = [(level, _(words)) for level, words in LEVEL_WORDS.items()]
        self.form.add(ChoiceField(_("&Level"), "administration.level", levels, none=None))
        self.form.add(
            NumberField(_("Nobody among &fewer than"), "administration.k", unit=_("people"), least=SMALLEST_K, most=99)
        )
        self.kept = {
            name: CheckField(_(words), f"administration.keep_{name}") for name, words in FIELD_WORDS.items()
        }  # fmt: skip
        kept = list(self.kept.values())
        for place in range(0, len(kept), 2):
            self.form.add_row(*kept[place : place + 2])
        self.table: ListTable[ExportMade] = ListTable(
            "administration.research", _columns(), key=lambda row: row.id, settings=settings,
            empty=Empty(_("Nothing has left for research. Fill in the form beside and export."), icon="shield"),
        )  # fmt: skip
        self.said = label("", "secondary", name="administration.research_said")
        self._asking = QTimer(self)
        self._asking.setInterval(ASK_MS)
        self._asking.timeout.connect(self.show_progress)
        self._lay_out()
        self._usual()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.table, 3)
        side = QVBoxLayout()
        panel = Panel(_("A new export"))
        panel.setMinimumWidth(400)
        panel.setMaximumWidth(480)
        words = _(
            "Only patients whose consent to research is in force are in it, by codes, numbers and years. Before the"
            " file gets its name it is searched for every patient of the clinic."
        )
        panel.add(label(words, "secondary", wrap=True))
        panel.add(self.form)
        panel.add(self.said)
        side.addWidget(panel)
        side.addStretch(1)
        row.addLayout(side, 2)

    def _usual(self) -> None:
        kept = {f"keep_{name}": name in PRESERVED for name in FIELDS}
        self.form.set_values({"level": LEVELS[0], "k": USUAL_K, **kept})

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the exports that left."""
        self.table.set_rows([row for row in rows if isinstance(row, ExportMade)])
        if not self._keeper.waiting:
            self._presenter.restore(self.name, "new")

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put a draft back."""
        self.form.restore(draft)

    def saved(self) -> None:
        """Forget the draft; the form is as it was at first."""
        self._keeper.forget()
        self.form.clear()
        self._usual()

    def flush(self) -> None:
        """Hand over what is being typed."""
        self._keeper.flush()

    def error_place(self) -> Form:
        """The form."""
        return self.form

    def primary(self) -> None:
        """Ask where to, and export."""
        if not self.form.check():
            return
        out = self.ask_where()
        if out is not None:
            preserve = tuple(name for name, field in self.kept.items() if field.value())
            self._asking.start()
            self._presenter.export_research(self.form.values(), preserve, out)

    def show_progress(self) -> None:
        """Say how many patients have been read, for as long as the export runs."""
        done = self._presenter.progress
        if done is None:
            self._asking.stop()
            self.said.setText("")
        else:
            self.said.setText(_("Patients read: {done}").format(done=done) if done else _("Reading …"))

    def ask_where(self) -> Path | None:
        """Ask for the file's name."""
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Save as"), "research.zip", "ZIP (*.zip)")
        return Path(chosen) if chosen else None


def _columns() -> list[Column[ExportMade]]:
    return [
        Column("made", _("Made"), _made, 104, sort=lambda row: row.made_at),
        Column("approval", _("Approval"), lambda row: row.export.approval, 110, strong=True),
        Column("purpose", _("What for, by whom"), _purpose, 130, stretch=True, subtle=True),
        Column("level", _("Level"), lambda row: row.export.level, 64),
        Column("k", _("k"), lambda row: str(row.export.k), 40, number=True, sort=lambda row: row.export.k),
        Column("patients", _("Patients"), lambda row: f"{row.export.patients:,}", 80, number=True,
               sort=lambda row: row.export.patients),
    ]  # fmt: skip


def _made(row: ExportMade) -> str:
    return show_date(from_text(row.made_at).astimezone().date())


def _purpose(row: ExportMade) -> str:
    return ", ".join(filter(None, (row.export.purpose, row.made_by)))
