"""What a device was answered under a key of its own: the same again is answered the same, and nothing is done twice."""

import json
from dataclasses import dataclass, field

from sqlalchemy import select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act
from clinic_desktop.store.tables.pairing import device_answers

IN_ACT = ("answered", "keep_answer")

Answer = dict[str, object]


class Reused(Refusal):
    """A key that was used before for something else."""


@dataclass(frozen=True)
class Told:
    """What a device said: which device, under which key of its own (empty: none), and the body as it came."""

    device_id: str
    device: str
    key: str
    digest: str
    raw: bytes = field(repr=False)

    def __repr__(self) -> str:
        return f"Told({self.device_id})"


def answered(act: Act, told: Told) -> Answer | None:
    """What was answered to this before; None where it is new. Raises Reused where the key stood for something else."""
    if not told.key:
        return None
    found = act.conn.execute(
        select(device_answers.c.digest, device_answers.c.answer).where(
            device_answers.c.device_id == told.device_id, device_answers.c.key == told.key
        )
    ).one_or_none()
    if found is None:
        return None
    if found.digest != told.digest:
        raise Reused(N_("This key was used before with other contents. Take a new key."), field="Idempotency-Key")
    answer: Answer = json.loads(found.answer)
    return answer


def keep_answer(act: Act, told: Told, answer: Answer) -> Answer:
    """Keep what is answered in the transaction of the work itself; returns it."""
    if told.key:
        act.conn.exec_driver_sql(
            "INSERT INTO device_answers (device_id, key, digest, answer, answered_at) VALUES (?, ?, ?, ?, ?)",
            (told.device_id, told.key, told.digest, json.dumps(answer, ensure_ascii=False), act.at),
        )
    return answer
