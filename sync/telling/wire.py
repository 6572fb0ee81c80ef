"""What every model of a system's JSON has: members that nobody documented are kept as they came."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

# No list of a clinic has more, and a database holds no number without bound.
LARGEST_COUNT = 1_000_000_000


def count_of(said: object) -> int | None:
    """How many there are, as a list says of itself; None for what counts nothing: then it says nothing of that."""
    counts = isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= LARGEST_COUNT
    return said if counts else None  # type: ignore[return-value]


Count = Annotated[int | None, AfterValidator(count_of)]


class Theirs(BaseModel):
    """A part of what a system says, in snake case."""

    model_config = ConfigDict(frozen=True, extra="allow")

    def written(self) -> dict[str, Any]:
        """The JSON it was read from, nothing added and nothing lost."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class TheirsCamel(Theirs):
    """A part of what a system says, in camel case."""

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_camel, populate_by_name=True)
