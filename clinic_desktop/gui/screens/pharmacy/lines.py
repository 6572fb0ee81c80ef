"""One line on the pharmacy's desk: what is wanted, the lots it is filled from, what was handed out already."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desktop.domain.doses import counted
from clinic_desktop.domain.pharmacy import packs
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import show_date, show_instant
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.shelf import LotView
from clinic_desktop.services.work_orders import HandedOut, LabelOf, Option, Pick, WorkLine


class PickRow(QWidget):
    """So many units out of one lot, with what a substitution asks for."""

    def __init__(self, place: str, option: Option, lot: LotView, quantity: int) -> None:
        super().__init__()
        self.option, self.lot = option, lot
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.quantity = NumberField("", f"pharmacy.quantity_{place}", unit=option.unit, least=0, most=lot.balance)
        self.quantity.set_value(quantity)
        self.quantity.setFixedWidth(150)
        row.addWidget(self.quantity)
        whole, loose = packs(quantity, option.pack_size)
        words = [
            _("lot {lot}").format(lot=lot.lot),
            _("use before {date}").format(date=show_date(lot.expires_on)),
            _("{n} here").format(n=lot.balance),
        ]
        if whole:
            words.append(_("{n} packs of {size}").format(n=whole, size=option.pack_size))
            if loose:
                words[-1] += " + " + str(loose)
        self.words = label(" · ".join(words), name=f"pharmacy.lot_{place}")
        row.addWidget(self.words, 1)
        self.scanned = Pill(_("Pack scanned"), "good", name=f"pharmacy.scanned_{place}")
        self.scanned.hide()
        row.addWidget(self.scanned)
        self.covers: NumberField | None = None
        self.reason: TextField | None = None
        if option.substitution or not option.alike:
            self.words.setText(f"{option.title} · " + self.words.text())
            self.covers = NumberField("", f"pharmacy.covers_{place}", least=1, placeholder=_("covers"))
            self.covers.setFixedWidth(110)
            row.addWidget(self.covers)
        if option.substitution:
            self.reason = TextField("", f"pharmacy.substituted_{place}", placeholder=_("Why it is substituted"))
            row.addWidget(self.reason, 1)

    def mark_scanned(self) -> None:
        """A pack of this lot was scanned, and is the right one."""
        self.scanned.show()

    def fields(self) -> list[NumberField | TextField]:
        """What is typed into."""
        return [field for field in (self.quantity, self.covers, self.reason) if field is not None]

    def pick(self, line_id: str) -> Pick | None:
        """The pick as it stands; None where none is typed. Raises Refusal naming a field that cannot be read."""
        for field in self.fields():
            if field.problem():
                raise Refusal(field.problem(), field=field.key)
        quantity = self.quantity.value()
        if not quantity:
            return None
        covers = self.covers.value() if self.covers is not None else None
        reason = self.reason.value() if self.reason is not None else ""
        return Pick(line_id, self.lot.lot_id, int(quantity), None if covers is None else int(covers), reason)


class AddedLots(Field):
    """The lots added by hand; never shown: a draft of it says which rows there were."""

    def __init__(self, name: str) -> None:
        super().__init__("", name)
        self._lots: tuple[str, ...] = ()
        self.hide()

    def value(self) -> tuple[str, ...]:
        """Their ids."""
        return self._lots

    def set_value(self, value: object) -> None:
        """Keep other ids."""
        self.restore(" ".join(str(one) for one in value) if isinstance(value, tuple) else "")
        self.edited.emit()

    def draft(self) -> str:
        """Their ids as words."""
        return " ".join(self._lots)

    def restore(self, draft: str) -> None:
        """Put back what `draft` gave."""
        self._lots = tuple(draft.split())


class LinePanel(Panel):
    """One line of the prescription on the desk."""

    label_asked = Signal(object)  # LabelOf
    back_asked = Signal(object)  # HandedOut

    def __init__(self, place: int, work: WorkLine, form: Form, *, waits: bool) -> None:
        super().__init__(name=f"pharmacy.line_{place}")
        self.place, self.work, self.form = place, work, form
        self.rows: list[PickRow] = []
        self._lots: dict[str, tuple[Option, LotView]] = {}
        line = work.line
        self.set_title(line.title)
        wanted = line.quantity_text
        if work.outstanding and work.outstanding != line.quantity:
            wanted = _("{left} of {all} to hand out").format(left=work.outstanding, all=line.quantity_text)
        self.add_beside_title(label(wanted, "strong", name=f"pharmacy.wanted_{place}"))
        if not work.outstanding:
            self.add_beside_title(Pill(_("Handed out"), "good"))
        words = f"{line.sig[:1].upper()}{line.sig[1:]}."
        self.add(label(words + (f" {line.instructions}" if line.instructions else ""), wrap=True))
        if not line.substitution_allowed:
            self.add(label(_("No substitution."), "secondary"))
        for handed in work.handed_out:
            self.add(self._handed(handed))
        if waits and work.outstanding:
            self._fill()

    def _fill(self) -> None:
        lots = {lot.lot_id: (option, lot) for option in self.work.options for lot in option.lots}
        for pick in self.work.proposed:
            self._add(*lots[pick.lot_id], pick.quantity)
        short = self.work.outstanding - sum(pick.quantity for pick in self.work.proposed)
        if short:
            words = _("{short} short: nothing more that may go out is in stock.")
            unit = counted(Decimal(short), self.work.line.quantity_unit)
            self.add(label(words.format(short=unit), "warning", meaning="warning", wrap=True))
        taken = {pick.lot_id for pick in self.work.proposed}
        others = [(lot.lot_id, self._choice(option, lot)) for option, lot in lots.values() if lot.lot_id not in taken]
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        # Added lots are kept with what is typed for them: without its lot a quantity means nothing.
        self._added = self.form.adopt(AddedLots(f"pharmacy.lots_{self.place}"))
        self._lots = lots
        self.other = ChoiceField("", f"pharmacy.other_{self.place}", others, none=_("Another lot …"))
        if not others:
            self.other.hide()
        self.other.edited.connect(lambda: self._other(lots))
        row.addWidget(self.other, 1)
        if not others:
            row.addStretch(1)
        row.addWidget(LinkButton(_("Label"), f"pharmacy.label_{self.place}", self.ask_label))
        if not lots:
            foot.hide()
        row.addWidget(self._added)
        self.add(foot)

    @staticmethod
    def _choice(option: Option, lot: LotView) -> str:
        words = _("{title}, lot {lot}, {date}, {n} here").format(
            title=option.title, lot=lot.lot, date=show_date(lot.expires_on), n=lot.balance
        )
        return _("Substitute: {words}").format(words=words) if option.substitution else words

    def _add(self, option: Option, lot: LotView, quantity: int) -> PickRow:
        made = PickRow(f"{self.place}_{len(self.rows)}", option, lot, quantity)
        for field in made.fields():
            self.form.adopt(field)
        self.rows.append(made)
        self.body.insertWidget(self.body.count() - (1 if hasattr(self, "other") else 0), made)
        return made

    def _other(self, lots: dict[str, tuple[Option, LotView]]) -> None:
        chosen = self.other.value()
        if chosen is None or any(row.lot.lot_id == chosen for row in self.rows):
            return
        self._added.set_value((*self._added.value(), chosen))
        row = self._add(*lots[chosen], 0)
        row.quantity.line.clear()
        row.quantity.setFocus()

    def add_lots(self, added: Sequence[str]) -> None:
        """Offer lots that were added before; one that has gone meanwhile is left out."""
        here = {row.lot.lot_id for row in self.rows}
        for lot in added:
            if lot in self._lots and lot not in here:
                self._add(*self._lots[lot], 0).quantity.line.clear()

    def picks(self) -> list[Pick]:
        """What is picked for this line."""
        made = (row.pick(self.work.line.line_id) for row in self.rows)
        return [pick for pick in made if pick is not None]

    def ask_label(self) -> None:
        """Ask for the label of what is picked."""
        if not self.form.check():
            return
        for row in self.rows:
            pick = row.pick(self.work.line.line_id)
            if pick is not None:
                self.label_asked.emit(_label(pick, row.option.title, row.option.unit, row.lot))
                return

    def _handed(self, handed: HandedOut) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        words = _("{quantity} of {title}, lot {lot}, {when}, {who}").format(
            quantity=counted(Decimal(handed.quantity), handed.unit), title=handed.title, lot=handed.lot,
            when=show_instant(handed.dispensed_at), who=handed.by,
        )  # fmt: skip
        if handed.substituted_reason:
            words += " · " + _("substituted: {reason}").format(reason=handed.substituted_reason)
        row.addWidget(label(words, "secondary", wrap=True), 1)
        if handed.status == "cancelled":
            row.addWidget(Pill(_("Taken back"), "neutral"))
        else:
            row.addWidget(_link(_("Take back"), f"pharmacy.back_{handed.lot}", lambda: self.back_asked.emit(handed)))
        return box


def _link(words: str, name: str, act: Callable[[], object]) -> LinkButton:
    return LinkButton(words, name, act)


def _label(pick: Pick, title: str, unit: str, lot: LotView) -> LabelOf:
    return LabelOf(pick.line_id, title, pick.quantity, unit, lot.lot, lot.expires_on)
