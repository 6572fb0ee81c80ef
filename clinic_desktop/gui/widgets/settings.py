"""What a widget may remember for a person, such as column widths: never anything about a patient."""

from typing import Protocol


class Remembered(Protocol):
    """A person's small settings by name."""

    def get(self, name: str) -> str | None:
        """What was remembered under this name, or None."""
        ...

    def set(self, name: str, value: str) -> None:
        """Remember a value; it is never about a patient."""
        ...


class RememberedHere:
    """Remembers for as long as the process lives: for tests and for the page before anyone has signed in."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """What was remembered under this name, or None."""
        return self._values.get(name)

    def set(self, name: str, value: str) -> None:
        """Remember a value."""
        self._values[name] = value
