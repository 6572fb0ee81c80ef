"""The two ways of saying no that a person is shown; everything else that is raised is a bug."""


class Refusal(Exception):  # noqa: N818 - a rule said no: not an error of the program
    """A rule said no; `message` is an English template for gettext, filled with `facts` where it is shown."""

    def __init__(self, message: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        return self.message.format(**self.facts)


class Trouble(Exception):  # noqa: N818 - the machine, not the program, is in trouble
    """The surroundings failed (disk, keyring, printer); `remedy` says what to do next."""

    def __init__(self, message: str, *, remedy: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message.format(**self.facts)} {self.remedy.format(**self.facts)}"


class TurnedAway(Trouble):
    """Another system was reached and said no: it takes no such sign-in, or lets this account not do that."""
