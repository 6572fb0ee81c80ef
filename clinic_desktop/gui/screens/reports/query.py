"""The form in which an administrator puts a query together: everything is chosen, only values are typed."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.report_query import (
    HOWS,
    MOST_ROWS,
    OFFERED,
    TALLIES,
    USUAL_ROWS,
    Condition,
    Definition,
    Tally,
)
from clinic_desktop.domain.reporting import Kind
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.query_subjects import SUBJECTS
from clinic_desktop.services.report_queries import SavedQuery

COLUMNS, CONDITIONS = 5, 3
HEIGHT = 236


class QueryForm(QWidget):
    """The form, and the queries that are kept; `definition` is what stands in it."""

    def __init__(self, keep: Callable[[dict[str, str]], None], save: Callable[[Definition], None]) -> None:
        super().__init__()
        self.form = Form(DraftKeeper(keep))
        self._save = save
        self._saved: dict[str, SavedQuery] = {}
        self.kept = ChoiceField(_("&Kept queries"), "reports.query_kept", [])
        subjects = [(one.name, _(one.title)) for one in SUBJECTS.values()]
        self._subject = ChoiceField(_("&About"), "reports.subject", subjects, none=None)
        self._mode = SegmentField(
            _("Show"), "reports.mode", [("list", _("Rows")), ("groups", _("Groups, counted"))], required=True
        )
        self._columns = [ChoiceField(_("Column"), f"reports.column_{n}", []) for n in range(COLUMNS)]
        self._tally = ChoiceField(_("and reckon"), "reports.tally", [(key, _(TALLIES[key])) for key in TALLIES])
        self._of = ChoiceField(_("of"), "reports.tally_of", [])
        self._where = [
            (
                ChoiceField(_("Where"), f"reports.where_{n}", []),
                ChoiceField(_("is so"), f"reports.how_{n}", [(key, _(HOWS[key])) for key in HOWS]),
                TextField(_("Value"), f"reports.value_{n}", longest=200),
                TextField(_("and"), f"reports.other_{n}", longest=200),
            )
            for n in range(CONDITIONS)
        ]
        self._build()
        self._subject.edited.connect(self._offer)
        self.kept.edited.connect(self._take_kept)
        for _column, how, _value, other in self._where:
            how.edited.connect(lambda how=how, other=other: other.setVisible(how.value() == "between"))
            other.hide()
        self.form.set_values({"mode": "list"})
        self._offer()

    def _build(self) -> None:
        form = self.form
        form.add_row(
            TextField(_("Na&me"), "reports.query_title", longest=200),
            self._subject,
            self._mode,
            NumberField(_("Rows at most"), "reports.limit", least=1, most=MOST_ROWS),
            stretch=(4, 3, 4, 2),
        )
        form.add_row(*self._columns)
        form.add_row(self._tally, self._of, stretch=(1, 1))
        for fields in self._where:
            form.add_row(*fields, stretch=(3, 3, 3, 2))
        scroll = QScrollArea()
        scroll.setObjectName("reports.query.form")
        scroll.setWidget(form)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedHeight(HEIGHT)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.kept, 1)
        head.addStretch(1)
        head.addWidget(Button(_("Keep this quer&y"), "reports.query_save", lambda: self._save(self.definition())))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(scroll)

    def definition(self) -> Definition:
        """What is asked."""
        values = self.form.values()
        chosen = tuple(str(value) for field in self._columns if (value := field.value()))
        grouped = self._mode.value() == "groups"
        tally = self._tally.value()
        tallies: tuple[Tally, ...] = (Tally("count"),) if grouped else ()
        if grouped and tally in {"sum", "mean"}:
            tallies += (Tally(tally, self._of.value() or ""),)
        elif grouped and tally == "people":
            tallies += (Tally(tally),)
        limit = values["limit"]
        return Definition(
            title=str(values["query_title"] or ""), subject=self._subject.value() or "",
            columns=() if grouped else chosen, group_by=chosen if grouped else (), tallies=tallies,
            where=tuple(
                Condition(column.value() or "", how.value() or "is", str(value.value() or ""), str(other.value() or ""))
                for column, how, value, other in self._where
                if column.value()
            ),
            limit=USUAL_ROWS if limit is None else int(str(limit)),
        )  # fmt: skip

    def show_definition(self, one: Definition) -> None:
        """Show a query."""
        self._subject.set_value(one.subject)
        self._offer()
        chosen = one.group_by or one.columns
        more = next((tally for tally in one.tallies if tally.how != "count"), Tally(""))
        values: dict[str, object] = {
            "query_title": one.title, "mode": "groups" if one.tallies else "list", "limit": one.limit,
            "tally": more.how, "tally_of": more.column,
        }  # fmt: skip
        for n in range(COLUMNS):
            values[f"column_{n}"] = chosen[n] if n < len(chosen) else ""
        for n in range(CONDITIONS):
            where = one.where[n] if n < len(one.where) else Condition("", "")
            values |= {f"where_{n}": where.column, f"how_{n}": where.how, f"value_{n}": where.value,
                       f"other_{n}": where.other}  # fmt: skip
        self.form.set_values(values)

    def show_kept(self, kept: tuple[SavedQuery, ...]) -> None:
        """Offer the queries that are kept."""
        self._saved = {one.id: one for one in kept}
        self.kept.set_choices([(one.id, one.definition.title) for one in kept])

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put back what was being put together."""
        if "subject" in draft:
            self._subject.restore(str(draft["subject"]))
            self._offer()
        self.form.restore(draft)

    def _take_kept(self) -> None:
        if (chosen := self._saved.get(self.kept.value() or "")) is not None:
            self.show_definition(chosen.definition)

    def _offer(self) -> None:
        subject = SUBJECTS.get(self._subject.value() or "")
        facts = () if subject is None else subject.facts
        every = [(one.name, _(one.title)) for one in facts]
        for field in self._columns:
            field.set_choices([(one.name, _(one.title)) for one in facts if not one.of_many])
        for column, *_rest in self._where:
            column.set_choices(every)
        self._of.set_choices([(one.name, _(one.title)) for one in facts if one.kind in {Kind.COUNT, Kind.MONEY}])
        hints = {kind for one in facts if OFFERED[kind := one.kind]}
        for _column, _how, value, other in self._where:
            dated = _("2026-03-01") if hints & {Kind.DAY, Kind.MOMENT} else ""
            value.line.setPlaceholderText(dated)
            other.line.setPlaceholderText(dated)
