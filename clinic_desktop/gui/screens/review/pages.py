"""The forms of a registration that was told: registering it, taking parts of it over, and merging two."""

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.merging import BOTH, KEPT, OTHER, Difference
from clinic_desktop.gui.screens.review import words
from clinic_desktop.gui.screens.review.told import TwoSides, changed
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.civil import Birth, show_date
from clinic_desktop.gui.widgets.dates import BirthField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.facts import FACTS, fact_words, moved_columns
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import FormPage
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Empty, clear_layout
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.device_registrations import FIELDS
from clinic_desktop.services.merging import Registration
from clinic_desktop.services.moved import MovedRow
from clinic_desktop.services.patients import NewPatient, sex_words

Keep = Callable[[dict[str, str]], None]
_TEXTS = (
    ("phone", "other_phone"), ("national_id", "email"), ("address",), ("city", "district"), ("postal_code", "country"),
)  # fmt: skip


class RegisterPage(FormPage):
    """The registration as it was told, to be looked through before it is made."""

    def __init__(self, keep: Keep, submit: Callable[[], None], today: Callable[[], date]) -> None:
        form = Form(DraftKeeper(keep))
        sexes = [(sex, sex_words(sex)) for sex in ("female", "male", "other", "unknown")]
        family = TextField(_("&Family name"), "review.family_name", longest=200)
        form.add_row(family, TextField(_("Given na&mes"), "review.given_names", longest=200))
        self.born = BirthField(_("&Born, or age"), "review.born_on", today=today)
        form.add_row(SegmentField(_("Se&x"), "review.sex", sexes, required=True), self.born, stretch=(3, 2))
        for row in _TEXTS:
            form.add_row(*(TextField(_(words.FIELDS[name]), f"review.{name}", longest=500) for name in row))
        super().__init__(_("Register as a new patient"), _("Re&gister"), form, submit)
        self._told = NewPatient("", "", "unknown")

    def show_told(self, told: NewPatient) -> None:
        """Fill the form with what was told; nothing of it is a draft yet."""
        self._told = told
        self.form.clear()
        names = ("family_name", "given_names", "sex", *(name for row in _TEXTS for name in row))
        values: dict[str, object] = {name: getattr(told, name) or "" for name in names}
        values["born_on"] = Birth(told.born_on, told.born_precision) if told.born_on else None  # type: ignore[arg-type]
        self.form.set_values(values)

    def changed(self) -> NewPatient:
        """What is to be registered."""
        birth = self.born.value() or Birth(None, "unknown")
        made = changed(self._told, self.form.values())
        return NewPatient(**{**made.__dict__, "born_on": birth.on, "born_precision": birth.precision})


class TakePage(FormPage):
    """TwoSides by side: how somebody is registered here, and how they were told of; nothing is ticked beforehand."""

    def __init__(self, keep: Keep, submit: Callable[[], None]) -> None:
        form = Form(DraftKeeper(keep))
        self.who = label("", "strong", name="review.here", wrap=True)
        self.none = label("", "secondary", name="review.same", wrap=True)
        form.add_widget(self.who)
        form.add_widget(self.none)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        for column, share in ((0, 2), (1, 3), (2, 3)):
            self._grid.setColumnStretch(column, share)
        holder = QWidget()
        holder.setLayout(self._grid)
        self._grid.setContentsMargins(0, 0, 0, 0)
        form.add_widget(holder)
        self._checks: dict[str, CheckField] = {}
        self._words: dict[str, tuple[QWidget, ...]] = {}
        for place, words_of in enumerate((_("Take over"), _("Here"), _("Told"))):
            self._grid.addWidget(label(words_of, "secondary"), 0, place)
        for row, name in enumerate(FIELDS, 1):
            check = form.adopt(CheckField(_(words.FIELDS[name]), f"review.take.{name}"))
            here, told = (label("", name=f"review.{side}_{name}", wrap=True) for side in ("stands", "told"))
            for column, widget in enumerate((check, here, told)):
                self._grid.addWidget(widget, row, column)
            self._checks[name], self._words[name] = check, (here, told)
        self.reason = NoteEdit(_("&Why, where it would be another person"), "review.take.reason", rows=1)
        form.add(self.reason)
        super().__init__(_("Take over what was told"), _("&Take over"), form, submit)

    def show_sides(self, who: str, sides: tuple[TwoSides, ...]) -> None:
        """What differs; each is ticked by hand."""
        self.form.clear()
        self.who.setText(who)
        shown = {one.field: one for one in sides}
        for name, check in self._checks.items():
            one = shown.get(name)
            for widget in (check, *self._words[name]):
                widget.setVisible(one is not None)
            here, told = self._words[name]
            for holder, value in ((here, one and one.here), (told, one and one.told)):
                holder.setText(_fact(name, value))  # type: ignore[attr-defined]
        self.none.setVisible(not sides)
        self.none.setText(_("Nothing differs. Taking over notes the numbers of the other system beside this patient."))

    def fields(self) -> tuple[str, ...]:
        """What was ticked."""
        return tuple(name for name, check in self._checks.items() if check.value() and not check.isHidden())


