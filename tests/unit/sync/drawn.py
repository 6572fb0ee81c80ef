"""Laws over stories: each kind of story is drawn once, and shown to every law in turn."""

from collections.abc import Callable
from functools import cache

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from sync.port import Story
from tests.unit.sync.stories import EXAMPLES, many

Made = Callable[[], st.SearchStrategy[Story]]
Law = Callable[..., None]


def only(*, where: bool) -> None:
    """Leave a story out that is none of the law's business; unlike `assume`, also where no property is being drawn."""
    if not where:
        raise UnsatisfiedAssumption


@cache
def drawn(made: Made) -> tuple[Story, ...]:
    """Stories of a kind. Drawing one costs a hundred times as much as what any law does with it."""
    found: list[Story] = []

    @settings(many, phases=[Phase.generate], database=None)
    @given(made())
    def collect(story: Story) -> None:
        found.append(story)

    collect()
    return tuple(found)


def every(*kinds: Made) -> Callable[[Law], Callable[[], None]]:
    """A law of one story of each of these kinds; stories that it assumes away are made up for by new ones.

    Where it is broken, the smallest story that breaks it is looked for.
    """

    def of(law: Law) -> Callable[[], None]:
        def held() -> None:
            missing = EXAMPLES - sum(_holds(law, kinds, place) for place in range(EXAMPLES))
            if missing:
                _searched(law, kinds, missing)

        return held

    return of


def _holds(law: Law, kinds: tuple[Made, ...], place: int) -> bool:
    # Two of a kind are neighbours, never the same one.
    stories = [found[(place + at) % len(found)] for at, found in enumerate(map(drawn, kinds))]
    try:
        law(*stories)
    except UnsatisfiedAssumption:
        return False
    except Exception:
        _searched(law, kinds, EXAMPLES)
        raise
    return True


def _searched(law: Law, kinds: tuple[Made, ...], examples: int) -> None:
    settings(many, max_examples=examples)(given(*(made() for made in kinds))(law))()
