"""The forms that add to a chart, each in the place of the timeline while it is open."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.consultation import PRESETS
from clinic_desktop.gui.screens.chart.presenter import ChartPresenter
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import FormPage
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.gui.widgets.vitals_entry import VitalsEntry
from clinic_desktop.i18n import _
from clinic_desktop.reports.wording import PRESET_WORDS
from clinic_desktop.services.substances import Substance
from clinic_desktop.services.terminology import Diagnosis

OWN = "~"  # the choice that is none of the list: the words as they were typed


class OwnWordsField(SearchField):
    """A search whose words count even where none of the list was chosen."""

    def problem(self) -> str:
        """A missing required text; words of one's own are none."""
        return _("Please fill this in.") if self.required and not self.line.text().strip() else ""

    def words_and_key(self) -> tuple[str, str | None]:
        """The words, and the key of the choice; None for words of one's own."""
        chosen = self.choice()
        if chosen is None or chosen.key == OWN:
            return self.line.text().strip(), None
        return chosen.text, chosen.key


class ChartForms:
    """Every form of the chart, made once."""

    def __init__(self, presenter: ChartPresenter, today: Callable[[], date]) -> None:
        self._presenter, self._today = presenter, today
        self.about: tuple[str, str, int] = ("", "", 0)  # what a reason is asked for: kind, record, revision
        self.by_name: dict[str, FormPage] = {
            "vitals": self._vitals(),
            "problem": self._problem(),
            "allergy": self._allergy(),
            "medicine": self._medicine(),
            "reason": self._reason(),
        }

    def _keeper(self, form: str) -> DraftKeeper:
        return DraftKeeper(lambda fields: self._presenter.keep(form, fields))

    def _vitals(self) -> FormPage:
        form = VitalsEntry("chart", self._keeper("vitals"), columns=2)
        return FormPage(
            _("Record vital signs"), _("&Record"), form, lambda: self._presenter.record_vitals(form.entries())
        )

    def _problem(self) -> FormPage:
        form = Form(self._keeper("problem"))
        search = OwnWordsField(
            _("Problem, in words or ICD-10 code"), "chart.problem", self._find_diagnosis, required=True
        )
        form.add(search)
        form.add(
            SegmentField(
                _("How certain"),
                "chart.certainty",
                (("confirmed", _("Confirmed")), ("provisional", _("Provisional"))),
            )
        )
        form.add(
            SegmentField(
                _("How severe"),
                "chart.problem_severity",
                (("mild", _("Mild")), ("moderate", _("Moderate")), ("severe", _("Severe"))),
            )
        )
        form.set_values({"certainty": "confirmed"})
        since = form.add(DateField(_("Since"), "chart.onset_on", today=self._today, past=True))
        note = form.add(NoteEdit(_("Note"), "chart.problem_note", rows=2))

        def submit() -> None:
            title, code = search.words_and_key()
            certainty = str(form.field("certainty").value() or "confirmed")
            severity = str(form.field("problem_severity").value() or "") or None
            self._presenter.add_problem(title, code, certainty, since.value(), severity, note.value())

        return FormPage(_("Add a problem"), _("Add to the &list"), form, submit)

    def _find_diagnosis(self, text: str, show: Show) -> None:
        def found(diagnoses: tuple[Diagnosis, ...]) -> None:
            offered = [
                Suggestion(each.code, each.title, each.code, "" if each.billable else _("group")) for each in diagnoses
            ]
            show([*offered, Suggestion(OWN, text, _("In your own words, with no code"), icon="edit")])

        self._presenter.find_diagnoses(text, found)

    def _allergy(self) -> FormPage:
        form = Form(self._keeper("allergy"))
        search = OwnWordsField(_("Substance or class"), "chart.substance", self._find_substance, required=True)
        form.add(search)
        reaction = form.add(TextField(_("What happened"), "chart.reaction", placeholder=_("rash, swelling, collapse")))
        form.add(
            SegmentField(
                _("How severe"),
                "chart.severity",
                (("mild", _("Mild")), ("moderate", _("Moderate")), ("severe", _("Severe")), ("unknown", _("Unknown"))),
            )
        )

        def submit() -> None:
            words, key = search.words_and_key()
            severity = str(form.field("severity").value() or "unknown")
            self._presenter.add_allergy(words, key, reaction.value(), severity)

        return FormPage(_("Add an allergy"), _("Add to the &list"), form, submit)

    def _find_substance(self, text: str, show: Show) -> None:
        def found(substances: tuple[Substance, ...]) -> None:
            kinds = {"class": _("class"), "ingredient": ""}
            offered = [Suggestion(f"{each.kind}:{each.code}", each.name, badge=kinds[each.kind]) for each in substances]
            words = _("In your own words: the safety check looks for these words only")
            show([*offered, Suggestion(OWN, text, words, icon="edit")])

        self._presenter.find_substances(text, found)

    def _medicine(self) -> FormPage:
        form = Form(self._keeper("medicine"))
        name = form.add(TextField(_("Medicine and strength"), "chart.name", required=True))
        dose = form.add(TextField(_("How it is taken"), "chart.dose"))
        since = form.add(DateField(_("Since"), "chart.started_on", today=self._today, past=True))
        return FormPage(
            _("Add a medicine from elsewhere"),
            _("Add to the &list"),
            form,
            lambda: self._presenter.add_medicine(name.value(), dose.value(), since.value()),
        )

    def _reason(self) -> FormPage:
        form = Form(self._keeper("reason"))
        reason = form.add(NoteEdit(_("Why"), "chart.reason", required=True))

        def submit() -> None:
            kind, record, revision = self.about
            if kind == "allergy":
                self._presenter.end_allergy(record, reason.value())
            elif kind == "vitals":
                self._presenter.withdraw_vitals(tuple(record.split()), reason.value())
            else:
                self._presenter.stop_medicine(record, reason.value(), revision)

        return FormPage(_("Take out of the chart"), _("&Take out"), form, submit)


class PresetChooser(Panel):
    """The kinds of visit, one key each."""

    def __init__(self, start: Callable[[str], None]) -> None:
        super().__init__(_("What kind of visit?"))
        self.add(
            label(
                _("Press its number. The steps that do not belong to it are left out, with the reason."),
                "secondary",
                wrap=True,
            )
        )
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for number, preset in enumerate(PRESETS, start=1):
            words = f"{number}   {_(PRESET_WORDS[preset])}"
            button = Button(words, f"chart.start.{preset}", partial(start, preset), str(number))
            button.setProperty("kind", "row")
            button.setMinimumHeight(36)
            column.addWidget(button)
        self.add(holder)
        self.body.addStretch(1)
        self._first = holder.findChildren(Button)[0]

    def start(self) -> None:
        """Put the focus on the first kind."""
        self._first.setFocus()
