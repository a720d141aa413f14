"""Which network addresses a hook may reach: public ones, unless a deployment allows all.

Otherwise whoever may create a hook could make the server post to itself and its neighbours.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# Addresses of IPv4 inside those of IPv6: translated (RFC 6052), mapped, and tunnelled.
_TRANSLATED = IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether an address is that of a host on the public internet.

    >>> is_public("8.8.8.8"), is_public("10.1.2.3"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    address = ip_address(text.partition("%")[0])
    inner = _inner(address) if isinstance(address, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return address.is_global and not address.is_multicast


def is_address(host: str) -> bool:
    """Whether a host is named by its address."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    tunnelled = None if address.teredo is None else address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or tunnelled
