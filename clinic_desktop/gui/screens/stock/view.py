"""Shows the stock: products, the lots of one, the ledger of one lot, and the form beside them."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.doses import unit_word
from clinic_desktop.domain.money import money_text
from clinic_desktop.domain.packs import Pack, PackRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.scanning import Scan
from clinic_desktop.gui.screens.stock.form import StockForm
from clinic_desktop.gui.screens.stock.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.civil import show_date, show_instant
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.stop import ConfirmStop, ReasonKept
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _
from clinic_desktop.labelling.paper import shelf
from clinic_desktop.services.packs import SeenPack, problem_of
from clinic_desktop.services.shelf import LedgerRow, LotView, StockLevel

LEVELS = {"good": (N_("In stock"), "good"), "low": (N_("To order"), "warning"), "out": (N_("Out"), "critical")}
KINDS = {
    "receive": N_("received"),
    "dispense": N_("handed out"),
    "adjust": N_("adjusted"),
    "count": N_("counted"),
    "cancel": N_("reversed"),
}
WORDS = {"receive": N_("&Receive"), "count": N_("Write &count"), "adjust": N_("Ad&just")}


class StockView(ScreenView):
    """The stock screen."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("stock")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.keeper = DraftKeeper(lambda fields: self.presenter.keep(fields, self.form.chosen()))
        self.only = SegmentField(
            "", "stock.only", [("all", _("All")), ("to_order", _("To order")), ("expiring", _("Expiring"))]
        )
        self.only.set_value("all")
        self.levels: ListTable[StockLevel] = ListTable(
            "stock.levels", _level_columns(), key=lambda row: row.product_id,
            empty=Empty(_("No products here. The formulary is imported in Administration."), icon="box"),
            settings=context.settings,
        )  # fmt: skip
        self.lots: ListTable[LotView] = ListTable(
            "stock.lots", _lot_columns(), key=lambda row: row.lot_id,
            empty=Empty(_("No lot yet: receive one below."), icon="box"), settings=context.settings,
        )  # fmt: skip
        self.ledger: ListTable[LedgerRow] = ListTable(
            "stock.ledger", _ledger_columns(), key=lambda row: row.move_id,
            empty=Empty(_("Choose a lot to see every movement of it."), icon="history"), settings=context.settings,
        )  # fmt: skip
        self.form = StockForm(self.keeper, context.today, may_count=self.presenter.may_count)
        self.dialog: ConfirmStop | None = None
        self._wanted_lot = ""
        self._wanted_pack: SeenPack | None = None
        self._seen: set[tuple[str, str]] = set()  # the packs scanned for what stands in the form
        self._arrange()
        self._listen()
        self._offer()

    def _arrange(self) -> None:
        self.set_title(_("Stock"))
        self.cancel = self.add_button(_("Cancel &movement"), "stock.cancel", self._cancel)
        self.recall = self.add_button(_("Recall l&ot"), "stock.recall", self._recall)
        self.shelf = self.add_button(_("S&helf label"), "stock.shelf_label", self._shelf_label)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.only)
        column.addWidget(self.levels, 3)
        column.addWidget(self.ledger, 2)
        for table in (self.levels, self.lots, self.ledger):
            table.setMinimumHeight(120)
        self.set_body(body)
        beside = QWidget()
        beside_column = QVBoxLayout(beside)
        beside_column.setContentsMargins(0, 0, 0, 0)
        beside_column.setSpacing(12)
        beside_column.addWidget(self.lots, 2)
        beside_column.addWidget(self.form, 3)
        self.set_context(beside)

    def _listen(self) -> None:
        present = self.presenter
        self.only.edited.connect(lambda: present.show_only(self.only.value() or "all"))
        self.levels.selected.connect(self._product)
        self.levels.opened.connect(lambda _row: self.form.focus_first())
        self.lots.selected.connect(self._lot)
        self.lots.opened.connect(lambda _row: self.form.focus_first())
        self.ledger.selected.connect(lambda _row: self._offer())
        self.form.changed.connect(self._offer)
        self.form.remember_asked.connect(present.remember)
        self.form.changed.connect(lambda: self.keeper.touch() if self.form.form.is_touched else None)
        if not present.may_count:
            self.cancel.hide()

    # Called by the shell -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the levels; perhaps one filter, and one act."""
        self.context.window.set_patient(None)
        if only := arguments.get("only"):
            self.only.set_value(only)
        self.presenter.reload()
        self.presenter.recall()
        if act := arguments.get("act"):
            self.form.choose(act)
        if product := arguments.get("product_id"):
            self._wanted_lot = arguments.get("lot_id", "")
            self.levels.select(product)
        self.levels.setFocus()

    def escape(self) -> bool:
        """Esc lets go of a pack that is not known."""
        if not self.form.is_unknown():
            return False
        self._seen.clear()
        self.form.clear()
        self._offer()
        return True

    def refresh(self, kinds: frozenset[str]) -> None:
        """The journal moved."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        self.keeper.flush()

    def takes_scan(self, scan: Scan) -> bool:
        """A pack is received here."""
        if scan.pack is None:
            return False
        self.presenter.scanned(scan.pack)
        return True

    # Called by the presenter --------------------------------------------------------------------------

    def show_levels(self, levels: Sequence[StockLevel]) -> None:
        """The products."""
        self.levels.set_rows(levels)
        self.presenter.product = self.levels.current()
        if levels and self.levels.current() is None:
            self.levels.select_row(0)
        seen, self._wanted_pack = self._wanted_pack, None
        if seen is not None and self.levels.select(seen.product_id):
            self.show_pack(seen)

    def show_lots(self, lots: Sequence[LotView]) -> None:
        """The lots of the product chosen."""
        self.lots.set_rows(lots)
        if self._wanted_lot and self.lots.select(self._wanted_lot):
            self._wanted_lot = ""
        current = self.lots.current()
        self.presenter.lot = current
        if lots and current is None:
            self.lots.select_row(0)
        self.form.show_product(self.presenter.product, self.lots.current())
        self._offer()

    def show_ledger(self, rows: Sequence[LedgerRow]) -> None:
        """The movements of the lot chosen."""
        self.ledger.set_rows(rows)
        self._offer()

    def restore_form(self, fields: Mapping[str, object]) -> None:
        """Put back what was typed and not done, beside what it is about."""
        product, lot = str(fields.get("product", "")), str(fields.get("about_lot", ""))
        self._wanted_lot = lot
        if product and self.levels.select(product):
            self.form.show_product(self.presenter.product, self.lots.current())
        if lot:
            self.lots.select(lot)
        self.form.restore(fields)

    def done(self, words: str, *, formed: bool) -> None:
        """An act was done; what stands in the form stays if the act was not the form's."""
        if formed:
            self.form.clear()
            self._seen.clear()
        self.context.window.say(words)
        QTimer.singleShot(0, self, self.levels.setFocus)

    def refused(self, error: Exception) -> None:
        """Say a refusal beside its field."""
        if not (isinstance(error, Refusal) and self.form.form.show_refusal(error)):
            self.context.window.show_error(error)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as the shell says it
        """Show that an act was heard."""
        self.set_primary_busy(busy)

    def show_pack(self, seen: SeenPack) -> None:
        """A pack was scanned: its product is chosen, and the form filled."""
        pack = seen.pack
        if pack.serial and (pack.gtin, pack.serial) in self._seen:
            self.context.window.show_error(
                PackRefusal(N_("This very pack (serial {serial}) was scanned already."), serial=pack.serial)
            )
            return
        if seen.product_id:
            if not self.levels.select(seen.product_id):
                self._wanted_pack = seen
                self.only.set_value("all")
                self.presenter.show_only("all")
                return
            self._product(self.levels.current())
        self.form.choose("receive")
        self._fill(seen)

    def pack_remembered(self, pack: Pack, product: StockLevel) -> None:
        """The number of a pack is known now: it counts as one of that product."""
        self.form.count_pack()
        self.form.say_scanned(_("Scanned: {words}").format(words=pack.words))
        self._offer()
        self.context.window.say(_("Remembered: {gtin} is {name}.").format(gtin=pack.gtin, name=product.name))

    # ----------------------------------------------------------------------------------------------------

    def _fill(self, seen: SeenPack) -> None:
        pack = seen.pack
        if not self.form.show_pack(pack, known=bool(seen.product_id)):
            self.context.window.show_error(
                PackRefusal(N_("Another lot is written here already: receive it, or empty the form, then scan again."))
            )
            return
        if pack.serial:
            self._seen.add((pack.gtin, pack.serial))
        self.presenter.take_pack(pack)
        self._offer()
        if seen.product_id:
            self.form.count_pack()
        if problem := problem_of(seen):
            self.context.window.show_error(problem)
        elif not seen.product_id:
            self.form.say_scanned(
                _("{words} is not known here. Choose the product that it is, then remember it.").format(
                    words=pack.words
                ),
                unknown=True,
            )
            self.levels.setFocus()

    def _product(self, row: StockLevel | None) -> None:
        self.form.show_product(row, None)
        self.presenter.choose_product(row)
        self._offer()

    def _lot(self, row: LotView | None) -> None:
        self.form.show_product(self.presenter.product, row)
        self.presenter.choose_lot(row)
        self._offer()

    def _offer(self) -> None:
        self.set_primary(_(WORDS[self.form.chosen()]), self._act, name="stock.save", enabled=self.form.is_ready())
        lot, row = self.lots.current(), self.ledger.current()
        self.recall.setEnabled(lot is not None)
        self.shelf.setEnabled(lot is not None)
        self.recall.set_text(_("Lift rec&all") if lot is not None and lot.recalled else _("Recall l&ot"))
        self.cancel.setEnabled(row is not None and row.kind not in {"cancel", "dispense"} and not row.cancelled)

    def _act(self) -> None:
        form = self.form
        if not form.form.check():
            return
        act = form.chosen()
        if act == "receive":
            expires, quantity = form.expires_on.value(), form.received()
            if expires is None:
                form.expires_on.show_error(_("Write the date printed on the pack."))
                form.expires_on.setFocus()
            else:
                self.presenter.receive(form.lot.value(), expires, quantity or 0)
        elif act == "count":
            counted = form.counted.value()
            if counted is None:
                form.counted.show_error(_("Write what you counted."))
                form.counted.setFocus()
            else:
                self.presenter.count(int(counted), form.reason.value())
        else:
            self.presenter.adjust(int(form.loose.value() or 0), form.reason.value())

    def _cancel(self) -> None:
        row = self.ledger.current()
        if row is not None:
            words = _("{quantity} on {when} is reversed by a movement of its own; both stay in the ledger.")
            self._ask(
                _("Cancel this movement?"),
                words.format(quantity=f"{row.quantity:+d}", when=show_instant(row.moved_at)),
                _("&Cancel movement"),
                lambda reason: self.presenter.cancel(row, reason),
                self.presenter.kept_reason("cancel", row.move_id),
            )

    def _shelf_label(self) -> None:
        lot, product = self.lots.current(), self.presenter.product
        if lot is not None and product is not None:
            words = f"{product.name} {product.strength} {product.form}"
            self.context.window.preview(shelf(self.context.desk, words, lot), _("Shelf label"))

    def _recall(self) -> None:
        lot = self.lots.current()
        if lot is not None:
            words = (
                _("Lot {lot} may be handed out again.") if lot.recalled else _("Lot {lot} can no longer be handed out.")
            )
            title = _("Lift the recall?") if lot.recalled else _("Recall this lot?")
            confirm = _("&Lift recall") if lot.recalled else _("&Recall")
            kept = self.presenter.kept_reason("recall", lot.lot_id)
            words = words.format(lot=lot.lot)
            self._ask(title, words, confirm, lambda reason: self.presenter.recall_lot(lot, reason), kept)

    def _ask(self, title: str, words: str, confirm: str, act: Callable[[str], None], kept: ReasonKept) -> None:
        dialog = ConfirmStop(self, "stock.sure", title, words, confirm=confirm, reason=_("Reason"), kept=kept)
        dialog.accepted.connect(lambda: act(dialog.reason()))
        self.dialog = dialog
        dialog.open()


