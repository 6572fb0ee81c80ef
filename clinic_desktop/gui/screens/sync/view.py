"""Shows the connected systems and what waits for a person: a list at the left, what is chosen at the right."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.gui.screens.sync import asking
from clinic_desktop.gui.screens.sync.card import SystemCard
from clinic_desktop.gui.screens.sync.columns import systems_columns
from clinic_desktop.gui.screens.sync.connecting import ConnectForm, TriedPanel
from clinic_desktop.gui.screens.sync.deciding import DecidePanel, item_list
from clinic_desktop.gui.screens.sync.presenter import Presenter
from clinic_desktop.gui.screens.sync.sorts import SortsField
from clinic_desktop.gui.screens.sync.turning import Turning, apart, beside
from clinic_desktop.gui.screens.sync.who import WhoPanel
from clinic_desktop.gui.screens.sync.words import NOTHING
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_connecting import Tried, WhoIsWho
    from clinic_desktop.exchange.sync_deciding import Detail
    from clinic_desktop.exchange.sync_items import Item
    from clinic_desktop.exchange.sync_shown import DecisionShown, SystemShown

SYSTEMS, DECIDE, NONE = range(3)
CARD, CONNECT, TRIED, WHO = range(4)
# What sync keeps moves without an entry in the journal: it is asked for while it is looked at.
ASK_MS = 3_000


class SyncView(ScreenView):
    """The sync screen."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("sync")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.dialog: ConfirmStop | None = None
        self._newest = ""  # the system that was connected last, until the list shows it
        settings = context.settings
        self.shows = SegmentField("", "sync.show", [("systems", _("Systems")), ("decide", _("To decide"))])
        self.systems: ListTable[SystemShown] = ListTable(
            "sync.systems", systems_columns(), key=lambda row: row.system, settings=settings, counted=False
        )
        self.card = SystemCard(settings, self._take_back, may=self.presenter.may)
        self.connecting = ConnectForm(self._keep_connect, self._stop_testing)
        self.tried = TriedPanel(settings)
        self.who = WhoPanel(settings, self._keep_who, self._recall_who, lambda: self._ask_who(ask=True))
        self.sorts = SortsField()
        self.items = item_list(settings)
        self.decide = DecidePanel(
            settings, self._keep_decide, self._decide, self.presenter.decide_like,
            lambda patient_id: context.window.go("reception", patient_id=patient_id), self._open_record,
        )  # fmt: skip
        self._asking = QTimer(self)
        self._asking.setInterval(ASK_MS)
        self._asking.timeout.connect(self._ask_again)
        self._arrange()
        self._listen()
        self._offer()

    def _arrange(self) -> None:
        self.set_title(_("Sync"))
        self.connect_button = self.add_button(_("&Connect a system"), "sync.connect", self._connect)
        self.pausing = self.add_button(_("&Pause"), "sync.pause", self._pause)
        self.signing = self.add_button(_("Si&gn in again"), "sync.sign_in", self._sign_in)
        self.naming = self.add_button(_("&Who is who"), "sync.who_is_who", self._ask_who)
        self.parting = self.add_button(_("Disco&nnect"), "sync.disconnect", self._disconnect)
        self.right = Turning((self.card, self.connecting, self.tried, self.who))
        may = self.presenter.may
        empty = Empty(
            _(NOTHING), icon="sync", act_text=_("Connec&t one") if may else "", name="sync.first",
            act=self._connect if may else None,
        )  # fmt: skip
        self.pages = QStackedWidget()
        self.systems_page = beside(self.systems, self.right)
        self.pages.addWidget(self.systems_page)
        self.pages.addWidget(beside(self.items, self.decide))
        self.pages.addWidget(empty)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.shows.set_value("systems")
        if not may:  # never shown before it has its place: it would be a window of its own for a moment
            self.shows.hide()
        column.addLayout(apart(self.shows, self.sorts))
        column.addWidget(self.pages, 1)
        self.set_body(body)

    def _listen(self) -> None:
        self.shows.edited.connect(self._turn)
        self.systems.selected.connect(self._chosen)
        self.items.selected.connect(self._open_item)
        self.sorts.edited.connect(self._list_items)

    # What the shell calls ----------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the systems, what waits for a person (``show=decide``), or the form to connect one."""
        self.context.window.set_patient(None)
        self.presenter.reload()
        self._asking.start()
        show = arguments.get("show", "")
        if show == "connect" and self.presenter.may:
            self.shows.set_value("systems")
            self._connect()
        elif show == "decide" and self.presenter.may:
            self.shows.set_value("decide")
        elif show:
            self.shows.set_value("systems")
        self._turn()

    def refresh(self, kinds: frozenset[str]) -> None:
        """The journal moved."""
        if any(kind.startswith("remote.") for kind in kinds):
            self.presenter.reload()

    def leave(self) -> None:
        """Hand over what is being typed, and ask no more."""
        self._asking.stop()
        for form in (self.connecting.form, self.decide.form, self.who.form):
            if form.keeper is not None:
                form.keeper.flush()

    def escape(self) -> bool:
        """One step back: from what was tried to the form, from a form to the card, from a record to its group."""
        if self.shows.value() == "decide":
            return self.presenter.back_to_group()
        if self.right.place != CARD:
            if self.connecting.stop.isVisible():
                self._stop_testing()
            elif self.right.place == TRIED:
                self.presenter.forget_tried()
                self._show_right(CONNECT)
            else:
                self.leave()
                self._asking.start()
                self._show_right(CARD)
            return True
        return False

    # What the presenter asks -------------------------------------------------------------------------------

    def show_systems(self, systems: "Sequence[SystemShown]") -> None:
        """Every connected system."""
        self.systems.set_rows(systems)
        newest = bool(self._newest) and self.systems.select(self._newest)
        if newest:
            self._newest = ""
        elif systems and self.systems.current() is None:
            self.systems.select_row(0)
        one = self.systems.current()
        if one is not None:
            self.card.show_system(one)
        self._turn()
        if newest and self.shows.value() == "systems":
            self.systems.setFocus()

    def show_items(self, items: "Sequence[Item]") -> None:
        """What waits for a person."""
        self.context.window.set_count("sync", len(items))
        self.sorts.offer(items)
        self._list_items()

    def _list_items(self) -> None:
        """Of what waits the sort that is chosen."""
        items, rows, open_one = self.sorts.listed(), self.items.rows(), self.items.current()
        place = rows.index(open_one) if open_one is not None else -1
        self.items.set_rows(items)
        self.decide.set_waiting(bool(items))
        if items and place >= 0 and self.items.current() is None:
            self.items.select_row(min(place, len(items) - 1))  # what came after the one that is settled
        if self.shows.value() == "decide":
            self._open_first()

    def show_detail(self, detail: "Detail | None") -> None:
        """One of them."""
        shown = self.decide.shown
        self.decide.show_detail(detail, len(self.presenter.like()), of_many=self.presenter.is_of_many)
        if detail is not None and detail.item.id != shown:  # what is being typed stays where more of the same have come
            self.presenter.draft("decide", detail.item.id).recall(self.decide.form.restore)

    def set_testing(self, system: str) -> None:
        """Say that it is being tried."""
        self.connecting.set_testing(system)
        self.set_primary_busy(bool(system))

    def show_tried(self, tried: "Tried") -> None:
        """What it answered."""
        self.tried.show_tried(tried)
        self._show_right(TRIED)
        self.tried.can.setFocus()

    def show_who(self, system: str, who: "WhoIsWho") -> None:
        """Who is who there."""
        one = self.systems.current()
        if one is not None and one.system == system:
            self.who.show_who(one.title, who)
            self._offer()

    def ask_name(self, words: str, sure: Callable[[], None]) -> None:
        """What a person must say yes to before a number is taken for somebody."""
        dialog = asking.of_number(self, words)
        dialog.accepted.connect(sure)
        self.dialog = dialog
        dialog.open()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)
        self.decide.set_busy(busy)

    def did(self, words: str, what: str) -> None:
        """An act is done."""
        self.context.window.say(words)
        if what == "connect":
            self._newest = self.connecting.chosen()
            self.connecting.fresh()
            self._show_right(CARD)
        elif what == "decide":
            self.decide.opens_itself = True
            self.items.setFocus()
        elif what == "who" and self.right.place == WHO:
            self._ask_who()

    def show_error(self, error: Exception, form: str) -> None:
        """Say what went wrong, beside the field it is about."""
        near = {"connect": self.connecting.form, "decide": self.decide.form, "who": self.who.form}.get(form)
        if near is not None and isinstance(error, Refusal) and near.show_refusal(error):
            return
        if form in {"connect", "who"} and near is not None and isinstance(error, Trouble):
            # In the form, which takes it away with the next try: a foot that goes on saying it would be wrong by then.
            near.show_error(explain(error))
            return
        self.context.window.show_error(error, near)

    # Keys --------------------------------------------------------------------------------------------------

    def _ask_again(self) -> None:
        if self.isVisible() and not self.context.tasks.closed:
            self.presenter.reload(quiet=True)

    def _turn(self) -> None:
        deciding = self.shows.value() == "decide"
        none = not self.presenter.systems and self.right.place == CARD
        self.pages.setCurrentIndex(DECIDE if deciding else NONE if none else SYSTEMS)
        self.systems.setVisible(bool(self.presenter.systems))
        self.sorts.setVisible(deciding)
        if deciding:
            self._open_first()
        self._offer()

    def _open_first(self) -> None:
        """What is chosen in the list is open, and where nothing is, the first of it."""
        if self.items.rows() and self.items.current() is None:
            self.items.select_row(0)
        self.presenter.choose(self.items.current())

    def _show_right(self, page: int) -> None:
        self.right.turn(page)
        self._turn()
        if page == CARD:
            self.systems.setFocus()  # else it would go with the page that is hidden, to the first button of the window

    def _chosen(self, one: "SystemShown | None") -> None:
        if one is not None:
            self.card.show_system(one)
            if self.right.place == WHO:
                self._ask_who()
        self._offer()

    def _open_item(self, item: "Item | None") -> None:
        if item is not None and self.decide.form.keeper is not None:
            self.decide.form.keeper.flush()
        if self.shows.value() == "decide":
            self.presenter.choose(item)

    def _connect(self) -> None:
        self.connecting.fresh()
        self.presenter.draft("connect").recall(self._restore_connect)
        self._show_right(CONNECT)
        self.connecting.system.setFocus()

    def _restore_connect(self, fields: object) -> None:
        if isinstance(fields, dict):
            self.connecting.form.restore(fields)
            self.connecting.fit()

    def _sign_in(self) -> None:
        one = self.systems.current()
        if one is not None:
            self.connecting.sign_in_again(one)
            self._show_right(CONNECT)
            next(field for field in self.connecting.secrets.values() if not field.isHidden()).setFocus()

    def _stop_testing(self) -> None:
        self.presenter.stop_testing()
        self.context.window.say(_("Not waited for any more; nothing was kept"))

    def _pause(self) -> None:
        one = self.systems.current()
        if one is not None:
            (self.presenter.go_on if one.state == "paused" else self.presenter.pause)(one.system)

    def _disconnect(self) -> None:
        one = self.systems.current()
        if one is None:
            return
        dialog = asking.of_disconnecting(self, one.title)
        dialog.accepted.connect(lambda: self.presenter.disconnect(one.system))
        self.dialog = dialog
        dialog.open()

    def _ask_who(self, *, ask: bool = False) -> None:
        one = self.systems.current()
        if one is not None:
            self.presenter.who(one.system, ask=ask)
            if self.right.place != WHO:
                self._show_right(WHO)

    def _name(self) -> None:
        one, row = self.systems.current(), self.who.chosen()
        if one is not None and row is not None:
            self.presenter.name(one.system, row.staff_id, self.who.remote_id.value())

    def _test(self) -> None:
        form = self.connecting
        if form.check():
            self.presenter.test(form.chosen(), form.base_url.value(), form.typed(), form.set())

    def _decide(self, act: str, text: str) -> None:
        opened = self.presenter.detail
        if opened is None or not opened.item.count or not text.strip():
            self.presenter.decide(act, text)
            return
        item = opened.item
        dialog = asking.of_many(self, item, text.strip(), told=act == "told")
        # What was asked about is decided, and nothing that has come into its place meanwhile.
        dialog.accepted.connect(lambda: self.presenter.decide(act, text, item))
        self.dialog = dialog
        dialog.open()

    def _open_record(self, record: "Item") -> None:
        if self.decide.form.keeper is not None:
            self.decide.form.keeper.flush()
        self.presenter.open_record(record)

    def _take_back(self, decision: "DecisionShown") -> None:
        one = self.systems.current()
        if one is not None:
            self.presenter.take_back(one.system, decision.kind)

    def _keep_connect(self, fields: dict[str, str]) -> None:
        if not self.connecting.again:
            self.presenter.draft("connect").keep(fields)

    def _keep_decide(self, fields: dict[str, str]) -> None:
        if self.decide.shown:
            self.presenter.draft("decide", self.decide.shown).keep(fields)

    def _keep_who(self, staff_id: str, fields: dict[str, str]) -> None:
        one = self.systems.current()
        if one is not None:
            self.presenter.draft("who", f"{one.system}.{staff_id}").keep(fields)

    def _recall_who(self, staff_id: str) -> None:
        one = self.systems.current()
        if one is not None:
            self.presenter.draft("who", f"{one.system}.{staff_id}").recall(self.who.form.restore)

    def _offer(self) -> None:
        """Offer what may be done now."""
        one, may = self.systems.current(), self.presenter.may
        on_card = self.pages.currentIndex() == SYSTEMS and self.right.place == CARD
        for button in (self.pausing, self.signing, self.naming, self.parting):
            button.setVisible(may and on_card and one is not None)
        self.connect_button.setVisible(may and on_card)
        if one is not None:
            self.pausing.set_text(_("&Resume") if one.state == "paused" else _("&Pause"))
        page = self.right.place if self.pages.currentIndex() == SYSTEMS else -1
        if not may or page == -1 or (page == CARD and one is None):
            self.no_primary()
        elif page == CONNECT:
            self.set_primary(_("T&est it"), self._test, name="sync.test")
        elif page == TRIED:
            self.set_primary(_("Turn it &on"), self.presenter.turn_on, name="sync.turn_on")
        elif page == WHO:
            self.set_primary(_("&Keep"), self._name, name="sync.keep_who", enabled=self.who.chosen() is not None)
        else:
            self.set_primary(_("&Sync now"), self.presenter.sync_now, name="sync.now")
