"""Templates of letters and the head of the clinic's papers, each beside the page that it makes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout

from clinic_desktop.domain.documents import LONGEST_TITLE
from clinic_desktop.domain.templates import LONGEST_NAME, PLACES
from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.section import FormSection, ListSection
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.documentview import DocumentView
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.about import ClinicFacts
from clinic_desktop.services.administration import Setting
from clinic_desktop.services.templates import TemplateShown

# A page is made when typing rests for so long.
REST_MS = 400
EXAMPLE = N_("Type a text: the letter that it gives to a made-up patient stands here.")


class TemplateSection(ListSection[TemplateShown]):
    """The templates in use and the page one gives; the form of it at the right."""

    primary_text = N_("&Save template")

    def __init__(self, presenter: Presenter, settings: Remembered) -> None:
        self.preview = DocumentView("administration.templates.preview", _(EXAMPLE))
        kinds = dict(presenter.lettering.kinds())
        columns = (
            Column[TemplateShown]("name", _("Name"), lambda row: row.text.name, 150, stretch=True, strong=True),
            Column[TemplateShown]("kind", _("Type"), lambda row: kinds[row.text.kind], 120, subtle=True),
            Column[TemplateShown]("version", _("Version"), lambda row: str(row.version), 60, number=True),
            Column[TemplateShown]("saved", _("Saved"), lambda row: show_date(row.saved_on), 112, subtle=True),
        )
        empty = _("No template yet. Letters begin with an empty page until there is one.")
        super().__init__(
            "templates", TemplateShown, columns, settings, key=lambda row: row.template, empty=empty,
            keep=presenter.keep, ask_draft=presenter.restore,
        )  # fmt: skip
        self._presenter = presenter
        at = "administration.templates"
        self.form.add(TextField(_("&Name"), f"{at}.name", required=True, longest=LONGEST_NAME))
        self._what = self.form.add(ChoiceField(_("T&ype"), f"{at}.kind", presenter.lettering.kinds(), none=None))
        self.form.add(TextField(_("T&itle"), f"{at}.title", required=True, longest=LONGEST_TITLE))
        self.form.add(NoteEdit(_("Te&xt"), f"{at}.body", rows=12, required=True))
        places = "  ".join(f"{{{place}}}" for place in PLACES)
        words = _("Places that are filled in for the patient: {places}").format(places=places)
        self.form.add_widget(label(words, "secondary", name=f"{at}.places", wrap=True))
        self._retire = self.add_button(_("Take &out of use ..."), "retire_template", self._ask_retire)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._make_example)
        self.form.edited.connect(lambda _key: self._rest.start())
        self.fill(None)

    def fill(self, row: TemplateShown | None) -> None:
        """Show a template, or an empty form."""
        self.panel.set_title(
            _("A new template") if row is None else _("Version {n}, saved by {who}").format(
                n=row.version, who=row.saved_by)
        )  # fmt: skip
        self._retire.setVisible(row is not None)
        self._what.setEnabled(row is None)
        if row is not None:
            text = row.text
            self.form.set_values({"name": text.name, "kind": text.kind, "title": text.title, "body": text.body})
        self._rest.start()

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put a draft back, and show what it gives."""
        super().restore(draft)
        self._rest.start()

    def primary(self) -> None:
        """Add the template, or write its next version."""
        if self.form.check():
            self._presenter.lettering.save(self.chosen, self.form.values())

    def _lay_out(self) -> None:
        super()._lay_out()
        row = self.layout()
        if isinstance(row, QHBoxLayout):
            row.removeWidget(self.table)
            left = QVBoxLayout()
            left.setSpacing(12)
            left.addWidget(self.table, 2)
            left.addWidget(self.preview, 3)
            row.insertLayout(0, left, 3)

    def _make_example(self) -> None:
        values = self.form.values()
        if not values.get("body") or not values.get("kind"):
            self.preview.show_nothing(_(EXAMPLE))
            return
        named = {**values, "name": values.get("name") or _("New"), "title": values.get("title") or _("Title")}
        self._presenter.lettering.example(
            named, self.preview.show_pdf, lambda error: self.preview.show_nothing(explain(error))
        )

    def _ask_retire(self) -> None:
        known = self.chosen
        if known is None:
            return
        dialog = ConfirmStop(
            self.window(), "administration.retire_template_dialog", _("Take this template out of use?"),
            _("It is offered for no letter any more. Letters that were begun with it stay as they are."),
            confirm=_("&Take out of use"), reason=_("&Why"), meaning="warning",
            kept=self._presenter.kept("retire_template", known.id),
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._retired(known, dialog.reason()))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _retired(self, known: TemplateShown, reason: str) -> None:
        self._presenter.lettering.retire(known, reason)


class LetterheadSection(FormSection):
    """Logo, registration and further lines at the head of every paper, and a page that shows them."""

    name = "letterhead"
    primary_text = N_("&Save letterhead")

    def __init__(self, presenter: Presenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._keeper = DraftKeeper(lambda fields: presenter.keep(self.name, "new", fields))
        self.form = Form(self._keeper)
        self.form.add(
            TextField(_("&Registration number"), "administration.clinic_registration", longest=120,
                      hint=_("As the authority gave it; empty: none is printed"))
        )  # fmt: skip
        self.form.add(
            NoteEdit(_("&Further lines"), "administration.clinic_letterhead", rows=3,
                     hint=_("An address on the web, opening hours; three lines"))
        )  # fmt: skip
        panel = Panel(_("Head of the clinic's papers"))
        panel.add(label(_("Name, address and telephone stand in the settings."), "secondary", wrap=True))
        panel.add(self.form)
        buttons = QHBoxLayout()
        buttons.addWidget(Button(_("Choose a &logo"), "administration.choose_logo", self._choose))
        self._remove = Button(_("Re&move the logo"), "administration.remove_logo", presenter.lettering.remove_logo)
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        panel.body.addLayout(buttons)
        words = _("PNG or JPEG, 2 MB at most; 900 by 300 points are as sharp as paper shows.")
        panel.add(label(words, "secondary", name="administration.logo_words", wrap=True))
        panel.body.addStretch(1)
        panel.setMaximumWidth(520)
        self.preview = DocumentView("administration.letterhead.preview", _("The head of a page stands here."))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(panel, 2)
        row.addWidget(self.preview, 3)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._make_example)
        self.form.edited.connect(lambda _key: self._rest.start())

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the settings in the form, and the page."""
        found = {row.name: row.value for row in rows if isinstance(row, Setting)}
        self._remove.setEnabled(any(isinstance(row, ClinicFacts) and row.logo for row in rows))
        if not self._keeper.waiting:
            known = {field.key for field in self.form.fields()}
            self.form.set_values({name: found.get(name, "") for name in known})
            self._presenter.restore(self.name, "new")
        self._rest.start()

    def primary(self) -> None:
        """Save what was changed."""
        if self.form.check():
            self._presenter.save_settings(self.form.values(), self.name)

    def take_logo(self, path: Path) -> None:
        """Put the picture in a file at the head of the papers."""
        self._presenter.lettering.take_logo(path)

    def _choose(self) -> None:
        title, kinds = _("Choose a logo"), _("Pictures (*.png *.jpg *.jpeg)")
        chosen, _filter = QFileDialog.getOpenFileName(self, title, "", kinds)
        if chosen:
            self.take_logo(Path(chosen))

    def _make_example(self) -> None:
        self._presenter.lettering.head(
            self.form.values(), self.preview.show_pdf, lambda error: self.preview.show_nothing(explain(error))
        )
