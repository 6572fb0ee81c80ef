"""`clinic-desktop sync`: tell the connected systems and hear them, once or for as long as it runs."""

from argparse import SUPPRESS, Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clinic_desktop.cli.sync_running import say_if_none, sync
from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, SignedIn, Terminal, parser
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.numbers import patient_by_mrn
from clinic_desktop.services.permissions import require
from clinic_desktop.services.remotes import whom

if TYPE_CHECKING:
    from clinic_desktop.exchange.post_office import PostOffice
    from clinic_desktop.exchange.sync_items import Item
    from clinic_desktop.exchange.sync_shown import SystemShown

# What may be said after `--keep`; which of them fit, `sync conflicts` says of each.
WORDS = (
    "here", "there", "link", "apart", "again", "is_there", "not_there", "send", "told", "not_told", "tell_again",
    "give_up", "recreate", "never", "void", "this", "other", "join", "leave", "noted", "two",
    "look", "seen",
)  # fmt: skip
SORTS = {
    "field": "the two sides differ", "identity": "may be one person", "overwrite": "perhaps written over",
    "duplicate": "is there twice", "restored": "was gone, is back", "gone": "is gone there",
    "surplus": "one too many there", "misfiled": "came from somebody else", "suspect": "much seems gone",
    "found": "perhaps the lost one", "unread": "is not in the chart", "aside": "was set aside",
    "refused": "was refused", "inexact": "needs a birth date", "doubt": "sent, no answer",
    "another": "sent, answered as another", "question": "still to be sent?", "cannot": "cannot be told",
}  # fmt: skip
ANOTHER = "they answered with the id of another record"  # an answer came, and tells of nothing that is ours
_COLUMNS = ("here", "sent", "confirmed", "waiting", "refused", "conflicts", "person", "cannot_tell", "not_told",
            "stays_here", "to_decide")  # fmt: skip