class MergePage(FormPage):
    """Two registrations that were told to be one: the facts that differ, and every row that is read with the kept."""

    def __init__(self, keep: Keep, submit: Callable[[], None]) -> None:
        self._keep = keep
        self.choices: dict[str, SegmentField] = {}
        super().__init__(_("Merge two registrations"), _("&Merge"), Form(DraftKeeper(keep)), submit)
        clear_layout(self.body)
        self.who = label("", "strong", name="review.two", wrap=True)
        self.count = label("", "secondary", name="review.moves", wrap=True)
        self.rows: ListTable[MovedRow] = ListTable(
            "review.rows", moved_columns(), key=lambda row: row.id,
            empty=Empty(_("Nothing stands under the registration that ends."), icon="document"),
        )  # fmt: skip
        self.rows.setMinimumHeight(150)
        self._place = QVBoxLayout()
        self.body.addWidget(self.who)
        self.body.addLayout(self._place)
        self.body.addWidget(self.count)
        self.body.addWidget(self.rows)
        self.reason = NoteEdit("", "review.merging.reason")
        self.form = self._build(())
        self.body.addStretch(1)

    def show_two(self, kept: Registration, other: Registration) -> None:
        """The two, with what is to be chosen between them."""
        self.who.setText(_("{other} is read with {kept}").format(
            other=f"{other.name} · {other.mrn}", kept=f"{kept.name} · {kept.mrn}"))  # fmt: skip
        self.form = self._build(kept.differs(other))
        told = _("{n} rows of {mrn} are read with {kept} from now on")
        self.count.setText(told.format(n=other.count, mrn=other.mrn, kept=kept.mrn))
        self.rows.set_rows([row for kind in other.kinds for row in kind.rows])

    def chosen(self) -> Mapping[str, str]:
        """Which is right of each fact that differs."""
        return {name: field.draft() for name, field in self.choices.items() if field.draft()}

    def _build(self, differing: tuple[Difference, ...]) -> Form:
        """A form for these two: which facts differ is another with each pair."""
        if self.form.keeper is not None:
            self.form.keeper.forget()
        clear_layout(self._place)
        form = Form(DraftKeeper(self._keep))
        self.choices = {}
        for one in differing:
            named = {KEPT: fact_words(one.field, one.kept), OTHER: fact_words(one.field, one.other), BOTH: _("Both")}
            field = SegmentField(
                _(FACTS[one.field]), f"review.merging.{one.field}", [(each, named[each]) for each in one.choices],
                required=one.must_choose,
                hint=_("A person has only one: choose which is right.") if one.must_choose else "",
            )  # fmt: skip
            form.add(field)
            if not one.must_choose:
                form.set_values({field.key: one.proposed})
            self.choices[one.field] = field
        self.reason = NoteEdit(
            _("&How is it known that they are one person?"), "review.merging.reason", rows=2, required=True
        )
        form.add(self.reason)
        self._place.addWidget(form)
        return form


def _fact(name: str, value: object) -> str:
    if value in {None, ""}:
        return _("nothing")
    if name == "sex":
        return sex_words(str(value))
    return show_date(value) if isinstance(value, date) else str(value)
