"""The form of one line: medicine, structured dose, and what they come to as it is typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.doses import counted, strength_text
from clinic_desktop.domain.money import money_text
from clinic_desktop.domain.prescribing import (
    DOSE_DECIMALS,
    FREQUENCIES,
    MOST_AMOUNT,
    MOST_DAYS,
    MOST_HANDED_OUT,
    ROUTES,
    check_dose,
)
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.prescribing.drafting import Written, first_dose, from_fields, worked_out
from clinic_desktop.gui.widgets.buttons import Button, LinkButton
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.prescribing import FoundMedicine
from clinic_desktop.services.prescription_lines import MOST_REFILLS

UNITS = ("tablet", "capsule", "mL", "mg", "mcg", "g", "unit", "puff", "drop", "sachet", "application",
         "suppository", "pessary", "ampoule", "vial", "patch", "spray", "nebule")  # fmt: skip
Find = Callable[[str, Callable[[Sequence[FoundMedicine]], None]], None]


class LineEditor(Panel):
    """Writes one line; `entered` when Enter was pressed in it, `changed` at every key."""

    entered = Signal()
    changed = Signal()

    def __init__(self, find: Find, find_one: Callable[[str, Callable[[FoundMedicine], None]], None],
                 keeper: DraftKeeper) -> None:  # fmt: skip
        super().__init__(name="prescribing.editor")
        self._find, self._find_one = find, find_one
        self.found: FoundMedicine | None = None
        self.form = Form(keeper)
        self.medicine = SearchField(
            _("&Medicine"), "prescribing.medicine", self._ask, required=True, free=True,
            placeholder=_("Generic or brand name, form or strength"),
        )  # fmt: skip
        self.amount = NumberField(_("D&ose"), "prescribing.amount", decimals=DOSE_DECIMALS, most=MOST_AMOUNT)
        self.unit = ChoiceField(_("Unit"), "prescribing.unit", [(unit, unit) for unit in UNITS])
        self.route = ChoiceField(_("Route"), "prescribing.route", [(key, _(key)) for key in ROUTES])
        self.frequency = ChoiceField(
            _("&How often"),
            "prescribing.frequency",
            [(each.code, f"{each.code} – {_(each.words)}") for each in FREQUENCIES.values()],
        )
        self.days = NumberField(_("For"), "prescribing.days", unit=_("days"), least=1, most=MOST_DAYS)
        self.as_needed = CheckField(_("As &needed"), "prescribing.as_needed")
        self.as_needed_for = TextField(_("For what"), "prescribing.as_needed_for", placeholder=_("pain"))
        self.max_per_day = NumberField(
            _("Most in a day"), "prescribing.max_per_day", decimals=DOSE_DECIMALS, most=MOST_AMOUNT
        )
        self.quantity = NumberField(_("&Quantity"), "prescribing.quantity", least=1, most=MOST_HANDED_OUT)
        self.instructions = TextField(_("Further instructions"), "prescribing.instructions", placeholder=_("with food"))
        self.no_substitution = CheckField(_("No substitution"), "prescribing.no_substitution")
        self.sig = label("", "strong", name="prescribing.sig", wrap=True)
        self.stock = label("", "secondary", name="prescribing.stock")
        self.add_line = Button(_("&Add line"), "prescribing.add", self.entered.emit, icon="plus")
        self._arrange()
        self.medicine.chosen.connect(self._chose)
        self.form.edited.connect(self._edited)

    def _arrange(self) -> None:
        form = self.form
        form.add(self.medicine)
        form.add_widget(self.stock)
        form.add_row(self.amount, self.unit, self.route, self.frequency, self.days, stretch=(2, 3, 3, 5, 3))
        form.add_row(self.quantity, self.max_per_day, self.as_needed_for, self.instructions, stretch=(3, 3, 4, 6))
        asked = LinkButton(_("More: indication, refills, NDC"), "prescribing.more", self._turn)
        form.add_row(self.as_needed, self.no_substitution, asked, self.add_line, stretch=(2, 2, 4, 0))
        # A heading of its own would take the height of a line of the prescription: the link opens it.
        self.more = QWidget()
        rows = QVBoxLayout(self.more)
        rows.setContentsMargins(0, 0, 0, 0)
        for fields in self._more():
            row = QHBoxLayout()
            row.setSpacing(12)
            for field in fields:
                row.addWidget(form.adopt(field), 1)
            rows.addLayout(row)
        form.add_widget(self.more)
        self.more.hide()
        form.add_widget(self.sig)
        self.add(form)
        self._say("")

    def _more(self) -> tuple[tuple[Field, ...], ...]:
        """What few lines need: why, when in the day, how often again, which package."""
        at = "prescribing"
        return (
            (
                TextField(_("Indication"), f"{at}.indication", placeholder=_("high blood pressure")),
                TextField(_("When in the day"), f"{at}.timing", placeholder=_("morning")),
                NumberField(_("Refills"), f"{at}.refills", least=0, most=MOST_REFILLS),
            ),
            (
                TextField(_("Diagnosis codes"), f"{at}.diagnoses", placeholder="I10"),
                TextField(_("NDC"), f"{at}.ndc", placeholder="00093-7214-01"),
                TextField(_("Generic name"), f"{at}.generic_name", hint=_("Where the medicine is not from the list")),
            ),
        )

    def _turn(self) -> None:
        self.more.setVisible(self.more.isHidden())

    def unfold(self) -> None:
        """Open what is folded away where something stands in it."""
        typed = [field for field in self.form.fields() if self.more.isAncestorOf(field) and field.draft()]
        self.more.setVisible(bool(typed))

    # Called by the view ----------------------------------------------------------------------------

    def pending(self) -> Written | None:
        """The line as it stands if it is whole and nothing typed in it is wrong, else None."""
        if any(field.problem() for field in self.form.fields()):
            return None
        try:
            return self.read()
        except Refusal:
            return None

    def read(self) -> Written:
        """The line as it stands; raises `Refusal` naming the field that is wrong."""
        choice = self.medicine.choice()
        if choice is not None and (self.found is None or self.found.medicine.code != choice.key):
            # Chosen, but not yet (or no more) known: its words alone would be a medicine without strength or code.
            raise Refusal("Choose the medicine from the list again.", field="medicine")
        written = from_fields(self.form.values(), self.found, self._name())
        dose = check_dose(written.line.dose)
        return replace(written, line=replace(written.line, dose=dose))

    def is_empty(self) -> bool:
        """Whether no medicine is being written."""
        return not self.medicine.line.text().strip()

    def show_line(self, written: Written) -> None:
        """Put a line back into the form, to be changed."""
        line, dose = written.line, written.line.dose
        self.form.clear()
        if line.medicine_code is not None:
            self.medicine.set_value(Suggestion(line.medicine_code, written.title))
            self._find_one(line.medicine_code, self._known)
        else:
            self.medicine.line.setText(line.name)
        self.form.set_values(
            {
                "amount": dose.amount, "unit": dose.unit, "route": dose.route, "frequency": dose.frequency,
                "days": dose.duration_days, "as_needed": dose.as_needed, "as_needed_for": dose.as_needed_for,
                "max_per_day": dose.max_per_day, "quantity": line.quantity, "instructions": line.instructions,
                "no_substitution": not line.substitution_allowed, "indication": line.indication, "timing": line.timing,
                "refills": line.refills or None, "diagnoses": line.diagnoses, "ndc": line.ndc,
                "generic_name": line.generic_name if line.medicine_code is None else "",
            }
        )  # fmt: skip
        self.unfold()
        self._edited("medicine")
        self.amount.setFocus()

    def restore(self, fields: Mapping[str, object]) -> None:
        """Put a draft back."""
        self.form.restore(fields)
        self.unfold()
        choice = self.medicine.choice()
        if choice is not None:
            self._find_one(choice.key, self._known)
        self._edited("medicine")

    def read_out(self, title: str, sig: str) -> None:
        """Say a line that is not being written, in full: its row may be too short for it."""
        if self.is_empty():
            self._say(f"{title}: {sig}.")

    def clear(self) -> None:
        """Empty the form for the next line."""
        self.found = None
        self.form.clear()
        self.unfold()
        self.stock.setText("")
        self.quantity.set_unit("")
        self.quantity.line.setPlaceholderText("")
        self._say("")

    # -------------------------------------------------------------------------------------------------

    def _name(self) -> str:
        return self.found.medicine.name if self.found is not None else self.medicine.line.text()

    def _ask(self, text: str, show: Show) -> None:
        def arrived(found: Sequence[FoundMedicine]) -> None:
            show([_suggestion(each) for each in found])

        self._find(text, arrived)

    def _chose(self, suggestion: Suggestion) -> None:
        found = suggestion.data
        if isinstance(found, FoundMedicine):
            self._known(found)
            self.form.set_values(first_dose(found.medicine))
            self._edited("medicine")
            # An empty search forgets the letters typed into the list for the line before.
            self.frequency.box.view().keyboardSearch("")
            self.frequency.setFocus(Qt.FocusReason.OtherFocusReason)
            if self.form.keeper is not None:
                self.form.keeper.touch()

    def _known(self, found: FoundMedicine) -> None:
        self.found = found
        self.quantity.set_unit(found.medicine.unit)
        self.stock.setText(stock_words(found))
        self._edited("")

    def _edited(self, key: str) -> None:
        if key == "medicine" and self.medicine.choice() is None:
            self.found = None
            self.stock.setText(
                _("Not chosen from the list: nothing about it is checked.") if not self.is_empty() else ""
            )
        if key == "as_needed_for" and self.as_needed_for.value():
            self.as_needed.set_value(True)
        written = self.pending()
        if written is None:
            self.quantity.line.setPlaceholderText("")
            self._say("")
        else:
            made = worked_out(written)
            self.quantity.line.setPlaceholderText("" if made is None else str(made))
            self._say(f"{_cap(written.sig)}.")
        self.changed.emit()

    def _say(self, words: str) -> None:
        self.sig.setText(words or _("The instruction stands here in plain words as the dose is written."))
        self.sig.setProperty("type", "strong" if words else "secondary")
        self.sig.style().unpolish(self.sig)
        self.sig.style().polish(self.sig)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter anywhere in the line adds it."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.entered.emit()
            event.accept()
            return
        super().keyPressEvent(event)


def stock_words(found: FoundMedicine) -> str:
    """What the pharmacy has of it and what one costs."""
    unit = found.medicine.unit
    words = []
    if found.on_hand is None:
        words.append(_("Not stocked here"))
    elif not found.on_hand:
        words.append(_("Out of stock"))
    else:
        words.append(_("{amount} in stock").format(amount=counted_whole(found.on_hand, unit)))
    if found.price is not None and found.currency is not None:
        words.append(_("{price} a {unit}").format(price=money_text(found.price, found.currency), unit=unit))
    return " · ".join(words)


def counted_whole(amount: int, unit: str) -> str:
    """A whole amount with its unit: 40 tablets."""
    return counted(Decimal(amount), unit)


def _suggestion(found: FoundMedicine) -> Suggestion:
    medicine = found.medicine
    brands = ", ".join(medicine.brands)
    badge, meaning = _("not stocked"), "neutral"
    if found.on_hand is not None:
        badge = _("{n} in stock").format(n=found.on_hand) if found.on_hand else _("out of stock")
        meaning = "good" if found.on_hand else "warning"
    text = " ".join(part for part in (medicine.display, strength_text(medicine.strengths), medicine.form) if part)
    price = money_text(found.price, found.currency) if found.price is not None and found.currency else ""
    detail = " · ".join(part for part in (brands, price) if part)
    return Suggestion(medicine.code, text, detail, badge, meaning, "pill", data=found)


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