# `to_decide` is what `sync conflicts` lists: refused, conflicts, in doubt and cannot tell, what is alike once.
_HEADS = {
    "person": "in doubt",
    "to_decide": "to decide",
    "cannot_tell": "cannot tell",
    "not_told": "not told",
    "stays_here": "stays here",
}


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Sync once or watch; show the state; list and decide conflicts."""
    words = parser("sync", "Reconcile with the connected systems. This workstation is the only one that sends.")
    how = words.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="work until nothing more can be done now, then end")
    how.add_argument("--watch", action="store_true", help="go on until interrupted")
    words.add_argument(
        "--afresh",
        action="store_true",
        help="look through every list first, due or not (as --once does), and again at what was set aside",
    )
    words.add_argument("-v", "--verbose", action="store_true", help="say each stage also where nobody watches")
    words.add_argument("--system", choices=sorted(SYSTEMS), metavar="SYSTEM", help="this one alone")
    which = words.add_subparsers(dest="which")
    which.add_parser("status", help="for each system and kind: here, sent, confirmed, waiting, refused, and until when")
    which.add_parser("conflicts", help="what waits for a decision")
    shown = which.add_parser("show", help="both sides of one thing that waits")
    shown.add_argument("id", metavar="ID")
    decided = which.add_parser("resolve", help="decide a conflict")
    decided.add_argument("id", metavar="ID")
    decided.add_argument("--keep", required=True, metavar="WHAT", help="here, there, FIELD=VALUE, " + ", ".join(WORDS))
    decided.add_argument("--why", default="", metavar="TEXT")
    apart = which.add_parser("apart", help="end the link of a patient there who was taken for one here by mistake")
    apart.add_argument("number", metavar="NUMBER", help="the number under which that system has them")
    for each in which.choices.values():
        # Before the word or after it: not said after it, what was said before it stands.
        each.add_argument("--system", choices=sorted(SYSTEMS), metavar="SYSTEM", default=SUPPRESS)
    chosen = words.parse_args(arguments)
    if chosen.which is None and not (chosen.once or chosen.watch):
        words.error("say --once, --watch, or one of: status, conflicts, show, resolve, apart")
    if chosen.which == "apart" and chosen.system is None:
        words.error("say which system: --system SYSTEM")
    with terminal.signed_in() as here:
        require(here.desk.session.role, "remotes.set_remote" if chosen.which != "status" else "remotes.remote_systems")
        from clinic_desktop.exchange.post_office import PostOffice  # httpx: not for `--help`

        if chosen.which is None:
            sync(terminal, here, chosen)
            return _status(terminal, here, PostOffice(here.clinic, only=chosen.system))
        say_if_none(terminal, here)
        office = PostOffice(here.clinic, only=chosen.system)
        if chosen.which == "resolve":
            return _resolve(terminal, here, chosen)
        if chosen.which == "apart":
            return _apart(terminal, here, chosen)
        if chosen.which == "show":
            return _show(terminal, here, chosen)
        return (
            _status(terminal, here, office) if chosen.which == "status" else _conflicts(terminal, here, office, chosen)
        )


def _status(terminal: Terminal, here: SignedIn, office: "PostOffice") -> int:
    """The counts; a system that does not go on by itself is named beside them."""
    from clinic_desktop.cli.sync_standing import TROUBLES, words_of
    from clinic_desktop.exchange.sync_shown import stays, systems_shown

    shown = systems_shown(here.desk)
    to_decide = {(one.system, kind.kind): kind.to_decide for one in shown for kind in one.kinds}
    found = [
        {**line, "stays_here": stays(line), "to_decide": to_decide.get((line["system"], line["kind"]), 0)}
        for line in office.status()
    ]
    states = {one.system: one for one in shown if one.system in {line["system"] for line in found}}
    terminal.answer(found, [*_status_lines(found), *_to_decide_lines(states.values())])
    for one in states.values():
        if words := words_of(one.state, one.title, one.system):
            terminal.progress(words)
        if one.clock_said:
            terminal.progress(one.clock_said)
        for kind in one.torn:
            said = _("{title}: its list could not be looked through to the end ({kind}); it is tried again.")
            terminal.progress(said.format(title=one.title, kind=kind.replace("_", " ")))
        for kind, n in one.set_aside:
            said = _("{title}: {n} that came could not be taken in and is set aside ({kind}).")
            terminal.progress(said.format(title=one.title, n=n, kind=kind.replace("_", " ")))
    _say_aside(terminal, here, states)
    asks = any(line["refused"] or line["conflicts"] or line["person"] for line in found)
    troubled = any(one.state in TROUBLES or one.set_aside or one.torn for one in states.values())
    return DONE_WITH_PROBLEMS if asks or troubled else DONE


def _say_aside(terminal: Terminal, here: SignedIn, states: Mapping[str, "SystemShown"]) -> None:
    """Each record that was set aside, to whoever may decide about it."""
    from clinic_desktop.exchange.sync_shown import waiting_items

    if not here.desk.may("remotes.set_remote") or not any(one.set_aside for one in states.values()):
        return
    for item in waiting_items(here.desk):
        if item.sort == "aside" and item.system in states:
            terminal.progress(f"  {item.title}: {_aside_line(item)}: {item.why}")


def _aside_line(item: "Item") -> str:
    """Which record it is, whose, and since when."""
    whose = f", {item.name}" if item.name else ""
    return f"{item.kind.replace('_', ' ')} {item.remote_id}{whose}, {_local(item.at)}"


def _status_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{'system':<20}{'kind':<15}" + "".join(f"{_HEADS.get(name, name):>12}" for name in _COLUMNS) + "  until"
    for line in found:
        counts = "".join(f"{line[name]:>12}" for name in _COLUMNS)
        yield f"{line['system']:<20}{line['kind']:<15}{counts}  {_local(line['eta']) or line['why']}"
    for line in found:
        if line["not_told_by"]:
            name = f"{line['system']}/{line['kind']}"
            yield f"{name}: {line['not_told']} not told, as was decided: {line['not_told_by']}"
            yield f"    `sync resolve {name} --keep tell_again` takes it back"


def _to_decide_lines(shown: Iterable["SystemShown"]) -> Iterator[str]:
    """As many as `sync conflicts` lists of each system; of what is asked of several at once it lists one."""
    for one in shown:
        if one.for_a_person:
            yield f"{one.system}: {one.for_a_person} to decide: `sync conflicts --system {one.system}`"


def _local(stored: str | None) -> str:
    """When that is by the clock on the wall; `--json` has the instant."""
    return f"{datetime.fromisoformat(stored).astimezone():%Y-%m-%d %H:%M}" if stored else ""


def _conflicts(terminal: Terminal, here: SignedIn, office: "PostOffice", chosen: Namespace) -> int:
    """Everything that waits for a person, with what may be said to `resolve` about each."""
    from clinic_desktop.exchange.sync_deciding import acts_of

    items = _items(here, chosen)
    acts = acts_of(here.desk, items)
    people = whom(here.desk, sorted({one.patient_id for one in items if one.patient_id}))
    more = {one["id"]: one for one in office.conflicts()}
    found = [
        {
            **{name: getattr(one, name) for name in ("id", "system", "kind", "local_id", "sort", "member")},
            "remote_id": one.remote_id, "sides": more.get(one.id, {}).get("sides", {}), "at": one.at,
            "clinical": one.clinical, "why": one.why, "keep": _offered(one, acts[one.id]),
            "patient": people[one.patient_id].mrn if one.patient_id in people else None,
            "count": one.count or 1, "newest": one.newest or one.at,
        }
        for one in items
    ]  # fmt: skip
    lines = []
    for item, one in zip(items, found, strict=True):
        what = " ".join(filter(None, (one["kind"].replace("_", " "), one["member"])))
        lines += [f"{one['id']}  {one['system']}  {what}: {_sort_words(item)}"]
        lines += [f"    patient {one['patient']}"] if one["patient"] else []
        lines += [f"    {one['count']} of them, {one['at']} to {one['newest']}"] if one["count"] > 1 else []
        lines += [f"    {_aside_line(item)}"] if item.sort == "aside" else []
        lines += [f"    {item.title}"] if len(item.others) > 1 else []
        lines += [f"    {one['why']}"] if one["why"] else []
        lines += [f"    --keep {' | '.join(one['keep'])}"]
    terminal.answer(found, [*lines, f"{len(found)} to decide; `sync show ID` shows both sides of one"])
    return DONE_WITH_PROBLEMS if found else DONE


def _sort_words(item: "Item") -> str:
    sort = "another" if item.sort == "doubt" and item.why == ANOTHER else item.sort
    return SORTS.get(sort, sort)


def _offered(item: "Item", acts: Sequence[str]) -> list[str]:
    """What may be said after `--keep`."""
    said = {"value": f"{item.member}=VALUE", "link": "link | link=MRN", "is_there": "is_there=THEIR_NUMBER"}
    reasoned = {"give_up", "told", "not_told", "void", "seen"}
    return [said.get(act, act) + (" --why TEXT" if act in reasoned else "") for act in acts]


def _items(here: SignedIn, chosen: Namespace) -> "list[Item]":
    from clinic_desktop.exchange.sync_births import of_system
    from clinic_desktop.exchange.sync_shown import waiting_items

    items = waiting_items(here.desk)
    if chosen.system is None:
        return list(items)
    return [one for each in items if (one := of_system(each, chosen.system)).system == chosen.system]


def _item(here: SignedIn, chosen: Namespace) -> "Item":
    """What waits under an id: a line of `sync conflicts`, or one record of what it counts."""
    from clinic_desktop.exchange.sync_births import alone
    from clinic_desktop.exchange.sync_untold import record_of

    items = _items(here, chosen)
    single = [alone(item, one) for item in items for one in item.others]
    found = next((one for one in (*items, *single) if one.id == chosen.id), None)
    if found is None and chosen.id.count("/") == 2 and chosen.system in {None, chosen.id.partition("/")[0]}:
        found = record_of(here.desk, chosen.id)
    if found is None:
        raise Refusal(N_("There is no such conflict to decide."), field="id")
    return found


def _show(terminal: Terminal, here: SignedIn, chosen: Namespace) -> int:
    """Both sides of one thing that waits, member by member; that it was opened is noted."""
    from clinic_desktop.exchange.sync_deciding import detail

    opened = detail(here.desk, _item(here, chosen))
    item = opened.item
    told = {
        "id": item.id, "system": item.system, "kind": item.kind, "sort": item.sort, "why": item.why, "at": item.at,
        "patient": None if opened.whom is None else opened.whom.mrn, "remote_id": item.remote_id,
        "others": [one.mrn for one in opened.others],
        "members": [
            {"name": one.name, "before": one.before, "here": one.here, "there": one.there, "differs": one.differs}
            for one in opened.members
        ],
        "keep": _offered(item, opened.acts), "count": item.count or 1, "newest": item.newest or item.at,
        "records": [{name: getattr(one, name) for name in ("id", "local_id", "at", "number", "changed_at")}
                    for one in opened.records],
    }  # fmt: skip
    lines = [f"{item.title}: {item.kind.replace('_', ' ')}, {_sort_words(item)}"]
    lines += [f"patient {told['patient']}"] if told["patient"] else []
    lines += [f"or {', '.join(one.mrn for one in opened.others)}"] if opened.others else []
    lines += [item.why] if item.why else []
    lines += [f"{item.count} of them, {item.at} to {item.newest}"] if item.count else []
    for each in opened.records:
        said = (each.id, each.number, _local(each.changed_at), _("waits since {at}").format(at=_local(each.at)))
        lines += ["    " + "  ".join(filter(None, said))]
    for one in opened.members:
        sides = (("before", one.before), ("here", one.here), ("there", one.there))
        lines += [f"  {'*' if one.differs else ' '} {one.name}"]
        lines += [f"      {side:<7}{line}" for side, value in sides for line in value.splitlines()]
    terminal.answer(told, [*lines, f"--keep {' | '.join(_offered(item, opened.acts))}"])
    return DONE


def _resolve(terminal: Terminal, here: SignedIn, chosen: Namespace) -> int:
    from clinic_desktop.exchange.sync_deciding import acts_of, decide
    from clinic_desktop.exchange.sync_untold import TELL_AGAIN, take_back

    keep, sign, value = chosen.keep.partition("=")
    if not sign and keep not in WORDS:
        raise Refusal(
            N_("Say what is kept: here, there, FIELD=VALUE, or what `sync conflicts` offers for it ({known})."),
            field="keep",
            known=", ".join(WORDS),
        )
    if keep == TELL_AGAIN:
        system, _slash, kind = chosen.id.partition("/")
        count = take_back(here.desk, system, kind)
        terminal.answer({"id": chosen.id, "keep": keep, "count": count}, [f"{chosen.id}: {keep}, {count} of them"])
        return DONE
    item = _item(here, chosen)
    count = 1
    if item.sort == "field" and sign:
        if keep != item.member:
            raise Refusal(N_("What differs is “{member}”: say {member}=VALUE."), field="keep", member=item.member)
        decide(here.desk, item, "value", value, chosen.why)
    else:
        if keep == "link" and value:
            value = patient_by_mrn(here.desk, value)
        try:
            count = decide(here.desk, item, keep, value or chosen.why)
        except Refusal as error:
            if error.field != "act":
                raise
            known = " | ".join(_offered(item, acts_of(here.desk, [item])[item.id]))
            words = N_("This cannot be done with it. Say one of these: --keep {known}")
            raise Refusal(words, field="keep", known=known) from None
    said = f"{chosen.id}: {chosen.keep}" + (f", {count} of them" if item.count else "")
    terminal.answer({"id": chosen.id, "keep": chosen.keep, "count": count}, [said])
    return DONE


def _apart(terminal: Terminal, here: SignedIn, chosen: Namespace) -> int:
    """What that brings with it waits for a person: `sync conflicts` tells of it."""
    from clinic_desktop.exchange.sync_parting import part

    part(here.desk, chosen.system, chosen.number)
    said = _("{number} at {system} is somebody else; what came from there or went there waits in `sync conflicts`.")
    terminal.answer(
        {"system": chosen.system, "number": chosen.number, "linked": False},
        [said.format(number=chosen.number, system=chosen.system)],
    )
    return DONE
