"""The form beside the stock: receive a lot, count it, or adjust it."""

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.doses import unit_word
from clinic_desktop.domain.packs import Pack
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.shelf import LotView, StockLevel

LONGEST = 10_000_000


class StockForm(QWidget):
    """One of three acts, with the fields it needs; `changed` when another act is chosen."""

    changed = Signal()
    remember_asked = Signal()

    def __init__(self, keeper: DraftKeeper, today: Callable[[], date], *, may_count: bool) -> None:
        super().__init__()
        self.setObjectName("stock.form")
        acts = [("receive", _("Receive"))]
        if may_count:
            acts += [("count", _("Count")), ("adjust", _("Adjust"))]
        self.act = SegmentField("", "stock.act", acts)
        self.about = label("", "strong", name="stock.about", wrap=True)
        self.lot = TextField(_("&Lot"), "stock.lot", placeholder=_("as printed on the pack"))
        self.expires_on = DateField(_("&Expires on"), "stock.expires_on", today=today)
        self.packs = NumberField(_("&Packs"), "stock.packs", least=0, most=LONGEST)
        self.loose = NumberField(_("Loose &units"), "stock.quantity", least=-LONGEST, most=LONGEST)
        self.counted = NumberField(_("Coun&ted"), "stock.counted", least=0, most=LONGEST)
        self.reason = TextField(_("&Reason"), "stock.reason")
        self.total = label("", "secondary", name="stock.total")
        self.scanned = label("", "secondary", name="stock.scanned", wrap=True)
        self.scanned.hide()
        self.remember = Button(_("Remem&ber it for this product"), "stock.remember", self.remember_asked.emit)
        self.remember.hide()
        self.form = Form(keeper)
        # Which act is chosen is no work of anybody's: it is kept only with what is typed for it.
        self.form.add_widget(self.act)
        self.form.add_widget(self.about)
        self.form.add_widget(self.scanned)
        self.form.add_widget(self.remember)
        for field in (self.lot, self.expires_on, self.packs, self.loose, self.counted, self.reason):
            self.form.add(field)
        self.form.add_widget(self.total)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        column.addStretch(1)
        self.keeper = keeper
        self._product: StockLevel | None = None
        self._lot: LotView | None = None
        self.act.set_value("receive")
        self.form.edited.connect(lambda _key: self._show())
        self.act.edited.connect(self._chosen)
        self._show()

    def show_product(self, product: StockLevel | None, lot: LotView | None) -> None:
        """Say what the act is about."""
        self._product, self._lot = product, lot
        self._show()

    def chosen(self) -> str:
        """The act chosen."""
        return self.act.value() or "receive"

    def choose(self, act: str) -> None:
        """Choose an act."""
        self.act.set_value(act)

    def restore(self, fields: Mapping[str, object]) -> None:
        """Put a draft back."""
        self.form.restore(fields)
        self.choose(str(fields.get("act", "receive")))
        self._show()

    def received(self) -> int | None:
        """What is received, in base units: packs and loose ones."""
        packs, loose = self.packs.value(), self.loose.value()
        if self._product is None or self.packs.problem() or self.loose.problem() or (packs is None and loose is None):
            return None
        return int(packs or 0) * self._product.pack_size + int(loose or 0)

    def show_pack(self, pack: Pack, *, known: bool) -> bool:
        """Fill in what a scanned pack says. False where another lot stands here unfinished."""
        same = self.lot.value().strip().upper() == pack.lot.upper() and self.expires_on.value() == pack.expires_on
        if not same and self.lot.value().strip() and (self.packs.value() or self.loose.value()):
            return False
        if pack.lot:
            self.lot.set_value(pack.lot)
        if pack.expires_on is not None:
            self.expires_on.set_value(pack.expires_on)
        self.say_scanned(_("Scanned: {words}").format(words=pack.words), unknown=not known)
        self.keeper.touch()
        self._show()
        return True

    def count_pack(self) -> None:
        """One pack more of what stands here, now that it is known of which product."""
        counted = self.packs if self._product is not None and self._product.pack_size > 1 else self.loose
        counted.set_value((counted.value() or 0) + 1)
        missing = next((field for field in (self.lot, self.expires_on) if not field.draft()), counted)
        missing.setFocus()
        self.keeper.touch()
        self._show()

    def is_unknown(self) -> bool:
        """Whether a scanned pack stands here of which nobody has said what it is."""
        return self.remember.isVisibleTo(self)

    def say_scanned(self, words: str, *, unknown: bool = False) -> None:
        """Say what was scanned; one that is not known may be remembered for the product chosen."""
        self.scanned.setText(words)
        self.scanned.setVisible(bool(words))
        self.remember.setVisible(unknown)

    def clear(self) -> None:
        """Empty it after an act; the act chosen stays."""
        self.form.clear()
        self.say_scanned("")
        self._show()

    def focus_first(self) -> None:
        """Go to the first field of the act."""
        {"receive": self.lot, "count": self.counted, "adjust": self.loose}[self.chosen()].setFocus()

    def is_ready(self) -> bool:
        """Whether the act has something to be about."""
        if self.chosen() == "receive":
            # A pack that is not known must not go into whichever product happens to be chosen.
            return self._product is not None and not self.is_unknown()
        return self._lot is not None

    def _chosen(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        act, product, lot = self.chosen(), self._product, self._lot
        receiving = act == "receive"
        for field, shown in (
            (self.lot, receiving),
            (self.expires_on, receiving),
            (self.packs, receiving and product is not None and product.pack_size > 1),
            (self.loose, act != "count"),
            (self.counted, act == "count"),
            (self.reason, not receiving),
        ):
            field.setVisible(shown)
        if product is None:
            self.about.setText(_("Choose a product."))
        elif receiving:
            self.about.setText(f"{product.name} {product.strength} {product.form}")
        elif lot is None:
            self.about.setText(_("Choose a lot."))
        else:
            held = _("{name}, lot {lot}: {n} {unit} by the ledger")
            self.about.setText(
                held.format(name=product.name, lot=lot.lot, n=lot.balance, unit=unit_word(lot.balance, product.unit))
            )
        if product is not None:
            self.packs.set_unit(_("of {size}").format(size=product.pack_size))
            for field in (self.loose, self.counted):
                field.set_unit(product.unit)
        made = self.received() if receiving else None
        unit = unit_word(made or 0, product.unit) if product is not None else ""
        self.total.setText(_("{n} {unit} in all").format(n=f"{made:,}", unit=unit) if made else "")
