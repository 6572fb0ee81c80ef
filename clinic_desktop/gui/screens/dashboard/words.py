"""What the dashboard says: each card's answer as lines of words, with a state only where it means something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from clinic_desktop.domain.dashboard import MEASURES, WEEK
from clinic_desktop.domain.money import amount_text, money_text
from clinic_desktop.gui.widgets.civil import show_date, show_moment
from clinic_desktop.gui.widgets.words import minutes_words
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.dashboard import TodayNumber, Trend, TrendBar
from clinic_desktop.services.dashboard_now import LaboratoryNow, MoneyNow, PharmacyNow, QueueNow
from clinic_desktop.services.dashboard_office import JobHealth, ScreenSpeed
from clinic_desktop.services.dashboard_quality import QualityNow

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_shown import SystemShown

WEEKDAYS = (N_("Mondays"), N_("Tuesdays"), N_("Wednesdays"), N_("Thursdays"), N_("Fridays"), N_("Saturdays"),
            N_("Sundays"))  # fmt: skip
METHODS = {"cash": N_("Cash"), "card": N_("Card"), "mobile_money": N_("Mobile money"),
           "bank_transfer": N_("Bank transfer")}  # fmt: skip
JOBS = {
    "backup": N_("Newest proved backup"),
    "downtime-pack": N_("Downtime pack"),
    "monthly-reports": N_("Monthly reports"),
}
SYSTEM_STATES = {
    "on": (N_("On"), "good"),
    "new": (N_("Not yet asked"), "information"),
    "paused": (N_("Paused"), "neutral"),
    "sign_in": (N_("Needs a sign-in"), "warning"),
    "away": (N_("Cannot be reached"), "warning"),
    "unreadable": (N_("Cannot be read"), "warning"),
    "fault": (N_("Stopped by an error"), "warning"),
    "again": (N_("Reading all again"), "information"),
}
STALE = timedelta(hours=24)
SLOWEST = 8  # screens listed: the slowest stand first


@dataclass(frozen=True)
class Line:
    """One line of a card: what it is, how much; `meaning` makes it a pill with its icon or `icon`, `tip` says more."""

    words: str
    value: str
    meaning: str = ""
    tip: str = ""
    icon: str = ""


def value_words(key: str, value: float, currency: str) -> str:
    """A number of a measure, money with the decimals of its currency."""
    if MEASURES[key].is_money:
        return amount_text(round(value), currency)
    return f"{value:,g}" if value != int(value) else f"{int(value):,}"


def tile_words(one: TodayNumber) -> tuple[str, str]:
    """How a number of today stands against usual, and what a whole day usually comes to."""
    usual = one.usual if MEASURES[one.key].is_planned else one.by_now
    if usual is None or one.usual is None:
        return _("Nothing to compare with yet"), ""
    said = value_words(one.key, usual, one.currency)
    whole = _("usually {n} in the whole day").format(n=value_words(one.key, one.usual, one.currency))
    if MEASURES[one.key].is_planned:
        whole = ""
    if one.value > usual:
        return _("▲ more than the usual {n}").format(n=said), whole
    if one.value < usual:
        return _("▼ fewer than the usual {n}").format(n=said) if not MEASURES[one.key].is_money else _(
            "▼ less than the usual {n}").format(n=said), whole  # fmt: skip
    return _("● as usual"), whole


def usual_words(days: int, now: datetime, *, planned: bool) -> str:
    """What usual is; `planned` says that there are numbers of which the whole day is known already."""
    local = now.astimezone()
    if days == 0:
        return _("Usual will be the median of the same weekday of the last 8 weeks. There is no such day yet.")
    if days == 1:
        said = _("Usual is the same weekday of one week ago, up to {time}: there is no more to compare with.")
    else:
        said = _("Usual is the median of the last {n} {weekdays}, up to {time}.")
    words = said.format(n=days, weekdays=_(WEEKDAYS[local.weekday()]), time=f"{local:%H:%M}")
    return f"{words} {_('Appointments are compared with their whole day.')}" if planned else words


def bar_title(bar: TrendBar) -> str:
    """What stands under a bar: its day, or the Monday of its week."""
    return show_date(bar.first)[:6]


def span_words(first: date, last: date) -> str:
    """A day, or the days of a week."""
    return show_date(first) if first == last else f"{show_date(first)} – {show_date(last)}"


def bar_words(trend: Trend, bar: TrendBar) -> str:
    """What is said of a bar."""
    then = _("four weeks before, {days}") if trend.by != WEEK else _("twelve weeks before, {days}")
    now = f"{span_words(bar.first, bar.last)}: {_full(trend, bar.value)}"
    before = then.format(days=span_words(bar.before_first, bar.before_last))
    return f"{now}\n{before}: {_full(trend, bar.before)}" if is_compared(trend, bar) else now


def is_compared(trend: Trend, bar: TrendBar) -> bool:
    """Whether the clinic was there for the whole of what a bar is compared with."""
    return trend.begun_on is not None and trend.begun_on <= bar.before_first


def trend_words(trend: Trend) -> str:
    """The two periods in one sentence."""
    if trend.by == WEEK:
        said = _("{now} in the last twelve whole weeks, {before} in the twelve before")
    else:
        said = _("{now} in the four weeks up to yesterday, {before} in the four before")
    if not any(bar.value or bar.before for bar in trend.bars):
        if trend.by == WEEK:
            return _("Nothing was counted in the last twelve whole weeks: this week's bar comes when it is over.")
        return _("Nothing was counted in the four weeks up to yesterday: today stands above, its bar comes tomorrow.")
    words = said.format(now=_full(trend, trend.total), before=_full(trend, trend.before))
    if not is_compared(trend, trend.bars[0]):
        return (
            words
            + ": "
            + _("the clinic began only on {day}.").format(
                day=show_date(trend.begun_on) if trend.begun_on is not None else "–"
            )
        )
    if trend.before <= 0:
        return words + "."
    change = (trend.total - trend.before) * 100 / trend.before
    if round(change, 1) == 0:
        return words + ": " + _("the same.")
    return words + ": " + (_("{n} % more.") if change > 0 else _("{n} % less.")).format(n=f"{abs(change):,.1f}")


def _full(trend: Trend, value: int) -> str:
    return money_text(value, trend.currency) if MEASURES[trend.key].is_money else f"{value:,}"


def queue_lines(found: QueueNow, now: datetime) -> tuple[Line, ...]:
    """The queue."""
    lines = [Line(_("Waiting"), str(found.waiting))]
    if found.pressing:
        lines.append(Line(_("Of them urgent or emergency"), str(found.pressing), "critical"))
    if found.longest_since is not None:
        lines.append(Line(_("Longest wait"), _ago(found.longest_since, now)))
    lines += [
        Line(_("Called and not begun"), str(found.called)),
        Line(_("Being seen"), str(found.seen_now)),
        Line(_("Mean wait today"), _tenths(found.wait, _("nobody called yet")), tip=_called(found.called_today)),
    ]
    return tuple(lines)


def laboratory_lines(found: LaboratoryNow, now: datetime) -> tuple[Line, ...]:
    """The laboratory."""
    lines = [
        Line(_("Critical, nobody told"), str(found.critical), "critical" if found.critical else "good"),
        Line(_("To collect"), str(found.to_collect)),
        Line(_("To enter"), str(found.to_enter)),
        Line(_("To release"), str(found.to_release)),
    ]
    if found.oldest_since is not None:
        lines.append(Line(_("Oldest open"), _ago(found.oldest_since, now)))
    lines += [
        Line(_("Order to release today"), _tenths(found.turnaround, _("none released"))),
        Line(_("The four weeks before"), _tenths(found.usual, _("none released"))),
    ]
    return tuple(lines)


def pharmacy_lines(found: PharmacyNow, now: datetime) -> tuple[Line, ...]:
    """The pharmacy."""
    lines = [Line(_("Prescriptions waiting"), str(found.waiting))]
    if found.longest_since is not None:
        lines.append(Line(_("Longest wait"), _ago(found.longest_since, now)))
    lines += [
        Line(_("Products to order"), str(found.to_order), "warning" if found.to_order else ""),
        Line(_("Expiring within 90 days"), str(found.expiring), "warning" if found.expiring else ""),
        Line(_("Expired, on the shelf"), str(found.expired), "critical" if found.expired else ""),
    ]
    return tuple(lines)


def money_lines(found: MoneyNow) -> tuple[Line, ...]:
    """The money."""
    lines = [Line(_("Today: {method}").format(method=_(METHODS[method])), money_text(amount, currency))
             for method, currency, amount in found.taken]  # fmt: skip
    if not lines:
        lines.append(Line(_("Taken today"), _("nothing yet")))
    for one in found.owed:
        lines.append(Line(_("Owed on {n} invoices").format(n=one.invoices), money_text(one.owed, one.currency)))
        ages = ((_("0-30 days"), one.to_30), (_("31-60 days"), one.to_60), (_("61-90 days"), one.to_90))
        lines += [Line("    " + words, amount_text(amount, one.currency)) for words, amount in ages if amount]
        if one.over_90:
            lines.append(Line("    " + _("Over 90 days"), amount_text(one.over_90, one.currency), "warning"))
    if not found.owed:
        lines.append(Line(_("Owed"), _("nothing"), "good"))
    return tuple(lines)


def quality_line(found: QualityNow) -> Line:
    """One measure of quality: value, target, and whether it is reached, by shape and word."""
    if found.eligible is None:
        return Line(_(found.title), _("Not measured here"), "neutral", _(found.how))
    target = f"{found.target / 10:g}"
    tip = _("{met} of {eligible}, {first} – {last}. {how}").format(
        met=f"{found.met:,}", eligible=f"{found.eligible:,}", first=show_date(date.fromisoformat(found.first)),
        last=show_date(date.fromisoformat(found.last)), how=_(found.how),
    )  # fmt: skip
    if found.rate is None:
        return Line(_(found.title), _("Nobody it is about (target {target} %)").format(target=target), "neutral", tip)
    rate = f"{found.rate / 10:.1f}"
    if found.is_reached:
        words = _("{rate} %, reached (target {target} %)").format(rate=rate, target=target)
        return Line(_(found.title), words, "good", tip, "check")
    words = _("{rate} %, missed (target {target} %)").format(rate=rate, target=target)
    return Line(_(found.title), words, "warning", tip, "close")


def sync_lines(found: "Sequence[SystemShown]") -> tuple[Line, ...]:
    """Each system: its state, what waits, what waits for a person, when it was last looked through."""
    if not found:
        return (Line(_("No system is connected"), _("everything is kept here")),)
    lines = []
    for one in found:
        state, meaning = SYSTEM_STATES.get(one.state, (one.state, "neutral"))
        lines.append(Line(one.title, _(state), meaning))
        looked = _("never") if one.looked_at is None else show_moment(datetime.fromisoformat(one.looked_at))
        lines.append(Line("    " + _("Waiting to be sent"), str(one.waiting)))
        lines.append(Line("    " + _("Last looked through"), looked))
        if one.for_a_person:
            lines.append(Line("    " + _("Waits for a decision"), str(one.for_a_person), "warning"))
    return tuple(lines)


def job_lines(found: Sequence[JobHealth], newest: datetime | None, now: datetime) -> tuple[Line, ...]:
    """The newest proved backup; each other job, when it was last done; and how one failed that was not done since."""
    if newest is None:
        lines = [Line(_(JOBS["backup"]), _("none yet"), "critical")]
    else:
        stale = now - newest > STALE
        tip = _("More than a day ago.") if stale else ""
        lines = [Line(_(JOBS["backup"]), show_moment(newest), "warning" if stale else "good", tip)]
    for one in sorted(found, key=lambda each: each.name != "backup"):
        if one.name != "backup":
            title = _(JOBS.get(one.name, one.name))
            if one.done_at is None:
                lines.append(Line(title, _("under way") if one.is_running else _("never done"), "warning"))
            else:
                lines.append(Line(title, show_moment(one.done_at), "good"))
        if not one.is_well and one.failed is not None:
            lines.append(Line("    " + _("Failed"), show_moment(one.failed.started_at), "critical", _why(one)))
    return tuple(lines)


def _why(one: JobHealth) -> str:
    said = {} if one.failed is None else one.failed.said
    facts = said.get("facts")
    words = [_(str(said[name])) for name in ("message", "remedy") if said.get(name)]
    try:
        return " ".join(words).format(**facts if isinstance(facts, dict) else {})
    except (KeyError, IndexError, ValueError):
        return " ".join(words)


def speed_lines(found: Sequence[ScreenSpeed], titles: Mapping[str, str], now: Mapping[str, tuple[int, int, int]]
                ) -> tuple[Line, ...]:  # fmt: skip
    """How fast the screens were: in this session, and over the last two weeks."""
    days = {one.screen: one for one in found}
    names = sorted({*days, *now}, key=lambda name: (-now.get(name, (0, 0, 0))[1],
                                                    -days[name].most if name in days else 0, name))  # fmt: skip
    if not names:
        return (Line(_("No page was opened yet"), ""),)
    said = _("Half of the openings took no longer than the first number, 95 of 100 no longer than the second.")
    lines = [Line(_("Half / 95 of 100 openings"), _("session · 14 days, ms"), tip=said)]
    for name in names[:SLOWEST]:
        here, then = now.get(name), days.get(name)
        session = f"{here[0]} / {here[1]}" if here else "–"
        before = f"≤{then.half} / ≤{then.most}" if then else "–"
        tip = _("Openings in this session: {n}; in the last 14 days: {m}. {said}").format(
            n=here[2] if here else 0, m=then.openings if then else 0, said=said
        )
        lines.append(Line(_(titles.get(name, name)), f"{session} · {before}", tip=tip))
    return tuple(lines)


def _ago(since: datetime, now: datetime) -> str:
    return minutes_words(max(int((now - since).total_seconds() // 60), 0))


def _tenths(tenths: int | None, none: str) -> str:
    if tenths is None:
        return none
    return minutes_words(tenths // 10) if tenths >= 1000 else _("{n} min").format(n=f"{tenths / 10:g}")


def _called(number: int) -> str:
    return _("From check-in to the call, of {n} called today").format(n=number)
