"""Drafts: what a person has typed and not yet signed."""

from collections.abc import Mapping
from dataclasses import dataclass

from clinic_desktop.clock import new_id
from clinic_desktop.services.acts import Desk, DraftKey, Read, query
from clinic_desktop.services.permissions import require
from clinic_desktop.store import drafts


@dataclass(frozen=True)
class KeptDraft:
    """One draft in the list of a person's unfinished work."""

    form: str
    subject: str
    updated_at: str


def keep_draft(desk: Desk, key: DraftKey, fields: Mapping[str, object]) -> None:
    """Keep the fields of a form. Allowed while locked: what was typed before the lock must not be lost to it.

    Not an act: a draft is not a part of the chart and leaves nothing in the journal.
    """
    if desk.session.state(desk.now) == "ended":
        desk.session.require_open(desk.now)
    require(desk.session.role, "drafts.keep_draft")
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        drafts.keep(unit, desk.session.staff_id, key, fields)


def drop_draft(desk: Desk, key: DraftKey) -> None:
    """Throw a draft away because the person said so."""
    desk.session.require_open(desk.now)
    require(desk.session.role, "drafts.drop_draft")
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        drafts.drop(unit, desk.session.staff_id, key)


@query
def draft(read: Read, key: DraftKey) -> dict[str, object] | None:
    """The fields of a form as this person last typed them, or None."""
    return drafts.kept(read.conn, read.session.staff_id, key)


@query
def my_drafts(read: Read) -> tuple[KeptDraft, ...]:
    """This person's unfinished work, newest first."""
    return tuple(KeptDraft(key.form, key.subject, at) for key, at in drafts.all_kept(read.conn, read.session.staff_id))
