"""What every model of a system's JSON has: members that nobody documented are kept as they came."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Theirs(BaseModel):
    """A part of what a system says, in snake case."""

    model_config = ConfigDict(frozen=True, extra="allow")

    def written(self) -> dict[str, Any]:
        """The JSON it was read from, nothing added and nothing lost."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class TheirsCamel(Theirs):
    """A part of what a system says, in camel case."""

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_camel, populate_by_name=True)
