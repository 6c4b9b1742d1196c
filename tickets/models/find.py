"""What the search index has still to learn."""

from django.db import models


class SearchChange(models.Model):
    """A ticket whose words changed; triggers write it, and only add, so that nobody waits for anybody.

    The next search, or the next moment of the worker, learns those tickets anew (`selectors.search_index`).
    """

    ticket = models.BigIntegerField()

    def __str__(self) -> str:
        return f"#{self.ticket} says something else"
