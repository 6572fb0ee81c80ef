"""Laboratory results in: through the same engine as those of every other device."""

import logging
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, Field

from clinic_desktop.agent.local_api.bodies import LONGEST_KEY, Body, Text, Whom, device_of, told_by
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.problems import declared
from clinic_desktop.agent.local_api.rules import KIB, Rule
from clinic_desktop.domain.devices import LOINC
from clinic_desktop.domain.openmhealth import instant
from clinic_desktop.domain.pairing import RESULTS
from clinic_desktop.domain.ranges import amount
from clinic_desktop.i18n import N_
from clinic_desktop.services import device_intake, devices
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_answers import Told
from clinic_desktop.services.device_filing import SYSTEM
from clinic_desktop.services.devices import ReceivedMessage, ReceivedResult, Sorted

log = logging.getLogger(__name__)

RULES = (Rule("POST", "/v1/results", RESULTS, limit=1024 * KIB),)
FAILED = N_("filing it failed; a person has to decide")


class Result(Body):
    """One result. `flag` is what the device says of it; `control` marks quality control, which is no patient's."""

    code: Text = Field(min_length=1, max_length=60)
    system: Text = Field(default=LOINC, max_length=200, description="Of the code; the device's own where it is empty.")
    title: Text = Field(default="", max_length=200)
    value: Text = Field(max_length=2000)
    unit: Text | None = Field(default=None, max_length=60)
    flag: Literal["", "N", "L", "H", "LL", "HH", "A", "<", ">"] = ""
    range: Text = Field(default="", max_length=100)
    status: Literal["F", "C", "P"] = "F"
    measured_at: Text | None = Field(default=None, max_length=40, description="RFC 3339 with its offset.")
    note: Text | None = Field(default=None, max_length=2000)
    control: bool = False


class Results(Body):
    """The results of one patient's specimens, with the numbers of specimen and order where the device knows them."""

    patient: Whom = Whom()
    numbers: list[Annotated[Text, Field(max_length=60)]] = Field(default=[], max_length=20)
    results: list[Result] = Field(min_length=1, max_length=500)


class Taken(BaseModel):
    """How many results are filed, wait for review, and are quality control."""

    id: str
    filed: int
    review: int
    control: int


def router(context: ApiContext) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(tags=["results"])

    @routes.post("/v1/results", status_code=201, responses=declared(409))
    def take(
        request: Request,
        body: Results,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=LONGEST_KEY)] = None,
    ) -> Taken:
        """Keep results for good, then file what is certain of them; the rest waits for a person."""
        told = told_by(request, idempotency_key)
        desk = context.desk(device_of(request))
        kept = device_intake.keep_results(desk, told, _message(body, told))
        sorted_ = _file(desk, kept.message_id)
        if sorted_.review:
            context.received({"event": "review", "id": kept.message_id, "subject": "result"})
        return Taken(id=kept.message_id, filed=sorted_.filed, review=sorted_.review, control=sorted_.control)

    return routes


def _file(desk: Desk, message_id: str) -> Sorted:
    """File what is kept: whatever fails now, it is kept, and a person decides."""
    try:
        return devices.file_message(desk, message_id)
    except Exception as error:  # noqa: BLE001 - the message is kept; nothing of it may be lost
        log.error("filing message %s failed: %s", message_id, type(error).__name__)  # noqa: TRY400
        return devices.set_aside(desk, message_id, FAILED)


def _message(body: Results, told: Told) -> ReceivedMessage:
    found, count = [], dict[str, int]()
    for n, one in enumerate(body.results):
        at = None if one.measured_at is None else instant(one.measured_at, f"results.{n}.measured_at").isoformat()
        identity = "/".join((*body.numbers[:1], one.code, at or told.key or told.digest[:16]))
        count[identity] = count.get(identity, 0) + 1
        read = amount(one.value)
        found.append(
            ReceivedResult(
                identity=f"{identity}/{count[identity]}", code=one.code,
                code_system=one.system or f"{SYSTEM}{told.device}", title=one.title or one.code,
                value_kind=("quantity" if read else "string") if one.value.strip() else "none",
                value=_number(one.value) if read else one.value.strip() or None,
                comparator=read.relation or None if read else None, unit=(one.unit or "").strip() or None,
                flag=one.flag, range_text=one.range, status=one.status, measured_at=at,
                numbers=tuple(number for number in body.numbers if number.strip()), note=one.note, control=one.control,
            )
        )  # fmt: skip
    return ReceivedMessage(
        "api", told.device, "results", "result", told.raw, told.key or None, charset="UTF-8",
        said_of=body.patient.named(), results=tuple(found),
    )  # fmt: skip


def _number(text: str) -> str:
    """The number as it was written, without what relates it to the truth (``<``, ``>=``)."""
    return text.strip().lstrip("<>=≤≥~ ").strip()
