"""Choosing what this workstation listens to: journalled in the clinic, and kept where the background process looks.

The background process reads it before there is a key, so it stands in the workstation's own settings.
"""

import json
from dataclasses import asdict, fields
from pathlib import Path

from sqlalchemy import select

from clinic_desktop import settings as workstation_settings
from clinic_desktop.domain.listeners import Listeners, require_sound
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services.acts import Act, command
from clinic_desktop.store.tables.journal import settings

IN_ACT = ("kept_listeners", "keep_listeners")


@command
def choose_listeners(act: Act, workstation: str, wanted: Listeners) -> Listeners:
    """Say what a workstation listens to. Raises Refusal naming the field."""
    sound = require_sound(wanted)
    name, value = f"listeners.{workstation}", json.dumps(asdict(sound), ensure_ascii=False)
    known = act.conn.execute(select(settings).where(settings.c.name == name)).one_or_none()
    if known is None:
        act.create(settings, {"name": name, "value": value}, kind="setting.made")
    elif known.value != value:
        act.change(settings, known.id, {"value": value}, kind="setting.changed")
    return sound


def kept_listeners(profile: Path) -> Listeners:
    """What the workstation of a profile listens to; nothing where there are no settings yet."""
    try:
        kept = workstation_settings.load(profile)
    except Trouble:
        return Listeners()
    return Listeners(**{one.name: getattr(kept, one.name) for one in fields(Listeners)})


def keep_listeners(profile: Path, wanted: Listeners) -> None:
    """Keep it where the background process looks when it starts. Raises OSError and Trouble."""
    workstation_settings.change(profile, **asdict(wanted))
