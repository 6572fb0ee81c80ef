"""The laboratory's catalogue: tests, and their reference ranges with the source of each."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.section import ListSection, yes
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.administration import FOREVER_DAYS, CatalogueEntry, ReferenceRange

SEX_WORDS = {"any": N_("any"), "female": N_("female"), "male": N_("male")}
LIMITS = ("critical_low", "low", "high", "critical_high")


class CatalogueSection(ListSection[CatalogueEntry]):
    """Tests and ranges."""

    primary_text = N_("&Save test")

    def __init__(self, presenter: Presenter, settings: Remembered) -> None:
        columns = (
            Column[CatalogueEntry]("name", _("Test"), lambda row: row.name, 200, stretch=True, strong=True),
            Column[CatalogueEntry]("section", _("Section"), lambda row: row.section, 110, subtle=True),
            Column[CatalogueEntry]("unit", _("Unit"), lambda row: row.unit or "", 84),
            Column[CatalogueEntry]("ranges", _("Ranges"), lambda row: str(len(row.ranges)), 64, number=True,
                                   sort=lambda row: len(row.ranges)),
            Column[CatalogueEntry]("active", _("In use"), lambda row: yes(row.active), 60),
        )  # fmt: skip
        super().__init__(
            "catalogue", CatalogueEntry, columns, settings, key=lambda row: row.id, empty=_("The catalogue is empty."),
            keep=presenter.keep, ask_draft=presenter.restore,
        )  # fmt: skip
        self._presenter = presenter
        self._facts = label("", "secondary", name="administration.test_facts")
        self.form.add_widget(self._facts)
        self.form.add(TextField(_("&Name"), "administration.test_name", required=True))
        self.form.add_row(
            TextField(_("Not possible below"), "administration.plausible_low"),
            TextField(_("Not possible above"), "administration.plausible_high"),
        )
        self.form.add(TextField(_("Price &code"), "administration.test_price_code"))
        self._source = self.form.add(TextField(_("S&ource"), "administration.source", required=True))
        self.form.add(CheckField(_("In &use"), "administration.test_active"))
        self._ranges = RangePanel(presenter)
        self.add_below(self._ranges)

    def fill(self, row: CatalogueEntry | None) -> None:
        """Show a test with its ranges."""
        self.panel.setVisible(row is not None)
        self._ranges.show_test(row)
        if row is not None:
            self.panel.set_title(row.name)
            parts = (row.unit, row.specimen, f"LOINC {row.loinc}" if row.loinc else "")
            self._facts.setText(" · ".join(part for part in parts if part))
            self.form.set_values(
                {
                    "test_name": row.name,
                    "plausible_low": row.plausible_low,
                    "plausible_high": row.plausible_high,
                    "test_price_code": row.price_code,
                    "source": row.source,
                    "test_active": row.active,
                }
            )
            self._source.line.home(False)  # noqa: FBT003 - Qt's: move, select nothing

    def primary(self) -> None:
        """Change the test."""
        if self.chosen is not None and self.form.check():
            values = self.form.values()
            renamed = {"name": "test_name", "price_code": "test_price_code", "active": "test_active"}
            self._presenter.save_test(self.chosen, values | {name: values[key] for name, key in renamed.items()})

    def error_place(self) -> QWidget:
        """Both forms: a refusal is shown beside the field it names."""
        return self

    def range_saved(self) -> None:
        """Forget what was typed about a range; the test's own form stays."""
        self._ranges.form.clear()

    def flush(self) -> None:
        """Hand over what is being typed in either form."""
        super().flush()
        self._ranges.keeper.flush()


