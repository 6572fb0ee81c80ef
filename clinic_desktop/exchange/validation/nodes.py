"""A FHIR record as a tree of elements, the same whether it was written in JSON or in XML."""

from collections.abc import Iterator, Sequence

NONE: Sequence["Node"] = ()
_MANY = 40


class Node:
    """One element: its name without a type's suffix, its FHIR type, its value as written, and its children."""

    __slots__ = ("index", "inside", "kids", "markup", "name", "parent", "sorted", "suffixed", "type", "value")

    def __init__(self, name: str, kind: str, parent: "Node | None" = None, index: int | None = None) -> None:
        self.name = name
        self.type = kind
        self.parent = parent
        self.index = index
        self.value: str | bool | None = None
        self.kids: Sequence[Node] = NONE
        # A choice of types says in its path which was chosen.
        self.suffixed = False
        # The records it contains, by id, when somebody has asked for one.
        self.inside: dict[str | None, Node] | None = None
        self.sorted: dict[str, list[Node]] | None = None
        # The narrative's own tree, where it has one.
        self.markup: object = None

    def __repr__(self) -> str:
        return f"Node({self.path()})"

    def add(self, child: "Node") -> None:
        """Append a child."""
        if not self.kids:
            self.kids = []
        self.kids.append(child)  # type: ignore[attr-defined]

    def path(self) -> str:
        """Where the element stands, as FHIRPath: `Patient.contact[0].name`."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None:
            steps.append(node.step())
            node = node.parent
        return ".".join(reversed(steps))

    def step(self) -> str:
        """The last part of the path."""
        if self.parent is None:
            return self.name
        at = self.name if self.index is None else f"{self.name}[{self.index}]"
        return f"{at}.ofType({self.type})" if self.suffixed else at

    def all(self, name: str) -> list["Node"]:
        """The children of a name; of an element with many (a bundle), they are sorted once, when the tree is whole."""
        if len(self.kids) < _MANY:
            return [kid for kid in self.kids if kid.name == name]
        if self.sorted is None:
            self.sorted = {}
            for kid in self.kids:
                self.sorted.setdefault(kid.name, []).append(kid)
        return self.sorted.get(name, [])

    def one(self, name: str) -> "Node | None":
        """The first child of a name."""
        found = self.all(name)
        return found[0] if found else None

    def text(self, name: str) -> str | None:
        """The value of the first child of a name, as written."""
        kid = self.one(name)
        if kid is None or kid.value is None:
            return None
        return kid.value if isinstance(kid.value, str) else str(kid.value).lower()

    def below(self) -> Iterator["Node"]:
        """Every element below this one."""
        waiting = list(reversed(self.kids))
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.kids))

    def root(self) -> "Node":
        """The record at the top."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def is_resource(self) -> bool:
        """A record of its own: at the top, contained, in a bundle's entry or a parameter."""
        return self.parent is None or (
            self.name in {"contained", "resource", "outcome"} and "." not in self.type and self.suffixed
        )
