"""What the background process does by itself: where its papers go, and how each run went."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.records import moment_of
from clinic_desktop.gui.screens.administration.section import FormSection
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.administration import Setting
from clinic_desktop.services.jobs import JobRun

TITLES = {
    "backup": N_("Proved backup"),
    "downtime-pack": N_("Downtime pack"),
    "monthly-reports": N_("Monthly reports"),
}
OUTCOMES = {"done": N_("✓ Done"), "failed": N_("✕ Failed"), "running": N_("… Running")}


class JobsSection(FormSection):
    """The folders of the downtime pack and of the monthly reports, and the record of every run."""

    name = "jobs"
    primary_text = N_("&Save")

    def __init__(self, presenter: Presenter, settings: Remembered) -> None:
        super().__init__()
        self._presenter = presenter
        self._keeper = DraftKeeper(lambda fields: presenter.keep(self.name, "new", fields))
        self.form = Form(self._keeper)
        self.form.add_row(
            TextField(_("Do&wntime pack to"), "administration.downtime_folder",
                      hint=_("A folder on a second disk; every hour, today's patients")),
            TextField(_("&Password of the pack"), "administration.downtime_password", secret=True,
                      hint=_("12 letters, figures or marks; empty leaves it as it is")),
        )  # fmt: skip
        self.form.add_row(
            TextField(_("Monthly reports &to"), "administration.reports_folder", hint=_("A folder; last month's")),
            TextField(_("Which &reports"), "administration.monthly_reports",
                      hint=_("Names with blanks between; empty: the usual five")),
        )  # fmt: skip
        panel = Panel(_("Papers that are written by themselves"))
        panel.add(self.form)
        columns = (
            Column[JobRun]("at", _("Begun"), lambda row: moment_of(row.started_at), 150,
                           sort=lambda row: row.started_at.isoformat()),
            Column[JobRun]("job", _("What"), lambda row: _(TITLES.get(row.name, row.name)), 150, strong=True),
            Column[JobRun]("outcome", _("How it went"), lambda row: _(OUTCOMES[row.outcome]), 110),
            Column[JobRun]("said", _("Told"), told, 320, stretch=True, subtle=True),
        )  # fmt: skip
        empty = Empty(_("Nothing has run yet. Each run stands here with how it went."), icon="save")
        self.table: ListTable[JobRun] = ListTable("administration.jobs", columns, empty=empty, settings=settings)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(panel)
        column.addWidget(
            label(_("Write the password on paper and keep it where the staff finds it in the dark."), "secondary",
                  wrap=True)
        )  # fmt: skip
        column.addWidget(self.table, 1)

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the settings in the form, and the runs."""
        self.table.set_rows([row for row in rows if isinstance(row, JobRun)])
        if not self._keeper.waiting:
            known = {field.key for field in self.form.fields()}
            said = {row.name: row.value for row in rows if isinstance(row, Setting) and row.name in known}
            self.form.set_values({**dict.fromkeys(known, ""), **said})
            self._presenter.restore(self.name, "new")

    def primary(self) -> None:
        """Save what was changed."""
        if self.form.check():
            values = dict(self.form.values())
            password = str(values.pop("downtime_password", "") or "")
            self._presenter.save_settings(values, self.name, password)


def told(run: JobRun) -> str:
    """What a run told: of a failure its words and what to do, of a paper where it lies."""
    said = run.said
    if "message" in said:
        facts = said.get("facts")
        named = facts if isinstance(facts, dict) else {}
        return " ".join(_(str(said[part])).format(**named) for part in ("message", "remedy") if said.get(part))
    return str(said.get("path") or "")
