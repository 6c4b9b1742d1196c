"""Which other servers the desk may call: public ones, and those that the operator named (A23).

A caller connects to the address that was checked, never to the name again: else a name that resolves anew
would lead inside (DNS rebinding).
"""

import ipaddress
import socket
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotReachable(OSError):
    """The name has no address."""


class NotAllowed(Exception):
    """The name leads into a private network that nobody opened to the desk."""


def address_of(host: str, port: int, *, allowed: Sequence[str] = ()) -> str:
    """The address to connect to for `host`.

    `allowed` holds names, addresses and networks that may be private. NotAllowed as soon as one address of
    the name is neither public nor allowed; NotReachable when the name is unknown.
    """
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReachable(host) from None
    found = [str(row[4][0]).partition("%")[0] for row in rows]
    is_named = host.lower().rstrip(".") in {word.lower() for word in allowed}
    if not is_named and not all(may_reach(address, allowed=allowed) for address in found):
        raise NotAllowed(host)
    return found[0]


def may_reach(address: str, *, allowed: Sequence[str] = ()) -> bool:
    """Is this address public, or in one of the allowed networks?"""
    ip = _innermost(ipaddress.ip_address(address))
    return is_public(ip) or any(ip in network for network in _networks(allowed))


def is_public(ip: Address) -> bool:
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False  # fec0:: was the private network of old sites
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _innermost(ip: Address) -> Address:
    """The IPv4 address that an IPv6 one only wraps."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or ip
    return ip


def _networks(words: Sequence[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for word in words:
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError:
            continue  # a name
    return found
