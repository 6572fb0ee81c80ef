"""The clinic's own places, and the pharmacies outside that its patients go to."""

from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.section import ListSection, show_only, yes
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.directory import Entry

FIELDS = ("name", "ncpdp", "phone", "email", "address", "city", "district", "postal_code", "country")
TITLES = {"places": N_("A new place"), "pharmacies": N_("A new pharmacy")}
EMPTY = {
    "places": N_("No place yet. Add where the clinic sees patients, if there is more than one."),
    "pharmacies": N_("No pharmacy yet. Add those that patients of the clinic go to."),
}


class DirectorySection(ListSection[Entry]):
    """A list of places or of pharmacies beside the form of one."""

    def __init__(self, presenter: Presenter, settings: Remembered, kind: str) -> None:
        columns = [
            Column[Entry]("name", _("Name"), lambda row: row.name, 130, stretch=True, strong=True),
            Column[Entry]("city", _("City"), lambda row: row.city or "", 90, subtle=True),
            Column[Entry]("active", _("In use"), lambda row: yes(row.active), 60),
        ]
        if kind == "pharmacies":
            columns.insert(1, Column[Entry]("ncpdp", _("NCPDP"), lambda row: row.ncpdp or "", 80))
        super().__init__(
            kind, Entry, columns, settings, key=lambda row: row.id, empty=_(EMPTY[kind]), keep=presenter.keep,
            ask_draft=presenter.restore,
        )  # fmt: skip
        self._presenter, self._directory = presenter, kind
        self.primary_text = N_("&Save place") if kind == "places" else N_("&Save pharmacy")
        at = f"administration.{kind}"
        self.form.add(TextField(_("&Name"), f"{at}.name", required=True))
        reach = [TextField(_("&Telephone"), f"{at}.phone")]
        if kind == "pharmacies":
            number = TextField(_("N&CPDP number"), f"{at}.ncpdp", hint=_("Seven digits, in the US"))
            self.form.add_row(number, *reach)
            self.form.add(TextField(_("&E-mail"), f"{at}.email"))
        else:
            self.form.add(reach[0])
        self.form.add(NoteEdit(_("Add&ress"), f"{at}.address", rows=2))
        self.form.add_row(TextField(_("City"), f"{at}.city"), TextField(_("District"), f"{at}.district"))
        self.form.add_row(TextField(_("Postal code"), f"{at}.postal_code"), TextField(_("Country"), f"{at}.country"))
        self._active = self.form.add(CheckField(_("In &use"), f"{at}.active"))
        self.fill(None)

    def fill(self, row: Entry | None) -> None:
        """Show an entry, or an empty form."""
        self.panel.set_title(_(TITLES[self._directory]) if row is None else row.name)
        show_only(row is not None, self._active)
        if row is not None:
            known = {field.key for field in self.form.fields()}
            self.form.set_values({name: getattr(row, name) for name in (*FIELDS, "active") if name in known})

    def primary(self) -> None:
        """Add or change the entry."""
        if self.form.check():
            self._presenter.save_entry(self._directory, self.chosen, self.form.values())
