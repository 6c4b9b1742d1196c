import threading

import pytest
from django.db import transaction

from helpdesk.core.events import Event, Hub, hub, publish


def test_every_listener_hears_events_in_order() -> None:
    meeting, first, second = Hub(), list[Event](), list[Event]()
    meeting.subscribe(first.append)
    meeting.subscribe(second.append)
    meeting.put("ticket", "7", client_id=3)
    meeting.put("user", user_id=9)
    assert first == second == [Event(1, "ticket", "7", client_id=3), Event(2, "user", user_id=9)]
    assert meeting.last_id == 2


def test_who_left_hears_nothing_more() -> None:
    meeting, heard = Hub(), list[Event]()
    leave = meeting.subscribe(heard.append)
    leave()
    leave()
    meeting.put("ticket")
    assert heard == []


def test_a_listener_that_fails_does_not_silence_the_others() -> None:
    meeting, heard = Hub(), list[Event]()

    def fail(event: Event) -> None:
        raise RuntimeError

    meeting.subscribe(fail)
    meeting.subscribe(heard.append)
    meeting.put("ticket")
    assert len(heard) == 1


def test_who_comes_back_gets_what_was_missed_or_is_told_to_reload() -> None:
    meeting = Hub(keep=3)
    assert meeting.since(0) == []
    for number in range(5):
        meeting.put("ticket", str(number))
    assert [event.ref for event in meeting.since(3) or []] == ["3", "4"]
    assert meeting.since(2) is not None
    assert meeting.since(1) is None
    assert meeting.since(99) is None  # an id of a former life of the server


def test_many_threads_get_ids_without_a_gap() -> None:
    meeting, heard = Hub(), list[Event]()
    meeting.subscribe(heard.append)
    threads = [threading.Thread(target=lambda: [meeting.put("ticket") for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.id for event in heard] == list(range(1, 801))


@pytest.mark.django_db(transaction=True)
def test_an_event_is_told_after_the_commit_and_never_for_a_rollback() -> None:
    heard: list[Event] = []
    leave = hub.subscribe(heard.append)
    try:
        with transaction.atomic():
            publish("ticket", "1")
            assert heard == []
        with transaction.atomic():
            publish("ticket", "2")
            transaction.set_rollback(True)
    finally:
        leave()
    assert [event.ref for event in heard] == ["1"]
