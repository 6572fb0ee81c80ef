"""What the bodies of several routes share: whom something is about, text that can be kept, and what is answered."""

import hashlib
from typing import Annotated, Literal

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from clinic_desktop.domain.devices import Named
from clinic_desktop.services.device_answers import Told
from clinic_desktop.services.pairing import Paired

KEY = "idempotency-key"
LONGEST_KEY = 128


def _keepable(text: str) -> str:
    """Text that UTF-8 can hold and that no other program stops reading at."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("this text holds a character that cannot be kept")
    return text


Text = Annotated[str, AfterValidator(_keepable)]


class Body(BaseModel):
    """A body that holds nothing beside what is said of it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Whom(Body):
    """Whom it is about: a number of this clinic, and a second thing that has to agree."""

    number: Text = Field(
        default="", max_length=120, description="Record number, national number or a number of elsewhere."
    )
    family_name: Text = Field(default="", max_length=120)
    given_names: Text = Field(default="", max_length=120)
    born_on: str = Field(
        default="", pattern=r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$", description="YYYY-MM-DD, YYYY-MM, YYYY"
    )
    sex: Literal["", "female", "male", "other", "unknown"] = ""

    def named(self) -> Named:
        """As the rules of identity take it."""
        number, family, given = self.number.strip(), self.family_name.strip(), self.given_names.strip()
        return Named(
            (("", number),) if number else (), ((family, given),) if family or given else (), self.born_on, self.sex
        )


class Kept(BaseModel):
    """What became of it: in the chart (`filed`), or kept for a person to decide (`review`), and why."""

    state: Literal["filed", "review"]
    ids: list[str]
    review_id: str | None
    why: str | None


def device_of(request: Request) -> Paired:
    """The device that the guard let through."""
    device: Paired = request.scope["device"]
    return device


def told_by(request: Request, key: str | None) -> Told:
    """What a device said, with its own key or none."""
    device, raw = device_of(request), bytes(request.scope["body"])
    digest = hashlib.sha256(request.scope["path"].encode() + b"\n" + raw).hexdigest()
    return Told(device.id, device.name, key or "", digest, raw)


def answer(kept: dict[str, object]) -> JSONResponse:
    """201 for what stands in the chart, 202 for what a person has to decide."""
    return JSONResponse(kept, 201 if kept["state"] == "filed" else 202)
