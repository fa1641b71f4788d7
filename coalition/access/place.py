"""Where a request comes from, as limits and logs take it. Pure."""

import hmac
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network, ip_address

HOUSEHOLD_BITS = 64
"""A household gets a network of so many bits at least (RFC 6177), and may call from each of its addresses."""


def place_of(host: str) -> str:
    """An IPv4 address, or the /64 network of an IPv6 address; what is neither, as it is."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, HOUSEHOLD_BITS), strict=False))


def hashed(secret: bytes, purpose: str, text: str) -> bytes:
    """A hash of an account or an address under the alliance's secret: whoever reads a log can't guess what it is of."""
    return hmac.digest(secret, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), sha256)
