"""What the result grid shows of one order: every row ready in words, worked out with no Qt."""

from dataclasses import dataclass, replace

from clinic_desktop.domain import laboratory as rules
from clinic_desktop.domain.ranges import Judgement
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.result_words import flag_words
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.outside import PRELIMINARY
from clinic_desktop.services.sheets import OrderSheet, SheetResult, SheetTest

STATUS_WORDS = {
    "rejected": N_("specimen rejected"),
    "cancelled": N_("cancelled"),
}


@dataclass(frozen=True)
class Old:
    """A value that was released once and corrected since."""

    value: str
    words: str


@dataclass(frozen=True)
class GridRow:
    """One test in the grid."""

    code: str
    name: str
    unit: str
    expected: str
    before: str
    value: str  # what stands; empty where nothing does
    typed: str  # what is being typed
    editable: bool
    flag: str
    words: str
    meaning: str
    old: tuple[Old, ...]
    choices: tuple[str, ...]
    wordy: bool  # answered in words of the person's own
    may_change: bool
    may_correct: bool


@dataclass(frozen=True)
class Typed:
    """What is being typed for one test, and whether an odd value was looked at twice."""

    text: str
    confirmed: bool = False
    conflict: str = ""


def grid_row(sheet: OrderSheet, test: SheetTest, typed: Typed | None, *, changing: bool, may_enter: bool) -> GridRow:
    """Put one test into words: the typed value judged at once, by the same rules that will store it."""
    expected = rules.expected(test.assay, sheet.sex, test.age)
    result = test.result
    open_for_entry = may_enter and test.status in {"collected", "resulted"}
    editable = open_for_entry and (result is None or (result.status == "entered" and changing))
    row = GridRow(
        test.test_code,
        test.name,
        test.assay.unit or "",
        expected.range_text or "",
        "" if test.before is None else f"{test.before.value} · {show_date(test.before.at.astimezone().date())}",
        "" if result is None else result.value,
        "" if typed is None else typed.text,
        editable,
        "none" if result is None else result.flag,
        _said_of(result, expected) if result is not None else _said_without(test, expected.reason),
        "neutral",
        _olds(test),
        tuple(choice.text for choice in test.assay.choices),
        test.assay.kind == "text",
        open_for_entry and result is not None and result.status == "entered" and not changing,
        may_enter and result is not None and result.status == "released",
    )
    return row if typed is None or not editable else _judged(sheet, test, typed, row)


def problem_of(sheet: OrderSheet, test: SheetTest, typed: Typed) -> tuple[str, bool]:
    """What keeps a typed value from being taken, in words, and whether confirming it is enough."""
    try:
        assessed = rules.assess(typed.text, test.assay, sheet.sex, test.age, test.before)
    except Refusal as refusal:
        return _(refusal.message).format(**refusal.facts), False
    if typed.conflict and not typed.confirmed:
        return typed.conflict, True
    return (_(assessed.confirm), True) if assessed.confirm and not typed.confirmed else ("", False)


def whole_choice(typed: str, test: SheetTest) -> str:
    """The whole word of a choice that was typed by its beginning; anything else as it was typed."""
    return rules.chosen(typed, test.assay.choices).text if test.assay.kind == "choice" else typed


def _judged(sheet: OrderSheet, test: SheetTest, typed: Typed, row: GridRow) -> GridRow:
    if not typed.text.strip():
        return replace(row, flag="none", words=typed.conflict or row.words)
    problem, can_confirm = problem_of(sheet, test, typed)
    if problem and not can_confirm:
        return replace(row, flag="none", words=problem, meaning="critical")
    assessed = rules.assess(typed.text, test.assay, sheet.sex, test.age, test.before)
    flag = assessed.judgement.flag
    if problem:
        return replace(row, flag=flag, words=problem + " " + _("Press Enter to confirm."), meaning="warning")
    words = [assessed.value] if test.assay.kind == "choice" and assessed.value != typed.text else []
    words += [_(assessed.judgement.reason)] if assessed.judgement.reason else []
    if assessed.judgement.may_be_critical:
        words.append(_("may be critical"))
    if assessed.delta is not None:
        percent = "" if assessed.delta.percent is None else f", {assessed.delta.percent:+f} %"
        words.append(_("change {change}{percent}").format(change=f"{assessed.delta.change:+f}", percent=percent))
    return replace(row, flag=flag, words=" · ".join(words), meaning="neutral")