def _level_columns() -> list[Column[StockLevel]]:
    return [
        Column("name", _("Product"), lambda row: f"{row.name} {row.strength}", width=210, stretch=True, strong=True,
               wrap=True),
        Column("form", _("Form"), lambda row: row.form, width=110, subtle=True, wrap=True),
        Column("on_hand", _("On hand"), lambda row: f"{row.on_hand:,}", width=110, number=True,
               sort=lambda row: row.on_hand, unit=lambda row: unit_word(row.on_hand, row.unit)),
        Column("reorder", _("Order at"), lambda row: f"{row.reorder_level:,}", width=80, number=True, subtle=True,
               sort=lambda row: row.reorder_level),
        Column("expiry", _("Next expiry"), lambda row: show_date(row.next_expiry) if row.next_expiry else "",
               width=104, sort=lambda row: row.next_expiry,
               meaning=lambda row: "warning" if row.expiring else ""),
        Column("price", _("Price"), _price, width=90, number=True, subtle=True, sort=lambda row: row.price),
        Column("level", _("State"), lambda row: _(LEVELS[row.level][0]), width=104, look=_level),
    ]  # fmt: skip


def _lot_columns() -> list[Column[LotView]]:
    return [
        Column("lot", _("Lot"), _lot_words, width=90, stretch=True, strong=True, meaning=_lot_meaning),
        Column("expires", _("Expires"), lambda row: show_date(row.expires_on), width=106,
               sort=lambda row: row.expires_on),
        Column("balance", _("Holds"), lambda row: f"{row.balance:,}", width=64, number=True,
               sort=lambda row: row.balance),
    ]  # fmt: skip


