"""Shows the dashboard: today against usual, one trend, and a card for each part of the clinic that the role has."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.dashboard import DAY, MEASURES, WEEK
from clinic_desktop.domain.money import minor_digits
from clinic_desktop.domain.reporting_care import MEASURES as QUALITY
from clinic_desktop.gui.screens.dashboard import words
from clinic_desktop.gui.screens.dashboard.cards import Card, Tile
from clinic_desktop.gui.screens.dashboard.measured import Measured
from clinic_desktop.gui.screens.dashboard.presenter import Go, Presenter
from clinic_desktop.gui.shell.pace import SESSION
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.bars import Bar, BarChart
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.dashboard import TodayNumber, Trend
from clinic_desktop.services.dashboard_quality import QUALITY_DAYS

TILE_WIDTH, CARD_WIDTH = 190, 360
LEAST_TILES, LEAST_CARDS = 4, 2
TICK_MS = 1_000

TITLES = {
    "queue": N_("The queue now"),
    "laboratory": N_("The laboratory now"),
    "pharmacy": N_("The pharmacy now"),
    "money": N_("Money"),
    "quality": N_("Quality over the last year"),
    "sync": N_("Connected systems"),
    "jobs": N_("Backups and papers"),
    "speed": N_("Speed of each page"),
}
# What a card opens: words with their key, a name, the page and its arguments; or a report.
OPENS: dict[str, tuple[tuple[str, str, str, dict[str, str]], ...]] = {
    "queue": ((N_("Open the queue"), "open", "queue", {}),),
    "laboratory": ((N_("Open the worklist"), "open", "laboratory", {}),),
    "pharmacy": (
        (N_("Open the pharmacy"), "open", "pharmacy", {}),
        (N_("Stock to order"), "order", "stock", {"only": "to_order"}),
        (N_("What expires"), "expiring", "stock", {"only": "expiring"}),
    ),
    "money": ((N_("Unpaid invoices"), "open", "billing", {"show": "unpaid"}),),
    "sync": ((N_("Open Sync"), "open", "sync", {}), (N_("What waits"), "decide", "sync", {"show": "decide"})),
    "jobs": ((N_("Scheduled work"), "open", "administration", {"section": "jobs"}),),
}
REPORTS = {
    "queue": ("queue-analytics",),
    "laboratory": ("laboratory-turnaround",),
    "pharmacy": ("stock-and-expiry",),
    "money": ("receivables-ageing",),
    "quality": ("clinical-quality",),
}


class DashboardView(ScreenView):
    """The dashboard of whoever has signed in."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("dashboard")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks)
        self.presenter.view = self
        self.set_title(_("Dashboard"))
        self._tiles: dict[tuple[str, str], Tile] = {}
        self._trend: Trend | None = None
        self._measured: Measured | None = None
        self._columns: tuple[int, ...] = ()
        self._asking = QTimer(self)
        self._asking.setInterval(TICK_MS)
        self._asking.timeout.connect(self._tick)
        self._how = self.add_button(_("How it is &measured"), "dashboard.how", self._turn)
        self._again = self.add_button(_("&Refresh"), "dashboard.again", self.presenter.again)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self._numbers = QWidget()
        inner = QVBoxLayout(self._numbers)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(16)
        inner.addWidget(self._today_panel())
        inner.addWidget(self._trend_panel())
        self._cards = {card: self._card(card) for card in self.presenter.cards}
        self._grid = QGridLayout()
        self._grid.setSpacing(16)
        inner.addLayout(self._grid)
        inner.addStretch(1)
        column.addWidget(self._numbers)
        self._page = column
        self.set_body(body)
        self._spread()

    # Called by the shell ---------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show how things stand; `show` is measured, weeks or today."""
        self.context.window.set_patient(None)
        show = arguments.get("show", "")
        self._turn_to(measured=show == "measured")
        if show == "weeks":
            self.by.set_value(WEEK)
        self.presenter.ask()
        self._asking.start()
        if show != "measured":
            target = self.chart if show == "weeks" else self._first_link()
            QTimer.singleShot(0, target, target.setFocus)

    def refresh(self, kinds: frozenset[str]) -> None:  # noqa: ARG002 - nearly all that happens is counted somewhere
        """Ask again, each card once its last answer has stood long enough."""
        self.presenter.ask()

    def escape(self) -> bool:
        """From the formulas back to the numbers."""
        if self._numbers.isHidden():
            self._turn_to(measured=False)
            return True
        return False

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look at the clock again."""
        super().showEvent(event)
        self._asking.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Ask nothing while nobody looks."""
        super().hideEvent(event)
        self._asking.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put as many tiles and cards beside one another as have room."""
        super().resizeEvent(event)
        self._spread()

    # Called by the presenter -----------------------------------------------------------------------------

    def show_today(self, numbers: tuple[TodayNumber, ...]) -> None:
        """The numbers of today; tiles stay while they are the same, so that the focus does."""
        wanted = [(one.key, one.currency) for one in numbers]
        if wanted != list(self._tiles):
            self._make_tiles(numbers)
        for one in numbers:
            tile = self._tiles[one.key, one.currency]
            tile.show_number(words.value_words(one.key, one.value, one.currency))
            tile.show_usual(*words.tile_words(one))
        days = numbers[0].days if numbers else 0
        planned = any(MEASURES[one.key].is_planned for one in numbers)
        self._usual.setText(words.usual_words(days, self.presenter.desk.now, planned=planned))

    def show_trend(self, trend: Trend) -> None:
        """The trend that is chosen."""
        if trend == self._trend:
            return
        self._trend = trend
        bars = [bar for bar in trend.bars if any(each.value or each.before for each in trend.bars)]
        self.chart.set_bars(
            [Bar(str(place), words.bar_title(bar), self._tall(bar.value), words.bar_words(trend, bar),
                 self._tall(bar.before) if words.is_compared(trend, bar) else None) for place, bar in enumerate(bars)]
        )  # fmt: skip
        self._said.setText(words.trend_words(trend))
        several = sorted({trend.currency, *trend.others})
        self.currency.setVisible(len(several) > 1)
        if len(several) > 1:
            quiet = self.currency.box.blockSignals(True)  # noqa: FBT003 - Qt's own
            self.currency.set_choices([(one, one) for one in several])
            self.currency.set_value(trend.currency)
            self.currency.box.blockSignals(quiet)

    def show_answer(self, slot: str, answer: Any) -> None:
        """What one card asked for."""
        if slot in {"today", "trend"}:
            (self.show_today if slot == "today" else self.show_trend)(answer)
            return
        card, _dot, part = slot.partition(".")
        now = self.presenter.desk.now
        lines: dict[str, Callable[[], tuple[words.Line, ...]]] = {
            "queue": lambda: words.queue_lines(answer, now),
            "laboratory": lambda: words.laboratory_lines(answer, now),
            "pharmacy": lambda: words.pharmacy_lines(answer, now),
            "money": lambda: words.money_lines(answer),
            "quality": lambda: (words.quality_line(answer),),
            "sync": lambda: words.sync_lines(answer),
            "jobs": lambda: words.job_lines(answer[0], answer[1], now),
            "speed": lambda: words.speed_lines(answer, SESSION.titles, SESSION.figures()),
        }
        self._cards[card].show_lines(lines[card](), part)

    def show_failure(self, slot: str, error: Exception) -> None:
        """Say in its own place why one card has no answer."""
        card, _dot, part = slot.partition(".")
        if card in self._cards:
            self._cards[card].show_lines((words.Line(_("Could not be counted"), "", tip=explain(error)),), part)
        else:
            self._said.setText(_("Could not be counted. {why}").format(why=explain(error)))

    # ------------------------------------------------------------------------------------------------------

    def _today_panel(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(_("Today so far"), "section"))
        self._tile_grid = QGridLayout()
        self._tile_grid.setSpacing(12)
        column.addLayout(self._tile_grid)
        self._usual = label("", "secondary", name="dashboard.usual", wrap=True)
        column.addWidget(self._usual)
        return holder

    def _trend_panel(self) -> Panel:
        panel = Panel(name="dashboard.trend")
        row = QHBoxLayout()
        row.setSpacing(16)
        choices = [(key, self.presenter.title(key)) for key in self.presenter.measures]
        self.measure = ChoiceField(_("Trend &of"), "dashboard.measure", choices, none=None)
        self.by = SegmentField(
            _("O&ver"), "dashboard.by", [(DAY, _("4 weeks by day")), (WEEK, _("12 weeks"))], required=True
        )
        self.by.set_value(DAY)
        self.currency = ChoiceField(_("C&urrency"), "dashboard.currency", [], none=None)
        self.currency.hide()
        for field in (self.measure, self.by, self.currency):
            field.edited.connect(self._choose)
            row.addWidget(field)
        row.addStretch(1)
        panel.body.addLayout(row)
        self.chart = BarChart("dashboard.chart", title=_("Trend"))
        self.chart.setMinimumHeight(170)
        self.chart.opened.connect(self._open_bar)
        panel.add(self.chart)
        self._said = label(_("Being counted …"), "secondary", name="dashboard.trend.said", wrap=True)
        panel.add(self._said)
        panel.add(label(
            _("Bars: this period. Lines across: the same day or week of the period before. Arrow keys go from bar to "
              "bar, Enter opens what is behind one."), "secondary", wrap=True))  # fmt: skip
        return panel

    def _card(self, card: str) -> Card:
        opens: list[tuple[str, str, Callable[[], object]]] = []
        for text, key, page, arguments in OPENS.get(card, ()):
            go = self.presenter.page(page, **arguments)
            if go is not None:
                opens.append((_(text), key, partial(self._go, go)))
        today = self.presenter.desk.now.astimezone().date()
        if self.presenter.report(REPORTS.get(card, ()), today, today) is not None:
            opens.append((_("Report"), "report", partial(self._open_report, card)))
        made = Card(_(TITLES[card]), f"dashboard.{card}", opens)
        if card == "quality":
            made.set_parts(list(QUALITY))
        return made

    def _make_tiles(self, numbers: tuple[TodayNumber, ...]) -> None:
        for tile in self._tiles.values():
            self._tile_grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self._tiles = {}
        today = self.presenter.desk.now.astimezone().date()
        for one in numbers:
            measure = MEASURES[one.key]
            title = f"{self.presenter.title(one.key)} {one.currency}".strip()
            can = self.presenter.behind(one.key, today, today) is not None
            name = f"dashboard.today.{one.key}{one.currency}"
            act = partial(self._open_number, one.key) if can else None
            self._tiles[one.key, one.currency] = Tile(title, name, act, _(measure.formula))
        self._columns = ()
        self._spread()

    def _spread(self) -> None:
        room = max(self._body.viewport().width(), 1)
        most = (max(room // TILE_WIDTH, 1), max(room // CARD_WIDTH, 1))
        tiles, cards = _even(len(self._tiles), most[0]), _even(len(self._cards), most[1])
        # A few do not grow as wide as the page: the rest of the row stays empty.
        wide = (max(tiles, min(LEAST_TILES, most[0])), max(cards, min(LEAST_CARDS, most[1])))
        if (tiles, cards, *wide) == self._columns:
            return
        self._columns = (tiles, cards, *wide)
        for grid, widgets, columns, across in (
            (self._tile_grid, list(self._tiles.values()), tiles, wide[0]),
            (self._grid, list(self._cards.values()), cards, wide[1]),
        ):
            for place, widget in enumerate(widgets):
                grid.addWidget(widget, place // columns, place % columns)
            for column in range(max(grid.columnCount(), across)):
                grid.setColumnStretch(column, int(column < across))

    def _first_link(self) -> QWidget:
        return self.chart if not self._tiles else next(iter(self._tiles.values())).link or self.chart

    def _tall(self, amount: int) -> float:
        trend = self._trend
        if trend is None or not MEASURES[trend.key].is_money:
            return float(amount)
        return amount / float(10 ** minor_digits(trend.currency))

    def _choose(self) -> None:
        currency = self.currency.value() or "" if not self.currency.isHidden() else ""
        self.presenter.choose(self.measure.value() or "", self.by.value() or DAY, currency)

    def _tick(self) -> None:
        if self.isVisible():
            self.presenter.tick()

    def _open_number(self, key: str) -> None:
        today = self.presenter.desk.now.astimezone().date()
        self._go(self.presenter.behind(key, today, today))

    def _open_bar(self, place: str) -> None:
        if self._trend is not None:
            bar = self._trend.bars[int(place)]
            self._go(self.presenter.behind(self._trend.key, bar.first, bar.last))

    def _open_report(self, card: str) -> None:
        today = self.presenter.desk.now.astimezone().date()
        first = today if card != "quality" else today - timedelta(days=QUALITY_DAYS - 1)
        self._go(self.presenter.report(REPORTS[card], first, today))

    def _go(self, go: Go | None) -> None:
        if go is None:
            self.context.window.say(_("Your role sees this number alone: its report is the administrator's."))
            return
        self.context.window.go(go[0], **go[1])

    def _turn(self) -> None:
        self._turn_to(measured=not self._numbers.isHidden())

    def _turn_to(self, *, measured: bool) -> None:
        if measured and self._measured is None:
            self._measured = Measured(self.presenter, self._go, lambda: self.presenter.desk.now.astimezone().date())
            self._page.addWidget(self._measured)
        if self._measured is not None:
            self._measured.setVisible(measured)
        self._numbers.setVisible(not measured)
        self._how.set_text(_("Back to the nu&mbers") if measured else _("How it is &measured"))
        self.set_title(_("How it is measured") if measured else _("Dashboard"))
        if measured:
            self._body.verticalScrollBar().setValue(0)
            self._how.setFocus(Qt.FocusReason.OtherFocusReason)


def _even(number: int, most: int) -> int:
    """How many stand beside one another so that the rows are of one length, as far as they can be."""
    if number == 0:
        return 1
    rows = -(-number // min(most, number))
    return -(-number // rows)
