from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache

from helpdesk.core import throttle
from helpdesk.core.errors import TooMany


def use(now: datetime, key: str = "a") -> int:
    return throttle.hit("test", key, limit=2, per_seconds=60, now=now)


def test_the_limit_is_still_allowed_and_the_next_is_not(now: datetime) -> None:
    assert [use(now), use(now)] == [1, 2]
    with pytest.raises(TooMany) as caught:
        use(now + timedelta(seconds=20))
    assert caught.value.retry_after_seconds == 40


def test_another_key_and_another_window_count_apart(now: datetime) -> None:
    assert [use(now), use(now), use(now, "b"), use(now + timedelta(seconds=60))] == [1, 2, 1, 1]


def test_a_use_taken_back_does_not_count(now: datetime) -> None:
    use(now)
    throttle.take_back("test", "a", per_seconds=60, now=now)
    assert use(now) == 1


def test_taking_back_in_a_window_that_is_gone_does_nothing(now: datetime) -> None:
    throttle.take_back("test", "a", per_seconds=60, now=now)
    assert use(now) == 1


def test_a_counter_that_was_evicted_starts_again(now: datetime) -> None:
    with patch.object(cache, "incr", side_effect=ValueError):
        assert use(now) == 1


def test_a17_the_cache_key_does_not_show_the_address(now: datetime) -> None:
    use(now, "ada@deskbell.example")
    assert not any("ada" in key for key in cache._cache)  # type: ignore[attr-defined]


def test_a_window_begins_with_the_first_use(now: datetime) -> None:
    """Not at the full minute: who is there a moment before would have twice as many tries (A18)."""
    late = now + timedelta(seconds=59)
    assert [use(late), use(late + timedelta(seconds=30))] == [1, 2]
    with pytest.raises(TooMany) as caught:
        use(late + timedelta(seconds=59))
    assert caught.value.retry_after_seconds == 1
    assert use(late + timedelta(seconds=60)) == 1


def test_who_looked_at_the_clock_before_and_comes_after_counts_along(now: datetime) -> None:
    assert [use(now), use(now - timedelta(seconds=1)), use(now - timedelta(seconds=60))] == [1, 2, 1]


def test_taking_back_in_another_window_does_nothing(now: datetime) -> None:
    use(now)
    throttle.take_back("test", "a", per_seconds=60, now=now + timedelta(seconds=60))
    assert use(now) == 2


def test_taking_back_what_was_evicted_does_nothing(now: datetime) -> None:
    use(now)
    with patch.object(cache, "decr", side_effect=ValueError):
        throttle.take_back("test", "a", per_seconds=60, now=now)
    assert use(now) == 2
