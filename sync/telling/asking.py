"""The models of what is sent to a system, and of what it shows: strict one way, patient the other."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from sync.telling.wire import Theirs


class Asked(BaseModel):
    """What is sent: a member that the document does not name is refused here, before a byte leaves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def json_body(self) -> dict[str, Any]:
        """The members that were set, as JSON."""
        return self.model_dump(mode="json", exclude_unset=True)


class Shown(Theirs):
    """What is shown: known members are typed, others are kept as they came."""

    def as_shown(self) -> dict[str, Any]:
        """The members that came, no more and no fewer."""
        return self.model_dump(mode="json", exclude_unset=True)


M = TypeVar("M", bound=Asked)


def asked(model: type[M], body: Mapping[str, Any], hidden: frozenset[str] = frozenset()) -> M:
    """The members of a body that a call takes. Raises ValidationError, before a byte leaves."""
    known = model.model_fields.keys() - hidden
    return model.model_validate({name: value for name, value in body.items() if name in known})
