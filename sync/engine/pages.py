"""Asking for the pages of a list, several one after the other where there is room for them."""

from collections import deque

from sync.engine.budgets import AHEAD_SECONDS
from sync.engine.desk import Desk
from sync.engine.store.tables import Sweep
from sync.port import Kind, Listed, Page
from sync.transport.outcomes import Outcome


def next_pages(desk: Desk, one: Sweep, most: int) -> tuple[deque[Page], Outcome | None]:
    """The next pages, up to the end of the list, until one does not come or it has taken long enough."""
    desk.budgets.purpose = "sweep"
    pages: deque[Page] = deque()
    begun = desk.now()
    try:
        pages.append(_page(desk, one, one.cursor))
        # The first says how many may follow: nobody's place is taken for a page that is not there.
        with desk.budgets.ahead(min(most, _following(pages[0]))):
            while (cursor := pages[-1].next) and len(pages) < most and desk.now() - begun < AHEAD_SECONDS:
                pages.append(_page(desk, one, cursor))
    except Outcome as error:
        return pages, error
    return pages, None


def _page(desk: Desk, one: Sweep, cursor: str) -> Page:
    return desk.remote.page(
        Kind(one.kind), parent=one.parent or None, since=one.since or None, until=one.until or None,
        cursor=cursor or None,
    )  # fmt: skip


def _following(page: Page) -> int:
    """How many pages may follow one that begins where it is told to; at least one."""
    begins = int(page.next) if page.next and page.next.isdecimal() else 0
    return max(1, (page.total - begins) // _size(page)) if page.total is not None and begins else 1


def _size(page: Page) -> int:
    return max(1, len(page.rough if isinstance(page, Listed) else page.items))
