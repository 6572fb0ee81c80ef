"""Connecting a system: it is tried before anything is kept, then turned on; and who is who there."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from clinic_desktop.domain import systems
from clinic_desktop.domain.patients import name_key
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.exchange import sync_naming
from clinic_desktop.exchange.post_office import PostOffice, Trial, in_words
from clinic_desktop.exchange.sync_shown import Capabilities, capabilities, endings_of
from clinic_desktop.exchange.webhooks import open_door
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.services.remotes import (
    House,
    KeptSecrets,
    RemoteSystem,
    add_remote,
    give_secrets,
    remote_systems,
    remove_remote,
    set_remote,
)
from clinic_desktop.services.staff import staff_members
from sync.engine.linking import UnknownError
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Shadow, Work
from sync.engine.updating import MERGE, REPLACE
from sync.port import Kind, Seen
from sync.transport.credentials import (
    CLIENT_ID,
    CLIENT_SECRET,
    EXPIRES,
    MFA,
    PASSWORD,
    REFRESH,
    RENEW,
    TOKEN,
    TRIED,
    USERNAME,
)
from sync.transport.outcomes import Outcome

PAGES = 10  # of a directory: a clinic of more than a thousand names types the number


_SIGNED_IN_BY = frozenset({USERNAME, PASSWORD, MFA, CLIENT_ID, CLIENT_SECRET})


class _Typed:
    """What was typed, over what is kept already; what the sign-in renews stands here until it is turned on."""

    def __init__(self, typed: Mapping[str, str], kept: KeptSecrets | None) -> None:
        self.values: dict[str, str | None] = dict(typed)
        if _SIGNED_IN_BY & typed.keys():
            # It is this that is tried: neither a token that may still be good, nor that it has been tried before.
            self.values |= {name: None for name in (TOKEN, REFRESH, EXPIRES, RENEW, TRIED) if name not in typed}
        self._kept = kept

    def __repr__(self) -> str:
        return "_Typed()"

    def get(self, name: str) -> str | None:
        """One secret."""
        if name in self.values or self._kept is None:
            return self.values.get(name)
        return self._kept.get(name)

    def put(self, name: str, value: str | None) -> None:
        """A renewed token."""
        self.values[name] = value


@dataclass(frozen=True)
class Tried:
    """A system that answered: what was found, what it can be told; turned on or forgotten."""

    system: str
    base_url: str
    found: Mapping[str, str]
    can: Capabilities
    typed: Mapping[str, str] = field(repr=False)
    renewed: Mapping[str, str | None] = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def endings(self) -> dict[str, str]:
        """What it says of its version and its end."""
        return endings_of(self.found)


@dataclass(frozen=True)
class StaffThere:
    """Somebody of the clinic, the id under which a system knows them, and how much waits for that."""

    staff_id: str
    name: str
    role: str
    remote_id: str
    waiting: int
    by_number: bool = False  # linked by an equal national number, whose check digit is right
    proposed: tuple[str, str] | None = None  # the id there and the name of somebody who is called the same
    refused: int = 0  # what they refused and names this person: sent again when the number is kept


@dataclass(frozen=True)
class WhoIsWho:
    """The clinic's people and the system's directory, where it lists one."""

    staff: tuple[StaffThere, ...]
    directory: tuple[tuple[str, str], ...]  # id there, what they call them
    is_listed: bool


def try_out(
    desk: Desk, system: str, base_url: str, secrets: Mapping[str, str], settings: Mapping[str, str] | None = None
) -> Tried:
    """Sign in and look what is there; nothing is kept of the secrets. Raises Refusal and Trouble in words."""
    allow(desk, "remotes.add_remote")
    about = systems.require_system(system)
    address = systems.require_base_url(base_url)
    for key, value in (settings or {}).items():
        systems.require_setting(about, key, value)
    here = next((one for one in remote_systems(desk) if one.system == system), None)
    elsewhere = here is None or not systems.same_origin(address, here.base_url)
    typed = systems.require_secrets(secrets) if secrets or elsewhere else {}
    chosen = {**(here.settings if here else {}), **(settings or {})}
    one = RemoteSystem("", 0, system, about.title, address, "on", chosen, "", None)
    # What is kept is known to one host alone.
    held = _Typed(typed, None if elsewhere else KeptSecrets(desk.store, system))
    office = PostOffice(House.of(desk), trial=Trial(one, held))
    try:
        found = dict(office.test(system, desk.session.staff_id))
    finally:
        office.close()
    renewed = {name: value for name, value in held.values.items() if typed.get(name) != value}
    can = capabilities(system, {**found, **chosen})
    return Tried(system, address, found, can, typed, renewed, dict(settings or {}))


def turn_on(desk: Desk, tried: Tried) -> None:
    """Keep what it is signed in to with, and let it be told. Raises Refusal."""
    here = next((one for one in remote_systems(desk) if one.system == tried.system), None)
    if here is None:
        add_remote(desk, tried.system, tried.base_url, tried.typed)
    else:
        if here.base_url != tried.base_url:
            set_remote(desk, tried.system, "base_url", tried.base_url)
        if tried.typed:
            give_secrets(desk, tried.system, tried.typed)
    for key, value in tried.settings.items():
        if key != systems.WEBHOOK_HOST:
            set_remote(desk, tried.system, key, value)
    kept = KeptSecrets(desk.store, tried.system)
    for name, renewed in tried.renewed.items():
        kept.put(name, renewed)
    go_on(desk, tried.system)
    if host := tried.settings.get(systems.WEBHOOK_HOST):
        # Last: it may have to be asked of the system, with what it is signed in to with.
        open_door(desk, tried.system, host)


def set_update(desk: Desk, system: str, kind: str, mode: str) -> None:
    """Say whether an update replaces a record of a kind there (`replace`) or only what is sent (`merge`)."""
    allow(desk, "remotes.set_remote")
    if mode not in {REPLACE, MERGE}:
        raise Refusal(N_("An update is set to replace or to merge."), field="value")
    office = PostOffice(House.of(desk), only=system)
    try:
        office.engine.people[system].put_mode(Kind(kind), mode, desk.session.staff_id)
    except (UnknownError, ValueError):
        raise Refusal(N_("This system updates nothing called “{kind}”."), field="key", kind=kind[:40]) from None
    finally:
        office.close()


def pause(desk: Desk, system: str) -> None:
    """Send and ask nothing until it is resumed. Raises Refusal."""
    set_remote(desk, system, "state", "paused")


def go_on(desk: Desk, system: str) -> None:
    """Go on, after a pause or a sign-in. Raises Refusal."""
    set_remote(desk, system, "state", "on")
    office = PostOffice(House.of(desk), only=system)
    try:
        office.engine.people[system].resume(desk.session.staff_id)
    finally:
        office.close()


def disconnect(desk: Desk, system: str) -> None:
    """Take a system away; its secrets are erased. Raises Refusal."""
    remove_remote(desk, system)


def sync_now(desk: Desk) -> int:
    """Have every list of every system that is on looked through, and what was put off tried again; how many systems."""
    allow(desk, "remotes.set_remote")
    office = PostOffice(House.of(desk))
    try:
        on = [one.system for one in office.systems if one.state == "on"]
        for system in on:
            office.engine.people[system].sync_now(desk.session.staff_id)
    finally:
        office.close()
    return len(on)


def who_is_who(desk: Desk, system: str, *, ask: bool) -> WhoIsWho:
    """The clinic's people beside the system's directory; `ask` reads it from the system. Raises Trouble in words."""
    allow(desk, "remotes.set_remote")
    people = [one for one in staff_members(desk) if one.active and one.role in {"doctor", "nurse", "pharmacist"}]
    office = PostOffice(House.of(desk), only=system)
    try:
        kp = office.engine.offices[system].desk.kind(Kind.PRACTITIONER)
        listed = kp is not None and kp.listed
        directory = _directory(office, system)[0] if listed and ask else ()
        with office.reading() as unit:
            rows = Rows(unit)
            directory = directory or _named_there(rows, system)
            refused = sync_naming.refused_over(rows, system, [one.id for one in people])
            staff = tuple(
                replace(_staff_there(rows, system, one.id, one.display_name, one.role, directory),
                        refused=len(refused[one.id]))
                for one in people
            )  # fmt: skip
    finally:
        office.close()
    return WhoIsWho(staff, directory, listed)


def name_practitioner(desk: Desk, system: str, staff_id: str, remote_id: str, *, sure: bool = False) -> int:
    """Say under which id a system knows somebody; what waited for that goes on, what was refused over it is sent again.

    Returns how much was refused. Raises Refusal, with the fact `ask` where a person may be `sure` all the same.
    """
    allow(desk, "remotes.set_remote")
    number = remote_id.strip()
    if not number:
        raise Refusal(N_("Give the number under which they know this person."), field="remote_id")
    staff = {one.id: one for one in staff_members(desk)}
    office = PostOffice(House.of(desk), only=system)
    try:
        directory = _require_listed(office, system, number)
        with office.reading() as unit:
            rows = Rows(unit)
            sync_naming.require_free(rows, system, list(staff), staff_id, number)
            one = staff.get(staff_id)
            person = (staff_id, one.display_name if one else "", (one.practice.npi or "") if one else "")
            asked = "" if sure else sync_naming.question(rows, system, person, number, directory)
        if asked:
            raise Refusal("{said}", field="remote_id", said=asked, ask=True)
        people = office.engine.people[system]
        people.name(Kind.PRACTITIONER, staff_id, number, desk.session.staff_id)
        with office.reading() as unit:
            refused = sync_naming.refused_over(Rows(unit), system, [staff_id])[staff_id]
        for work in refused:
            with contextlib.suppress(UnknownError):  # it went on, or somebody gave it up, meanwhile
                people.edit_and_resend(work.kind, work.local_id, desk.session.staff_id)
    except UnknownError:
        raise Refusal(N_("Somebody else of the clinic has this number there already."), field="remote_id") from None
    finally:
        office.close()
    return len(refused)


def _require_listed(office: PostOffice, system: str, number: str) -> tuple[tuple[str, str], ...]:
    """Whom the system has shown; where it lists everybody, and lists nobody of that number, this is refused."""
    kp = office.engine.offices[system].desk.kind(Kind.PRACTITIONER)
    with office.reading() as unit:
        shown = _named_there(Rows(unit), system)
    if kp is None or not kp.listed or number in dict(shown):
        return shown
    whole = True
    with contextlib.suppress(Trouble):  # what was seen of it the last time stands
        now, whole = _directory(office, system)
        shown = (*now, *(one for one in shown if one[0] not in dict(now)))
    if whole and shown and number not in dict(shown):
        raise Refusal(sync_naming.UNLISTED, field="remote_id", title=systems.SYSTEMS[system].title, number=number)
    return shown


def _staff_there(
    rows: Rows, system: str, staff_id: str, name: str, role: str, directory: tuple[tuple[str, str], ...]
) -> StaffThere:
    """Somebody of the clinic at a system: known there by whom, or perhaps the one who is called the same."""
    kind = str(Kind.PRACTITIONER)
    found = rows.find(Link, system=system, kind=kind, local_id=staff_id, status="confirmed")
    waits = _waits(rows, system, staff_id)
    if found:
        return StaffThere(staff_id, name, role, found[0].remote_id, waits, by_number=not found[0].who)
    taken = {link.remote_id for link in rows.find(Link, system=system, kind=kind, status="confirmed")}
    alike = [one for one in directory if one[0] not in taken and _words(one[1]) == _words(name)]
    # Two who are called the same are proposed to nobody.
    return StaffThere(staff_id, name, role, "", waits, proposed=alike[0] if len(alike) == 1 else None)


_TITLES = frozenset({"dr", "doctor", "prof", "mr", "mrs", "ms", "md", "phd", "rn", "np", "pa"})


def _words(name: str) -> frozenset[str]:
    """A name as it is compared: without titles, order or marks."""
    return frozenset(name_key(name.replace(".", " ").replace(",", " ")).split()) - _TITLES


def _named_there(rows: Rows, system: str) -> tuple[tuple[str, str], ...]:
    """Whom the system has shown so far: in its directory, or in records that name them."""
    found = rows.find(Shadow, ("remote_id",), system=system, kind=str(Kind.PRACTITIONER))
    seen = [Seen(Kind.PRACTITIONER, one.remote_id, one.body, raw=one.raw) for one in found]
    return tuple((one.remote_id, _called(one)) for one in seen)


def _waits(rows: Rows, system: str, staff_id: str) -> int:
    return rows.count(Work, system=system, waits_for=f"{Kind.PRACTITIONER}/{staff_id}")


def _directory(office: PostOffice, system: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Whom the system lists now, and whether that is all of them."""
    remote = office.engine.offices[system].desk.remote
    found: list[Seen] = []
    cursor: str | None = None
    try:
        for _page in range(PAGES):
            page = remote.page(Kind.PRACTITIONER, parent=None, since=None, until=None, cursor=cursor)
            found += page.items
            cursor = page.next
            if cursor is None:
                break
    except Outcome as error:
        raise in_words(system, error) from error
    return tuple((one.remote_id, _called(one)) for one in found), cursor is None


def _called(one: Seen) -> str:
    """What the directory calls somebody: the members that hold a name, in their order."""
    body = {**one.raw, **one.body}
    for name in ("name", "full_name", "fullName", "displayName", "provider_name"):
        if isinstance(body.get(name), str) and body[name]:
            return str(body[name])
    parts = [str(body[name]) for name in ("firstName", "first_name", "lastName", "last_name") if body.get(name)]
    return " ".join(parts) or one.remote_id
