"""The forms of the documents page: about a file, a text written here, and why."""

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.documents import IMPORTED, LONGEST_TITLE, PHOTOGRAPHED, SCANNED, Letter
from clinic_desktop.gui.screens.documents.lists import SOURCES
from clinic_desktop.gui.screens.documents.presenter import Added, Presenter
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.documentview import DocumentView
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.templates import FilledTemplate, TemplateShown

Today = Callable[[], date]


class AddForm(Panel):
    """What a file is: its kind, title, author and date, over a look at the file itself."""

    def __init__(self, presenter: Presenter, today: Today, choose: Callable[[], None]) -> None:
        super().__init__(_("Add a document"))
        self.act_words = _("&Add to the record")
        self._presenter = presenter
        self.form = Form(DraftKeeper(lambda fields: presenter.keep("add", fields)))
        self._file = label("", "secondary", name="documents.file", wrap=True)
        self.add_button(_("Choose another fil&e"), "documents.choose", choose)
        self.add(self._file)
        self._kind = ChoiceField(_("&Type"), "documents.kind", (), required=True)
        self._heading = TextField(_("T&itle"), "documents.title", required=True, longest=LONGEST_TITLE)
        sources = tuple((key, _(SOURCES[key])) for key in (SCANNED, PHOTOGRAPHED, IMPORTED))
        self._source = SegmentField(_("Source"), "documents.source", sources)
        self._on = DateField(_("&Date on it"), "documents.written_at", today=today, past=True)
        self._author = TextField(_("A&uthor"), "documents.author_name", longest=LONGEST_TITLE)
        self._organization = TextField(_("F&rom where"), "documents.author_organization", longest=LONGEST_TITLE)
        self._description = TextField(_("&Note about it"), "documents.description")
        self._replaces = ChoiceField(_("Takes the p&lace of"), "documents.replaces", ())
        self._restricted = CheckField(_("&Only doctors may read it"), "documents.restricted")
        self.form.add_row(self._kind, self._heading, stretch=(4, 5))
        self.form.add_row(self._author, self._organization, self._on, stretch=(3, 3, 2))
        self.form.add(self._source)
        self._more = self.form.add_section(
            _("More about it"), (self._description, self._replaces), (self._restricted,), folded=True
        )
        self.add(self.form)
        self.preview = DocumentView("documents.looked_at", _("Choose a file, drop it here, or paste it."))
        self.add(self.preview, 1)

    def begin(self) -> None:
        """Offer what this person may add."""
        self._kind.set_choices(self._presenter.addable())
        self._replaces.set_choices(self._presenter.replaceable())
        more = (self._description, self._replaces, self._restricted)
        if any(field.draft() for field in more):
            self._more.set_folded(False)

    def show_file(self, name: str, source: str) -> None:
        """Say which file it is, and offer its name as a title where none was typed."""
        self._file.setText(name)
        if not self._source.draft():
            self.form.set_values({"source": source})
        if not self._heading.draft():
            self.form.set_values({"title": name.rpartition(".")[0] or name})

    def forget_file(self) -> None:
        """No file is chosen any more."""
        self._file.setText(_("No file is chosen."))
        self.preview.show_nothing(_("Choose a file, drop it here, or paste it."))

    def submit(self) -> bool:
        """Hand over what was filled in, unless something is missing."""
        if not self.form.check():
            return False
        self._presenter.add(
            Added(
                self._kind.value() or "",
                self._heading.value(),
                self._source.value() or SCANNED,
                self._author.value(),
                self._organization.value(),
                self._on.value(),
                self._description.value(),
                self._restricted.value(),
                self._replaces.value() or "",
            )
        )
        return True

    def start(self) -> None:
        """Put the cursor on the kind."""
        self._kind.setFocus()


