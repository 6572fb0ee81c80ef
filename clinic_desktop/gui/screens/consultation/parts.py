"""The parts of pages that are more than fields: diagnoses, allergies, what was ordered and prescribed, the review."""

import contextlib
from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain import consultation as path
from clinic_desktop.domain.consultation import Diagnosis
from clinic_desktop.gui.screens.consultation.pages import row_of
from clinic_desktop.gui.screens.consultation.presenter import ConsultationPresenter
from clinic_desktop.gui.widgets.buttons import Button, LinkButton
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.panel import clear_layout, label
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.wording import SYSTEM_WORDS
from clinic_desktop.services.encounters import Consultation
from clinic_desktop.services.terminology import Diagnosis as Found

CERTAINTY = (("confirmed", N_("Confirmed")), ("provisional", N_("Provisional")), ("refuted", N_("Ruled out")))


class Lines(QWidget):
    """Some lines of words, shown anew each time."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)

    def show_lines(self, lines: list[tuple[str, str]], nothing: str) -> None:
        """Show words with their meanings, or that there is nothing."""
        clear_layout(self.column)
        for words, meaning in lines or [(nothing, "")]:
            kind = "" if meaning or lines else "secondary"
            self.column.addWidget(label(words, kind, meaning=meaning, wrap=True))


class DiagnosisList(QWidget):
    """Search by word or code; each diagnosis with how certain it is."""

    def __init__(self, presenter: ConsultationPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.search = SearchField(
            _("Diagnosis, in words or ICD-10 code"), "consultation.diagnosis", self._ask, keep=False
        )
        self.search.chosen.connect(self._chosen)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addLayout(self._lines)

    def _ask(self, text: str, show: Show) -> None:
        def found(diagnoses: tuple[Found, ...]) -> None:
            offered = [
                Suggestion(each.code, each.title, each.code, "" if each.billable else _("group"), data=each)
                for each in diagnoses
            ]
            show([*offered, Suggestion("~", text, _("Provisional, in your own words"), icon="edit")])

        self._presenter.find_diagnoses(text, found)

    def _chosen(self, found: Suggestion) -> None:
        if isinstance(found.data, Found):
            self._presenter.add_diagnosis(found.data.title, found.data.code)
        else:
            self._presenter.add_diagnosis(found.text, None)

    def show_diagnoses(self, diagnoses: tuple[Diagnosis, ...], *, writable: bool) -> None:
        """Show what was diagnosed."""
        self.search.setVisible(writable)
        clear_layout(self._lines)
        for number, each in enumerate(diagnoses):
            name = f"consultation.diagnosis.{number}"
            words = label(f"{each.code or '–'}   {each.title}", "strong", wrap=True)
            certainty = next(_(said) for key, said in CERTAINTY if key == each.certainty)
            line = QHBoxLayout()
            line.addWidget(words, 1)
            if writable:
                line.addWidget(LinkButton(certainty, f"{name}.certainty", partial(self._turn, each)))
                line.addWidget(LinkButton(_("Take out"), f"{name}.out", partial(self._take_out, each)))
            else:
                line.addWidget(label(certainty, "secondary"))
            holder = QWidget()
            line.setContentsMargins(0, 0, 0, 0)
            holder.setLayout(line)
            self._lines.addWidget(holder)

    def _turn(self, found: Diagnosis) -> None:
        keys = [key for key, _said in CERTAINTY]
        self._presenter.change_diagnosis(found, keys[(keys.index(found.certainty) + 1) % len(keys)])

    def _take_out(self, found: Diagnosis) -> None:
        self._presenter.change_diagnosis(found, None)


class AllergyAnswer(QWidget):
    """Whether allergies were asked about, and the answers that take one key."""

    def __init__(self, presenter: ConsultationPresenter, add: Callable[[], None]) -> None:
        super().__init__()
        self._said = label("", "strong", wrap=True)
        self._none = Button(_("&None known"), "consultation.none_known", lambda: presenter.of_allergies("none_known"))
        self._not_asked = Button(_("&Not asked"), "consultation.not_asked", lambda: presenter.of_allergies("not_asked"))
        self._same = Button(_("&Still the same"), "consultation.allergies_same", lambda: presenter.of_allergies("same"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._said)
        column.addWidget(
            row_of(self._none, self._not_asked, self._same, Button(_("Add &allergy"), "consultation.add_allergy", add))
        )

    def show_state(self, shown: Consultation) -> None:
        """Show which of the three states it is."""
        state = shown.patient.allergy_state
        listed = ", ".join(each.substance for each in shown.allergies)
        words = {
            "not_asked": _("Allergies: nobody has asked yet."),
            "none_known": _("Allergies: none known."),
            "listed": _("Allergies: {listed}.").format(listed=listed),
        }
        self._said.setText(words[state])
        self._none.setVisible(state == "not_asked")
        self._not_asked.setVisible(state == "none_known")
        self._same.setVisible(state == "listed")


class Review(QWidget):
    """One page of the whole visit: what it says, what stops signing, what is still open."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.needs, self.unresolved, self.summary = Lines(), Lines(), Lines()
        column.addWidget(self.needs)
        column.addWidget(self.unresolved)
        column.addWidget(self.summary)

    def show_visit(self, shown: Consultation, titles: dict[str, str]) -> None:
        """Show it."""
        signed = shown.status == "signed"
        needs = [(_(each.message).format(**each.facts), "critical") for each in shown.needs]
        self.needs.setVisible(bool(needs))
        self.needs.show_lines([(_("Needed before signing:"), "critical"), *needs], "")
        still = [
            (f"{titles[each.step]}: {_(each.message).format(**each.facts)}", "warning") for each in shown.unresolved
        ]
        self.unresolved.setVisible(not signed)
        self.unresolved.show_lines(still, _("Nothing is left open."))
        self.summary.show_lines(_summary(shown, titles), _("Nothing was written yet."))


def _summary(shown: Consultation, titles: dict[str, str]) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for step in shown.steps:
        if step.step == "patient_overview":
            continue
        found = path.diagnoses(step.content) if step.step == "diagnosis" else ()
        said = [f"{each.code or ''} {each.title}".strip() for each in found]
        if step.step == "prescription":
            said += [f"{each.name}, {each.sig}" for each in shown.prescribed]
        if step.step == "investigations":
            said += [each.name for each in shown.ordered]
        said += [
            _field_words(name, value)
            for name, value in step.content.items()
            if value and not name.startswith(path.DIAGNOSIS)
        ]
        if said:
            lines.append((f"{titles[step.step]}:  {'; '.join(said)}", ""))
    return lines


_ANSWERS = {
    "no_medicine": N_("no medicine needed"),
    "none": N_("no further visit needed"),
    "medicines_reconciled": N_("medicines gone through"),
    "red_flag": N_("red flag"),
    "critical_seen": N_("critical results acted on"),
}


def _field_words(name: str, value: str) -> str:
    if name in _ANSWERS:
        return _(_ANSWERS[name])
    if name.startswith(path.SYSTEM):
        return f"{_(SYSTEM_WORDS[name.removeprefix(path.SYSTEM)]).lower()} {value}"
    if name == "date":
        with contextlib.suppress(ValueError):  # what is no day yet stands as it was typed
            return show_date(date.fromisoformat(value))
    return value
