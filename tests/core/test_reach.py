import socket
from typing import Any

import pytest

from helpdesk.core.domain.reach import NotAllowed, NotReachable, address_of, may_reach

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "fec0::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 993)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: rows)


@pytest.mark.parametrize("address", INSIDE)
def test_a23_nothing_inside_is_called(address: str) -> None:
    assert not may_reach(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822"])
def test_what_is_public_may_be_called(address: str) -> None:
    assert may_reach(address)


def test_what_the_operator_named_may_be_called() -> None:
    assert may_reach("10.1.2.3", allowed=["mail.acme.example", "10.0.0.0/8"])


def test_a_name_leads_to_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "93.184.216.34")
    assert address_of("imap.acme.example", 993) == "93.184.216.34"


def test_a23_one_private_address_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, "93.184.216.34", "10.0.0.5")
    with pytest.raises(NotAllowed):
        address_of("imap.mallory.example", 993)


def test_a_named_host_may_be_private(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "10.0.0.5")
    assert address_of("Mail.Acme.example.", 993, allowed=["mail.acme.example"]) == "10.0.0.5"


def test_a_name_without_an_address_is_not_reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_kwargs: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotReachable):
        address_of("nowhere.example", 993)
