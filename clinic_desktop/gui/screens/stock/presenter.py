"""Decides what the stock screen shows and does. No Qt."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.domain.packs import Pack
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import drafts, packs, shelf, stock
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.packs import SeenPack
from clinic_desktop.services.shelf import LedgerRow, LotView, Only, StockLevel
from clinic_desktop.services.stock import Moved

FORM = "stock"
TOUCHES = ("stock.", "lot.", "product.", "price.")


class View(Protocol):
    """What the presenter asks of the view."""

    def show_levels(self, levels: Sequence[StockLevel]) -> None: ...  # noqa: D102
    def show_lots(self, lots: Sequence[LotView]) -> None: ...  # noqa: D102
    def show_ledger(self, rows: Sequence[LedgerRow]) -> None: ...  # noqa: D102
    def restore_form(self, fields: Mapping[str, object]) -> None: ...  # noqa: D102
    def done(self, words: str, *, formed: bool) -> None: ...  # noqa: D102
    def refused(self, error: Exception) -> None: ...  # noqa: D102
    def show_pack(self, seen: SeenPack) -> None: ...  # noqa: D102
    def pack_remembered(self, pack: Pack, product: StockLevel) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001


class Presenter:
    """The products, the lots of one, the ledger of one lot, and the form beside them."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.only = Only.ALL
        self.product: StockLevel | None = None
        self.lot: LotView | None = None
        self.may_count = desk.may("stock.count_stock")
        self._act_id = new_id()
        self._packs: list[Pack] = []  # scanned for what stands in the form

    def reload(self) -> None:
        """Ask for the levels, and for what is open."""
        desk, only = self.desk, self.only
        self.tasks.query("levels", lambda: shelf.stock_levels(desk, "", only), self.view.show_levels)
        self._ask_lots()
        self._ask_ledger()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when stock moved."""
        if any(kind.startswith(TOUCHES) for kind in kinds):
            self.reload()

    def show_only(self, only: str) -> None:
        """Show all products, those to order or those that expire."""
        self.only = Only(only)
        self.reload()

    def choose_product(self, product: StockLevel | None) -> None:
        """Show the lots of a product."""
        self.product, self.lot = product, None
        self.view.show_ledger(())
        if product is None:
            self.view.show_lots(())
        self._ask_lots()

    def choose_lot(self, lot: LotView | None) -> None:
        """Show the ledger of a lot."""
        self.lot = lot
        if lot is None:
            self.view.show_ledger(())
        self._ask_ledger()

    def _ask_lots(self) -> None:
        if self.product is not None:
            desk, product = self.desk, self.product.product_id
            self.tasks.query("lots", lambda: shelf.lots(desk, product), self.view.show_lots)

    def _ask_ledger(self) -> None:
        if self.lot is not None:
            desk, lot = self.desk, self.lot.lot_id
            self.tasks.query("ledger", lambda: shelf.ledger(desk, lot), self.view.show_ledger)

    # Drafts -------------------------------------------------------------------------------------------

    def keep(self, fields: dict[str, str], act: str) -> None:
        """Keep what is being typed, with the act, product and lot that it is about."""
        desk, key = self.desk, DraftKey(FORM)
        # Emptied by hand, nothing is unfinished any more.
        typed = any(fields.values())
        kept = fields | {
            "act": act,
            "product": self.product.product_id if self.product is not None else "",
            "about_lot": self.lot.lot_id if self.lot is not None else "",
        }
        work = (lambda: drafts.keep_draft(desk, key, kept)) if typed else (lambda: drafts.drop_draft(desk, key))
        self.tasks.change(work, None, self.view.refused)

    def recall(self) -> None:
        """Put back what was typed and not done."""
        desk = self.desk
        self.tasks.query(
            "draft",
            lambda: drafts.draft(desk, DraftKey(FORM)),
            lambda kept: self.view.restore_form(kept) if kept else None,
        )

    def kept_reason(self, act: str, about: str) -> KeptDraft:
        """The draft of why a movement is cancelled or a lot recalled."""
        return KeptDraft(self.desk, self.tasks, f"stock.{act}", about)

    # A scanned pack -----------------------------------------------------------------------------------

    def scanned(self, pack: Pack) -> None:
        """Find out which product and lot a pack is of."""
        desk = self.desk
        self.tasks.query("pack", lambda: packs.seen_pack(desk, pack), self.view.show_pack, self.view.refused)

    def take_pack(self, pack: Pack) -> None:
        """A pack stands in the form: what is received is of it."""
        self._packs.append(pack)

    def remember(self) -> None:
        """Remember that the scanned number is a pack of the product chosen."""
        desk, product = self.desk.once(), self.product
        if not self._packs or product is None:
            return
        pack = self._packs[-1]
        self.tasks.change(
            lambda: packs.remember_pack(desk, product.product_id, pack.gtin),
            lambda _id: self.view.pack_remembered(pack, product),
            self.view.refused,
        )

    # Acts ---------------------------------------------------------------------------------------------

    def receive(self, lot: str, expires_on: date, quantity: int) -> None:
        """Put a delivery on the shelf."""
        product = self.product
        of_lot = [pack for pack in self._packs if pack.lot.upper() == lot.strip().upper()]
        gtin = of_lot[-1].gtin or None if of_lot else None
        serials = ", ".join(pack.serial for pack in of_lot if pack.serial)
        reason = _("serial {numbers}").format(numbers=serials) if serials else None
        if product is not None:
            self._do(
                lambda desk: stock.receive_stock(
                    desk, product.product_id, lot, expires_on, quantity, gtin=gtin, reason=reason
                ),
                _("{quantity} received into lot {lot}: it holds {balance}."),
            )

    def count(self, counted: int, reason: str) -> None:
        """Write down a count."""
        lot = self.lot
        if lot is not None:
            self._do(
                lambda desk: stock.count_stock(desk, lot.lot_id, counted, reason),
                _("Counted: lot {lot} holds {balance} ({quantity})."),
            )

    def adjust(self, quantity: int, reason: str) -> None:
        """Put in or take out for a reason."""
        lot = self.lot
        if lot is not None:
            self._do(
                lambda desk: stock.adjust_stock(desk, lot.lot_id, quantity, reason),
                _("Adjusted by {quantity}: lot {lot} holds {balance}."),
            )

    def cancel(self, row: LedgerRow, reason: str) -> None:
        """Reverse a movement."""
        self._do(
            lambda desk: stock.cancel_move(desk, row.move_id, reason),
            _("Cancelled by a reversing movement: lot {lot} holds {balance}."),
            self.kept_reason("cancel", row.move_id),
        )

    def recall_lot(self, lot: LotView, reason: str) -> None:
        """Recall a lot, or lift its recall."""
        act = stock.lift_recall if lot.recalled else stock.recall_lot
        desk = self.desk.once(self._act_id, draft=self.kept_reason("recall", lot.lot_id).key)
        words = _("The recall of lot {lot} is lifted.") if lot.recalled else _("Lot {lot} is recalled.")
        self.tasks.change(
            lambda: act(desk, lot.lot_id, reason),
            lambda _none: self._done(words.format(lot=lot.lot), formed=False),
            self._failed,
        )

    def _do(self, work: Callable[[Desk], Moved], words: str, kept: KeptDraft | None = None) -> None:
        desk = self.desk.once(self._act_id, draft=DraftKey(FORM) if kept is None else kept.key)
        self.view.set_busy(True)
        self.tasks.change(
            lambda: work(desk),
            lambda moved: self._done(
                words.format(quantity=f"{moved.quantity:+d}", lot=moved.lot, balance=moved.balance),
                formed=kept is None,
            ),
            self._failed,
        )

    def _done(self, words: str, *, formed: bool) -> None:
        if formed:
            self._packs.clear()
        self._act_id = new_id()
        self.view.set_busy(False)
        self.view.done(words, formed=formed)
        self.reload()

    def _failed(self, error: Exception) -> None:
        self.view.set_busy(False)
        if isinstance(error, Refusal):
            # A refused act was not done: what is tried next is another.
            self._act_id = new_id()
        self.view.refused(error)