class RangePanel(Panel):
    """The reference ranges of one test, and the one being written."""

    def __init__(self, presenter: Presenter) -> None:
        super().__init__(_("Reference ranges"), name="administration.ranges.panel")
        self._presenter = presenter
        self._test: CatalogueEntry | None = None
        self._known: ReferenceRange | None = None
        self._dialog: ConfirmStop | None = None
        columns = (
            Column[ReferenceRange]("sex", _("Sex"), lambda row: _(SEX_WORDS[row.sex]), 60),
            Column[ReferenceRange]("age", _("Age"), _age, 96, sort=lambda row: row.age_from_days),
            Column[ReferenceRange]("range", _("Normal"), _normal, 84),
            Column[ReferenceRange]("critical", _("Critical"), _critical, 84, meaning=lambda _row: "critical"),
        )
        self._table: ListTable[ReferenceRange] = ListTable(
            "administration.ranges", columns, key=lambda row: row.id, counted=False,
            empty=Empty(_("No range: results of this test have no flag.")),
        )  # fmt: skip
        self._table.setFixedHeight(172)
        self.add(self._table)
        self._source = label("", "secondary", name="administration.range_from", wrap=True)
        self.add(self._source)
        self.keeper = DraftKeeper(lambda fields: self._kept().keep(fields))
        self.form = Form(self.keeper)
        sexes = [(sex, _(words)) for sex, words in SEX_WORDS.items()]
        self.form.add(SegmentField(_("Se&x"), "administration.sex", sexes, required=True))
        self.form.add_row(
            NumberField(_("From the age of"), "administration.age_from_days", unit=_("days"), required=True),
            NumberField(_("up to"), "administration.age_to_days", unit=_("days"), required=True),
        )
        self.form.add_row(
            TextField(_("Critical ≤"), "administration.critical_low"), TextField(_("Low"), "administration.low"),
            TextField(_("High"), "administration.high"), TextField(_("Critical ≥"), "administration.critical_high"),
        )  # fmt: skip
        self.form.add(TextField(_("Source of this range"), "administration.range_source", required=True))
        self.add(self.form)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Button(_("Ne&w range"), "administration.new_range", lambda: self._show(None)))
        self._retire = Button(_("Take out of use"), "administration.retire_range", self._ask_retire)
        row.addWidget(self._retire)
        row.addStretch(1)
        row.addWidget(Button(_("Save ran&ge"), "administration.save_range", self._save))
        self.body.addLayout(row)
        self._table.selected.connect(self._show)

    def show_test(self, test: CatalogueEntry | None) -> None:
        """Show the ranges of a test; only numbers have any."""
        if self._test is None or test is None or test.id != self._test.id:
            self.keeper.flush()
            self._known = None
        self._test = test
        self.setVisible(test is not None and test.kind == "numeric")
        self._table.set_rows(test.ranges if test is not None else ())
        if test is not None and test.ranges and self._table.current() is None:
            self._table.select_row(0)
        elif test is not None and not test.ranges:
            self._show(None)

    def _kept(self) -> KeptDraft:
        test = self._test.id if self._test is not None else ""
        return self._presenter.kept("range", self._known.id if self._known is not None else f"{test}.new")

    def _show(self, known: ReferenceRange | None) -> None:
        self.keeper.flush()
        self._known = known
        self.form.clear()
        self._retire.setEnabled(known is not None)
        self._source.setText(known.source if known is not None else _("A new range"))
        names = ("sex", "age_from_days", "age_to_days", *LIMITS)
        if known is not None:
            self.form.set_values({name: getattr(known, name) for name in names} | {"range_source": known.source})
        else:
            self.form.set_values({"sex": "any", "age_to_days": FOREVER_DAYS})
        kept = self._kept()
        kept.recall(lambda fields: self.form.restore(fields) if kept.key == self._kept().key else None)

    def _save(self) -> None:
        if self._test is not None and self.form.check():
            values = self.form.values()
            self.keeper.flush()
            self._presenter.save_range(self._test, self._known, values)

    def _ask_retire(self) -> None:
        test, known = self._test, self._known
        if test is None or known is None:
            return
        dialog = ConfirmStop(
            self.window(), "administration.retire_dialog", _("Take this range out of use?"),
            _("Results that were judged by it keep it. New results of these ages have no flag until there is another."),
            confirm=_("&Take out of use"), reason=_("&Why"), meaning="warning",
            kept=self._presenter.kept("retire_range", known.id),
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._presenter.retire_range(test, known, dialog.reason()))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()


def age_words(days: int) -> str:
    """An age limit in the unit that reads best: 28 d, 6 mo, 18 y."""
    if days < 60:
        return _("{n} d").format(n=days)
    if days < 730:
        return _("{n} mo").format(n=round(days / 30.44))
    return _("{n} y").format(n=round(days / 365.25))


def _age(row: ReferenceRange) -> str:
    if row.age_to_days >= FOREVER_DAYS:
        return _("from {age}").format(age=age_words(row.age_from_days)) if row.age_from_days else _("every age")
    return f"{age_words(row.age_from_days)} – {age_words(row.age_to_days)}"


def _normal(row: ReferenceRange) -> str:
    if row.low and row.high:
        return f"{row.low}–{row.high}"
    return f"≥ {row.low}" if row.low else f"≤ {row.high}" if row.high else ""


def _critical(row: ReferenceRange) -> str:
    parts = (f"≤ {row.critical_low}" if row.critical_low else "", f"≥ {row.critical_high}" if row.critical_high else "")
    return " ".join(part for part in parts if part)
