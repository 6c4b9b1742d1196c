import ipaddress

PREFIX = 64


def brake_of(address: str) -> str:
    """What a brake counts for an address: itself, of IPv6 its /64, which one household owns (A20)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((int(ip), PREFIX), strict=False))
