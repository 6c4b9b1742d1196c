"""The worker keeps the search index up to date, so that a search seldom has to."""

from datetime import datetime

from helpdesk.core.jobs import each_moment
from tickets.selectors.search_index import learn_changes


@each_moment
def keep_search(_now: datetime) -> None:
    learn_changes(parts=1_000)
