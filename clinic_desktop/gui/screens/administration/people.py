"""Staff and what each role may do."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from PySide6.QtWidgets import QVBoxLayout

from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.roles import RoleRow
from clinic_desktop.gui.screens.administration.section import ListSection, Section, show_only
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.hours import WorkingHours
from clinic_desktop.services.roles import ROLES
from clinic_desktop.services.staff import StaffMember

HOURS_HINT = N_("One line for days alike, as in Mon-Thu 08:00-17:00 Main clinic. Empty is any time.")
ROLE_WORDS = {
    "doctor": N_("Doctor"),
    "nurse": N_("Nurse"),
    "pharmacist": N_("Pharmacist"),
    "laboratory": N_("Laboratory"),
    "front_desk": N_("Front desk"),
    "cashier": N_("Cashier"),
    "administrator": N_("Administrator"),
}


class StaffSection(ListSection[StaffMember]):
    """Who works here, in which role, and their way in."""

    primary_text = N_("&Save")

    def __init__(self, presenter: Presenter, settings: Remembered) -> None:
        columns = (
            Column[StaffMember]("name", _("Name"), lambda row: row.display_name, 180, stretch=True, strong=True),
            Column[StaffMember]("username", _("Username"), lambda row: row.username, 110, subtle=True),
            Column[StaffMember]("role", _("Role"), lambda row: _(ROLE_WORDS[row.role]), 120),
            Column[StaffMember]("state", _("Account"), lambda row: _account(row).text, 96, look=_account),
        )
        self._hours: dict[str, str] = {}
        super().__init__(
            "staff", StaffMember, columns, settings, key=lambda row: row.id, empty=_("Nobody yet."),
            keep=presenter.keep, ask_draft=presenter.restore,
        )  # fmt: skip
        self._presenter = presenter
        self._username = self.form.add(TextField(_("&Username"), "administration.username", required=True))
        self.form.add(TextField(_("&Name as it is shown"), "administration.display_name", required=True))
        roles = [(role, _(ROLE_WORDS[role])) for role in ROLES]
        self.form.add(ChoiceField(_("&Role"), "administration.role", roles, required=True, none=_("Choose a role")))
        self.form.add_row(
            TextField(_("Specialty"), "administration.specialty"), TextField(_("Licence"), "administration.licence")
        )
        self._hours_field = NoteEdit(_("Working hours"), "administration.hours", rows=3, hint=_(HOURS_HINT))
        more = (
            (
                TextField(_("Letters after the name"), "administration.credentials", placeholder="MD"),
                TextField(_("NPI"), "administration.npi", hint=_("Ten digits")),
                TextField(_("DEA number"), "administration.dea", hint=_("Controlled drugs")),
            ),
            (TextField(_("Telephone"), "administration.phone"), TextField(_("E-mail"), "administration.email")),
            (self._hours_field,),
        )
        self._more = self.form.add_section(_("Numbers, reach and hours"), *more, folded=True)
        hint = _("At least 10 characters: four unrelated words are easy to keep in mind.")
        self._password = self.form.add(TextField(_("&Password"), "administration.password", secret=True, hint=hint))
        self._give = self.add_button(_("Give this pass&word"), "give_password", self._give_password)
        self._close = self.add_button(_("C&lose this account"), "close_account", self._ask_close)
        self._dialog: ConfirmStop | None = None
        self.fill(None)

    def fill(self, row: StaffMember | None) -> None:
        """Show somebody, or an empty form."""
        self.panel.set_title(_("Somebody new") if row is None else row.display_name)
        show_only(row is None, self._username)
        show_only(row is not None, self._hours_field)
        self._give.setVisible(row is not None)
        self._close.setVisible(row is not None and row.active)
        if row is not None:
            words = _("New &password") if row.active else _("Password to open the account &again")
            self._password.label.setText(words)
            self.form.set_values(
                {
                    "username": row.username,
                    "display_name": row.display_name,
                    "role": row.role,
                    "specialty": row.specialty,
                    "licence": row.licence,
                    "hours": self._hours.get(row.id, ""),
                    **asdict(row.practice),
                    "password": "",
                }
            )
            self._more.set_folded(not any(field.draft() for field in self._more.findChildren(Field)))
        else:
            self._password.label.setText(_("&Password"))

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the list, with each one's hours."""
        self._hours = {row.staff_id: row.text for row in rows if isinstance(row, WorkingHours)}
        super().show_rows(rows)

    def primary(self) -> None:
        """Take somebody on, or change them."""
        if self.form.check():
            self._presenter.save_staff(self.chosen, self.form.values())

    def saved(self) -> None:
        """Forget what was typed, the password above all."""
        super().saved()
        self._password.clear()

    def _give_password(self) -> None:
        if self.chosen is not None:
            self._presenter.set_password(self.chosen, str(self._password.value()))

    def _ask_close(self) -> None:
        member = self.chosen
        if member is None:
            return
        dialog = ConfirmStop(
            self.window(), "administration.close_dialog", _("Close this account?"),
            _("{name} is signed out at their next act and cannot sign in any more. What they wrote stays.").format(
                name=member.display_name
            ),
            confirm=_("&Close account"), reason=_("&Why"), meaning="warning",
            kept=self._presenter.kept("close_account", member.id),
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._presenter.close_account(member, dialog.reason()))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()


class RolesSection(Section):
    """What each role may do: the one table that every act is checked against."""

    name = "roles"

    def __init__(self, settings: Remembered) -> None:
        super().__init__()
        columns = [
            Column[RoleRow]("subject", _("Subject"), lambda row: row.subject, 110, subtle=True),
            Column[RoleRow]("act", _("Act"), lambda row: row.act, 190, stretch=True, strong=True),
            *(Column(role, _(ROLE_WORDS[role]), _may(role), 96) for role in ROLES),
        ]
        self.table: ListTable[RoleRow] = ListTable(
            "administration.roles", columns, key=lambda row: (row.subject, row.act), empty=Empty(""), settings=settings
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the table."""
        self.table.set_rows([row for row in rows if isinstance(row, RoleRow)])


def _may(role: str) -> Callable[[RoleRow], str]:
    return lambda row: "✓" if role in row.roles else ""


def _account(row: StaffMember) -> Look:
    return Look(_("Open"), "good") if row.active else Look(_("Closed"), "neutral", "lock")
