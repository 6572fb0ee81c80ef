"""What an expression is asked of: the element in hand, the record it stands in, and what the outside can answer."""

from collections.abc import Callable
from dataclasses import dataclass, field

from clinic_desktop.exchange.validation.fhirpath.values import EMPTY, Item, Items
from clinic_desktop.exchange.validation.nodes import Node


def _nowhere(_reference: str, _asking: Node) -> Node | None:
    return None


@dataclass(frozen=True, slots=True)
class Around:
    """The same through a whole expression: the record, the one that holds it, the element the rule is about."""

    resource: Node
    root: Node
    context: Node
    resolve: Callable[[str, Node], Node | None] = _nowhere
    is_a: Callable[[str, str], bool] = lambda kind, wanted: kind == wanted
    variables: dict[str, Items] = field(default_factory=dict)


class Scope:
    """What `$this` and `$index` mean at this place of the expression."""

    __slots__ = ("around", "index", "this", "total")

    def __init__(self, around: Around, this: Items, index: int = 0, total: Items = EMPTY) -> None:
        self.around = around
        self.this = this
        self.index = index
        self.total = total

    def of(self, item: Item, index: int = 0) -> "Scope":
        """The scope of one item of a collection."""
        return Scope(self.around, (item,), index, self.total)


Asked = Callable[[Scope, Items], Items]


def start(_scope: Scope, focus: Items) -> Items:
    """Where an expression begins: what is in hand."""
    return focus