def order_words(sheet: OrderSheet) -> str:
    """What whoever ordered told the laboratory, in lines."""
    told = sheet.details
    on = "" if told.collect_at is None else show_date(told.collect_at.astimezone().date())
    lines = (
        (_("Why: {words}"), " · ".join(part for part in (told.clinical_information, told.diagnoses) if part)),
        (
            _("Collection: {words}"),
            " · ".join(part for part in (told.collection_instructions, on, sheet.place) if part),
        ),
        ("{words}", sheet.note or ""),
    )
    return "\n".join(words.format(words=said) for words, said in lines if said)


def elsewhere_words(sheet: OrderSheet) -> str:
    """What other systems gave as results of the order, in lines: nobody here has released them."""
    lines = []
    for one in sheet.elsewhere:
        value = "" if one.withdrawn else " ".join(filter(None, (one.value, one.unit)))
        said = [": ".join(filter(None, (one.title, value)))]
        if one.withdrawn:
            said.append(_("withdrawn there"))
        else:
            said += [flag_words(one.flag), one.range_text or "", _("preliminary") if one.status == PRELIMINARY else ""]
        said.append(one.note.replace("\n", "; "))
        words = " · ".join(part for part in said if part)
        lines.append(_("from {system}: {words}").format(system=one.source or _("another system"), words=words))
    return "\n".join(lines)


def people(sheet: OrderSheet) -> str:
    """Who entered and who released what stands in an order, said once for all of it."""
    standing = [test.result for test in sheet.tests if test.result is not None]
    waiting = [one for one in standing if one.status == "entered"]
    entered = dict.fromkeys(_("you") if one.entered_by_me else one.entered_by for one in waiting or standing)
    released = dict.fromkeys(one.released_by for one in standing if one.released_by)
    words = []
    if entered:
        words.append(_("Entered by {who}").format(who=", ".join(entered)))
    if released:
        words.append(_("released by {who}").format(who=", ".join(released)))
    return " · ".join(words)


def _said_of(result: SheetResult, expected: Judgement) -> str:
    words = []
    if result.range_text and result.range_text != expected.range_text:
        words.append(_("range then {range}").format(range=result.range_text))
    if result.note:
        words.append(_(result.note))
    if result.correction_reason:
        waits = _("correction by {who}, waits to be released: {reason}")
        words.append(
            _("correction: {reason}").format(reason=result.correction_reason)
            if result.status == "released"
            else waits.format(who=result.entered_by, reason=result.correction_reason)
        )
    return " · ".join(words)


def _said_without(test: SheetTest, reason: str | None) -> str:
    if test.status in STATUS_WORDS:
        words = _(STATUS_WORDS[test.status])
        return f"{words}: {test.status_reason}" if test.status_reason else words
    return _(reason) if reason and test.assay.kind == "numeric" else ""


def _olds(test: SheetTest) -> tuple[Old, ...]:
    """What stood before, each with why it no longer does: the reason is with the version that came after it."""
    after = (*test.old, test.result)[1:]
    found = []
    for old, newer in zip(test.old, after, strict=True):
        reason = newer.correction_reason if newer is not None else None
        words = _("corrected: {reason}") if old.status == "superseded" else _("stands until the correction is released")
        found.append(Old(old.value, words.format(reason=reason or "–")))
    return tuple(found)


def changed_meanwhile(test: SheetTest) -> str:
    """Say what somebody else did to a test while it was being typed."""
    if test.result is None:
        return _("This test was changed meanwhile.")
    return _("{who} entered {value} meanwhile.").format(who=test.result.entered_by, value=test.result.value)


SECOND_PERSON = N_("You entered some of these: somebody else has to look at them and release them.")
