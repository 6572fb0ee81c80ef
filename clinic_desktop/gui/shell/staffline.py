"""One line of the list on the sign-in page; by itself, so that the page can be painted before the rest is loaded."""

from typing import NamedTuple


class StaffLine(NamedTuple):
    """One person who may sign in here; the role may not be known before the clinic is open."""

    username: str
    display_name: str = ""
    role: str = ""