class WriteForm(Panel):
    """A letter or note as it is written."""

    def __init__(self, presenter: Presenter, today: Today) -> None:
        super().__init__(_("Write"))
        self.act_words = _("&Save")
        self._presenter = presenter
        self.form = Form(DraftKeeper(lambda fields: presenter.keep("write", fields)))
        self._kind = SegmentField(_("Type"), "documents.write.kind", presenter.writable(), required=True)
        self._heading = TextField(_("T&itle"), "documents.write.title", required=True, longest=LONGEST_TITLE)
        self._to = TextField(
            _("&To whom"), "documents.addressed_to", placeholder=_("Name, department, hospital"), longest=LONGEST_TITLE
        )
        self._from = DateField(_("Unfit f&rom"), "documents.from_on", today=today)
        self._until = DateField(_("&Until, that day included"), "documents.until_on", today=today)
        self._template = ChoiceField(_("&Begin with"), "documents.write.template", (), none=_("An empty page"))
        self._body = NoteEdit(_("Te&xt"), "documents.write.body", rows=10)
        self._summary = Button(
            _("Insert problems, &medicines and allergies"), "documents.summary", presenter.ask_summary
        )
        self.form.add(self._kind)
        self.form.add_row(self._heading, self._template, stretch=(5, 4))
        self.form.add(self._to)
        self.form.add_row(self._from, self._until)
        self.form.add(self._body)
        self.form.add_widget(self._summary)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        column.addStretch(1)
        self.add(holder, 1)
        self._kind.edited.connect(self._kind_chosen)
        self._template.box.activated.connect(lambda _place: self._use_template())
        self._templates: tuple[TemplateShown, ...] = ()
        self._own_title = ""
        self._kind_chosen()

    def begin(self, kind: str = "") -> None:
        """Write something new of a kind, or go on with a draft that was not saved."""
        if kind and not self._kind.draft():
            self._kind.set_value(kind)
        self._kind_chosen()
        self._presenter.ask_templates(self._show_templates)

    def show_document(self, values: Mapping[str, object]) -> None:
        """Go on with a document that was saved."""
        self.form.clear()
        self.form.set_values(values)
        self._kind_chosen()

    def lock_kind(self, *, locked: bool) -> None:
        """A document that was saved keeps its kind, and what it was begun with."""
        self._kind.setEnabled(not locked)
        self._kind_chosen()

    def insert(self, words: str) -> None:
        """Put words where the cursor is."""
        self._body.insert(words)
        self._body.setFocus()

    def submit(self) -> bool:
        """Hand over what was written, unless something is missing."""
        if not self.form.check():
            return False
        kind = self._kind.value() or ""
        sick = kind == "sick_note"
        letter = Letter(
            self._body.value(),
            self._to.value() if kind == "referral_letter" else "",
            self._from.value() if sick else None,
            self._until.value() if sick else None,
        )
        chosen = self._template.value() if any(one.id == self._template.value() for one in self._of(kind)) else None
        self._presenter.write(kind, self._heading.value(), letter, chosen)
        return True

    def _show_templates(self, found: tuple[TemplateShown, ...]) -> None:
        self._templates = found
        self._kind_chosen()

    def _of(self, kind: str) -> list[TemplateShown]:
        return [one for one in self._templates if one.text.kind == kind]

    def _use_template(self) -> None:
        """Fill the chosen template in; what was typed already stays, and the words come where the cursor is."""
        if chosen := self._template.value():
            self._presenter.use_template(chosen, self._filled)

    def _filled(self, filled: FilledTemplate) -> None:
        if filled.template_id != self._template.value():
            return
        if self._heading.draft() in ("", self._own_title):
            self.form.set_values({"title": filled.title})
            self._own_title = filled.title
        self.insert(filled.body)

    def start(self) -> None:
        """Put the cursor where typing begins."""
        first = self._kind if not self._kind.draft() else self._from if self._from.isVisible() else self._to
        (first if first.isVisible() else self._body).setFocus()

    def _kind_chosen(self) -> None:
        """Ask only for what this kind says, and offer its name as the title."""
        kind = self._kind.draft()
        for field, wanted in ((self._to, "referral_letter"), (self._from, "sick_note"), (self._until, "sick_note")):
            field.setVisible(kind == wanted)
            field.setEnabled(kind == wanted)
        self._summary.setVisible(kind == "referral_letter")
        offered = [(one.id, one.text.name) for one in self._of(kind)] if self._kind.isEnabled() else []
        self._template.set_choices(offered)
        self._template.setVisible(bool(offered))
        self._template.setEnabled(bool(offered))
        # It goes to an employer or a school, who are not told what somebody suffers from.
        self._body.show_hint(_("Leave the diagnosis out: others read this.") if kind == "sick_note" else "")
        name = dict(self._presenter.writable()).get(kind, "")
        if name and self._heading.draft() in ("", self._own_title):
            self.form.set_values({"title": name})
            self._own_title = name


# What a reason is asked for: the title, what will happen, and the act.
WHY = {
    "copy": (
        N_("Save a copy"),
        N_("The copy is a clear file outside the record. For whom or what it is stays on record."),
        N_("&Save the copy"),
    ),
    "error": (
        N_("Was an error"),
        N_("The document stays in the record, marked as an error. It is found by no search any more."),
        N_("&Mark as an error"),
    ),
}


class WhyForm(Panel):
    """Why a document is withdrawn, or handed out."""

    def __init__(self, presenter: Presenter) -> None:
        super().__init__("")
        self.act_words = ""
        self.purpose = ""
        self.form = Form(DraftKeeper(lambda fields: presenter.keep("why", fields)))
        self._words = label("", "secondary", name="documents.why_words", wrap=True)
        self._reason = NoteEdit(_("Wh&y"), "documents.reason", rows=3, required=True)
        self.form.add(self._reason)
        self.add(self._words)
        self.add(self.form)
        self.body.addStretch(1)

    def ask(self, purpose: str) -> None:
        """Ask for another reason: of a ``copy`` or an ``error``."""
        self.form.clear()
        title, words, act_words = WHY[purpose]
        self.purpose, self.act_words = purpose, _(act_words)
        self.set_title(_(title))
        self._words.setText(_(words))

    def reason(self) -> str:
        """The reason, or nothing where it is missing."""
        return self._reason.value() if self.form.check() else ""

    def start(self) -> None:
        """Put the cursor into the reason."""
        self._reason.setFocus()
