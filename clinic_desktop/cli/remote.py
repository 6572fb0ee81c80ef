"""`clinic-desktop remote`: connect the documented systems, change them, ask them, take them away."""

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinic_desktop.cli.terminal import DONE, SignedIn, Terminal, parser, read_secret
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.systems import SYSTEMS, WEBHOOK_HOST, same_origin
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.permissions import require
from clinic_desktop.services.remotes import add_remote, remote_systems, remove_remote, set_remote
from clinic_desktop.services.staff import staff_members

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_shown import Capabilities

# `remote set SYSTEM practitioner.USERNAME ID`: who somebody of the staff is there.
PRACTITIONER = "practitioner."
# `remote set SYSTEM put.KIND replace|merge`: what an update does there to what it does not name.
UPDATE = "put."
# `remote set SYSTEM secrets F`: sign in again, with what stands in a file as for `remote add`.
SIGN_IN = "secrets"


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Add, change, list or remove a system."""
    words = parser("remote", "The documented systems that this clinic is connected to.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    added = which.add_parser("add", help="connect a system")
    added.add_argument("system", choices=sorted(SYSTEMS), metavar="SYSTEM", help=", ".join(SYSTEMS))
    added.add_argument("--base-url", required=True, metavar="URL", help="the base that the system's document names")
    added.add_argument(
        "--secret-file", required=True, type=Path, metavar="F", help="JSON: what it is signed in to with"
    )
    changed = which.add_parser(
        "set",
        help="base_url, state, secrets (a file as for add: signs in again), a setting, practitioner.USERNAME (who they "
        "are there), or put.KIND (replace or merge)",
    )
    changed.add_argument("system", choices=sorted(SYSTEMS), metavar="SYSTEM")
    changed.add_argument("key", metavar="KEY")
    changed.add_argument("value", metavar="VALUE")
    changed.add_argument(
        "--sure", action="store_true", help="of practitioner.USERNAME: take the number, whatever was asked about it"
    )
    which.add_parser("list", help="every system with its address and state")
    which.add_parser("webhooks", help="the address of each system's webhooks, and whether it was asked to send them")
    tested = which.add_parser("test", help="sign in and look what is there")
    tested.add_argument("system", choices=sorted(SYSTEMS), metavar="SYSTEM")
    asked = which.add_parser("ask", help="ask a system something; nothing of it is taken into the chart")
    asked.add_argument("system", choices=sorted(SYSTEMS), metavar="SYSTEM")
    asked.add_argument("what", metavar="WHAT", help="a word that is not known is answered with those that are")
    asked.add_argument("report", nargs="?", metavar="TYPE", help="of a report or an export")
    asked.add_argument("--patient", metavar="MRN")
    asked.add_argument("--practitioner", metavar="ID", help="here (id or name), or the id there")
    asked.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY")
    asked.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY")
    asked.add_argument("--format", choices=["csv", "excel", "pdf"], help="of an export")
    asked.add_argument("--out", type=Path, metavar="F", help="where an export is written to")
    removed = which.add_parser("remove", help="take a system away; its secrets are erased")
    removed.add_argument("system", choices=sorted(SYSTEMS), metavar="SYSTEM")
    return _do(terminal, words.parse_args(arguments))


def _do(terminal: Terminal, chosen: Namespace) -> int:
    again = chosen.which == "set" and chosen.key == SIGN_IN
    file = chosen.secret_file if chosen.which == "add" else Path(chosen.value) if again else None
    secrets = {} if file is None else _secrets(file)
    with terminal.signed_in() as here:
        if chosen.which == "test":
            return _test(terminal, here, chosen.system)
        if chosen.which == "ask":
            return _ask(terminal, here, chosen)
        if chosen.which == "webhooks":
            return _webhooks(terminal, here)
        if chosen.which == "add":
            add_remote(here.desk, chosen.system, chosen.base_url, secrets)
            said = _("{title} was not tested yet: `remote test {system}` signs in to it and looks what is there.")
            terminal.progress(said.format(title=SYSTEMS[chosen.system].title, system=chosen.system))
        elif again:
            _sign_in_again(here, chosen.system, secrets)
        elif chosen.which == "set" and chosen.key.startswith(PRACTITIONER):
            _who_is_who(terminal, here, chosen)
        elif chosen.which == "set" and chosen.key == WEBHOOK_HOST:
            _open_door(terminal, here, chosen.system, chosen.value)
        elif chosen.which == "set" and chosen.key.startswith(UPDATE):
            _set_update(here, chosen.system, chosen.key.removeprefix(UPDATE), chosen.value)
        elif chosen.which == "set":
            _set(terminal, here, chosen)
        elif chosen.which == "remove":
            remove_remote(here.desk, chosen.system)
            title = SYSTEMS[chosen.system].title
            terminal.progress(_("{title} is disconnected, and its secrets are erased.").format(title=title))
        listed = _listed(here)
    if not listed:
        terminal.progress(_("No system is connected. `remote add` connects one."))
    terminal.answer(listed, _lines(listed))
    return DONE


def _set(terminal: Terminal, here: SignedIn, chosen: Namespace) -> None:
    was = next((one.base_url for one in remote_systems(here.desk) if one.system == chosen.system), "")
    set_remote(here.desk, chosen.system, chosen.key, chosen.value)
    if chosen.key == "base_url" and not same_origin(was, chosen.value):
        said = _("Another host: its secrets are erased here. Give them anew: remote set {system} secrets FILE")
        terminal.progress(said.format(system=chosen.system))


def _sign_in_again(here: SignedIn, system: str, secrets: dict[str, str]) -> None:
    """Sign in with what is new; it is kept, and the system goes on, only where it is accepted."""
    from clinic_desktop.exchange.sync_connecting import try_out, turn_on  # httpx: not for `--help`

    known = next((one for one in remote_systems(here.desk) if one.system == system), None)
    if known is None:
        raise Refusal(N_("This system is not connected."), field="system")
    turn_on(here.desk, try_out(here.desk, system, known.base_url, secrets))


def _open_door(terminal: Terminal, here: SignedIn, system: str, host: str) -> None:
    """Let a system speak through a public name; the address to be given to it goes to standard error."""
    from clinic_desktop.exchange.webhooks import open_door  # httpx: not for `--help`

    address = open_door(here.desk, system, host)
    if address is not None:
        terminal.progress(address)


def _webhooks(terminal: Terminal, here: SignedIn) -> int:
    """The addresses of the doors."""
    from clinic_desktop.exchange.webhooks import doors_shown  # as above

    shown = doors_shown(here.desk)
    terminal.answer(shown, [f"{one['system']:<20}{one['address'] or '-'}" for one in shown])
    return DONE


def _listed(here: SignedIn) -> list[dict[str, Any]]:
    found = remote_systems(here.desk)
    if not found:
        return []
    from clinic_desktop.exchange.sync_shown import systems_shown, updates_known  # httpx: not for `--help`

    updates = updates_known(here.desk)
    standing = {one.system: one.state for one in systems_shown(here.desk)}
    return [
        {**asdict(each), "updates": updates[each.system],
         "standing": standing[each.system] if each.credentials_at else "no secrets"}
        for each in found
    ]  # fmt: skip


def _lines(listed: list[dict[str, Any]]) -> Iterator[str]:
    from clinic_desktop.cli.sync_standing import words_of  # as above

    for one in listed:
        yield f"{one['system']:<20}{one['state']:<8}{one['base_url']}"
        if one["standing"] == "no secrets":
            yield "    " + _(
                "It has no secrets, and nothing is sent or asked until `remote set {system} secrets FILE` gives them."
            ).format(system=one["system"])
        elif said := words_of(one["standing"], SYSTEMS[one["system"]].title, one["system"]):
            yield f"    {said}"
        yield from (f"    {line}" for line in _update_lines(one["updates"]))


def _update_lines(updates: dict[str, dict[str, str]]) -> Iterator[str]:
    for kind, known in sorted(updates.items()):
        yield f"put.{kind}: {known['mode']} ({known['how']}, {known['at']})"


def _set_update(here: SignedIn, system: str, kind: str, mode: str) -> None:
    """An administrator knows what an update does there; it is noticed all the same where that is wrong."""
    from clinic_desktop.exchange.sync_connecting import set_update  # httpx: not for `--help`

    set_update(here.desk, system, kind, mode)


def _who_is_who(terminal: Terminal, here: SignedIn, chosen: Namespace) -> None:
    """Somebody of the staff is known there by this id: what waited for that goes on, what was refused is sent again."""
    from clinic_desktop.exchange.sync_connecting import name_practitioner  # httpx: not for `--help`

    username = chosen.key.removeprefix(PRACTITIONER)
    known = {one.username: one.id for one in staff_members(here.desk)}
    if username not in known:
        raise Refusal(N_("Nobody here signs in as “{username}”."), field="key", username=username)
    try:
        again = name_practitioner(here.desk, chosen.system, known[username], chosen.value, sure=chosen.sure)
    except Refusal as error:
        if not error.facts.get("ask"):
            raise
        raise Refusal(N_("{said} Say it again with --sure if that is right."), field="value", said=error) from None
    if again:
        terminal.progress(_("{n} that were refused and name {username} are sent again.").format(
            n=again, username=username
        ))  # fmt: skip


def _test(terminal: Terminal, here: SignedIn, system: str) -> int:
    """Look whether a system answers; what was found is kept."""
    from clinic_desktop.exchange.post_office import PostOffice  # httpx: not for `--help`
    from clinic_desktop.exchange.sync_found import value_words
    from clinic_desktop.exchange.sync_shown import capabilities, updates_of

    require(here.desk.session.role, "remotes.set_remote")
    office = PostOffice(here.clinic, only=system)
    try:
        found = {"reached": "yes", **office.test(system, here.desk.session.staff_id)}  # else it would have been said
        updates = updates_of(office.found(system))
        can = capabilities(system, {**office.found(system), **office.systems[0].settings})
    finally:
        office.close()
    lines = [_("{title} answers and takes this sign-in.").format(title=SYSTEMS[system].title)]
    lines += [f"{name}: {value_words(name, value)}" for name, value in sorted(found.items()) if name != "reached"]
    lines += [*_update_lines(updates), *_can_lines(can)]
    terminal.answer({"system": system, "found": found, "updates": updates}, lines)
    return DONE


def _can_lines(can: "Capabilities") -> Iterator[str]:
    """What it can be told, kind by kind, and in words what it cannot."""
    for one in can.kinds:
        ways = (("seen there", one.reads), ("sent new", one.creates), ("changed", one.updates))
        words = [*(way for way, may in ways if may), *(act.replace("_", " ") for act in one.acts)]
        if words:
            yield f"{one.kind.replace('_', ' ')}: {', '.join(words)}"
    for kind, _act, said in can.untold:
        yield _("cannot be told: {kind}: {said}").format(kind=kind.replace("_", " "), said=said)


def _ask(terminal: Terminal, here: SignedIn, chosen: Namespace) -> int:
    """Ask a system something, and show what this clinic says of the same beside it."""
    from clinic_desktop.exchange.post_office import PostOffice  # httpx: not for `--help`
    from clinic_desktop.exchange.second_opinions import Wanted, ask

    if chosen.what == "export" and chosen.out is None:
        raise Refusal(N_("Say where the file is written to: --out F."), field="out")
    wanted = Wanted(chosen.patient, chosen.practitioner, chosen.first, chosen.last, chosen.report, chosen.format)
    held = terminal.turn_to_send(here.clinic)  # no limit is counted by two processes at once
    try:
        office = PostOffice(here.clinic, only=chosen.system)
        try:
            found = ask(office, here.desk, chosen.system, chosen.what, wanted)
        finally:
            office.close()
    finally:
        held.release()
    if found.file is not None:
        _write(chosen.out, found.file)
    told = {"system": chosen.system, "what": chosen.what, "theirs": found.theirs, "ours": found.ours}
    terminal.answer(told, _sides(told))
    return DONE


def _sides(told: dict[str, object]) -> Iterator[str]:
    for side in ("theirs", "ours"):
        if told[side] is not None:
            yield f"{side}:"
            yield from json.dumps(told[side], ensure_ascii=False, indent=1, default=str).splitlines()


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Trouble(
            "The file could not be written to {path} ({why}).",
            remedy="Name a file in a folder that can be written to.",
            path=str(path),
            why=error.strerror or type(error).__name__,
        ) from error


def _secrets(path: Path) -> dict[str, str]:
    """Read the file of secrets; no word about it repeats what stands in it."""
    try:
        found = json.loads(read_secret(path))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal(N_("The file of secrets holds one JSON object."), field="secret-file")
    return found