def _ledger_columns() -> list[Column[LedgerRow]]:
    return [
        Column("when", _("When"), lambda row: show_instant(row.moved_at), width=152, sort=lambda row: row.moved_at),
        Column("kind", _("Movement"), _kind, width=96),
        Column("quantity", _("Units"), lambda row: f"{row.quantity:+,}", width=64, number=True,
               sort=lambda row: row.quantity),
        Column("balance", _("Balance"), lambda row: f"{row.balance:,}", width=70, number=True, strong=True,
               sort=lambda row: row.balance),
        Column("reason", _("Reason, by whom"), _why, width=110, stretch=True),
    ]  # fmt: skip


def _why(row: LedgerRow) -> str:
    return " · ".join(part for part in (row.reason, row.by) if part)


def _price(row: StockLevel) -> str:
    return money_text(row.price, row.currency) if row.price is not None and row.currency else ""


def _level(row: StockLevel) -> Look:
    words, meaning = LEVELS[row.level]
    return Look(_(words), meaning)


def _lot_words(row: LotView) -> str:
    if row.recalled:
        return _("{lot}, recalled").format(lot=row.lot)
    return _("{lot}, expired").format(lot=row.lot) if row.expired else row.lot


def _lot_meaning(row: LotView) -> str:
    return "critical" if row.recalled or row.expired else ""


def _kind(row: LedgerRow) -> str:
    words = _(KINDS[row.kind])
    return _("{words}, cancelled").format(words=words) if row.cancelled else words
