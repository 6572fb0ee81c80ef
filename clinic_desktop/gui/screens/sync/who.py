"""Who is who at one system: the clinic's people, the number under which the system knows each, its directory."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desktop.gui.screens.sync.columns import staff_columns
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import Side
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_connecting import StaffThere, WhoIsWho

AGAIN = N_(
    "{n} that name this person were refused there: with the number kept, corrected or not, all are sent again at once."
)


class WhoPanel(Side):
    """The clinic's people at one system."""

    def __init__(
        self,
        settings: Remembered,
        keep: Callable[[str, dict[str, str]], None],
        recall: Callable[[str], None],
        ask: Callable[[], None],
    ) -> None:
        super().__init__()
        self._keep, self._recall = keep, recall
        self._called: dict[str, str] = {}  # by number, whom the system has shown
        self.panel = Panel(" ", name="sync.who")
        self.said = label(
            _("Records that name a doctor wait until the system's number for that doctor is known."), "secondary",
            wrap=True,
        )  # fmt: skip
        self.staff: ListTable[StaffThere] = ListTable(
            "sync.staff", staff_columns(), key=lambda row: row.staff_id, settings=settings, counted=False,
            empty=Empty(_("Nobody here treats patients yet."), icon="people"),
        )  # fmt: skip
        self.staff.setMinimumHeight(120)
        self.ask = Button(_("Ask for their &directory"), "sync.directory", ask)
        self.form = Form(DraftKeeper(self._typed))
        self.of = label("", "strong", name="sync.who_of", wrap=True)
        self.again = label("", "warning", name="sync.who_again", wrap=True)
        self.listed = self.form.add(ChoiceField(_("In their d&irectory"), "sync.listed", []))
        self.remote_id = self.form.add(TextField(_("Their nu&mber for them"), "sync.remote_id", longest=200))
        self.panel.add(self.said)
        self.panel.add(self.staff, 1)
        self.panel.add(self.ask)
        self.panel.add(self.of)
        self.panel.add(self.form)
        self.panel.add(self.again)
        self.column.addWidget(self.panel, 1)
        self.staff.selected.connect(self._chosen)
        self.listed.edited.connect(self._from_directory)
        self.remote_id.edited.connect(self._say_whose)

    def show_who(self, title: str, who: "WhoIsWho") -> None:
        """Show who is who."""
        self.panel.set_title(_("Who is who at {title}").format(title=title))
        self.staff.set_rows(who.staff)
        self.ask.setVisible(who.is_listed)
        self.listed.setVisible(bool(who.directory))
        self._called = dict(who.directory)
        self.listed.set_choices([(key, f"{name} ({key})") for key, name in who.directory])
        if who.staff and self.staff.current() is None:
            self.staff.select_row(0)
        self._chosen(self.staff.current())

    def chosen(self) -> "StaffThere | None":
        """Whose number is being given."""
        return self.staff.current()

    def _typed(self, fields: dict[str, str]) -> None:
        row = self.staff.current()
        if row is not None:
            self._keep(row.staff_id, fields)

    def _chosen(self, row: "StaffThere | None") -> None:
        self.form.setVisible(row is not None)
        refused = 0 if row is None else row.refused
        self.again.setVisible(bool(refused))
        self.again.setText(_(AGAIN).format(n=refused))
        self.of.setText("" if row is None else row.name)
        if self.form.keeper is not None:
            self.form.keeper.flush()
        self.form.clear()
        if row is not None:
            # Who is called the same is proposed; it is kept when somebody says so.
            self.remote_id.set_value(row.remote_id or (row.proposed[0] if row.proposed else ""))
        self.form.settle()
        if row is not None:
            self._recall(row.staff_id)

    def _from_directory(self) -> None:
        if self.listed.value():
            self.remote_id.set_value(self.listed.value())

    def _say_whose(self) -> None:
        """Beside a number who bears it there, as far as they have shown anybody."""
        number = self.remote_id.value()
        name = self._called.get(number, "")
        unknown = _("Nobody whom they have shown so far has this number.") if number and self._called else ""
        self.remote_id.show_hint(_("There: {name}").format(name=name) if name else unknown)
