"""Where a request may go that others named the place of: an https URL whose host has public addresses only.

The host is resolved and checked right before each request, and the connection goes to the address that was checked;
so a name that changes its address between check and use gains nothing.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from settlement import Phrase

URL_CHARS_MAX = 1_000
ADDRESSES_MAX = 3
"""Addresses of a host that are tried."""
_NAT64 = IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = IPv6Network("::/96")
_SPECIAL: tuple[IPv4Network | IPv6Network, ...] = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # of the IETF's protocols
            "192.31.196.0/24",  # AS112, which answers for private addresses
            "192.52.193.0/24",  # automatic multicast tunnels
            "192.88.99.0/24",  # relays of 6to4
            "192.175.48.0/24",  # AS112
            "168.63.129.16/32",  # the machine beneath a virtual one at Azure, where it asks for its secrets
            "2001::/23",  # of the IETF's protocols
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # for documents
            "5f00::/16",  # segments of routing
        ),
    )
)
"""What the registries of IANA set aside, and this Python may not know of yet or take for the open internet."""

Resolve = Callable[[str, int], Sequence[str]]
"""A host's addresses by name and port. Raises OSError."""


class AddressRefused(CoalitionError):
    """A place that nothing is sent to, and why."""

    code = "url_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("URL not allowed")
    remedy = N_("Send an https URL with a public address.")
    detail = N_("Nothing can be sent there: {why}.")
    concerns = "url"
    why: str


@dataclass(frozen=True, slots=True)
class Target:
    """A checked place: connect to the first of `addresses` that answers, speak to `host`."""

    scheme: str
    host: str
    port: int
    addresses: Sequence[str]
    path: str


def check_url(url: str, *, allow_private: bool) -> SplitResult:
    """The parts of a URL to which something may be sent. Raises AddressRefused."""
    if len(url) > URL_CHARS_MAX or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise AddressRefused(
            Phrase("a URL has at most {most} characters of printable ASCII without spaces", most=URL_CHARS_MAX)
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused(Phrase("this is not a URL; write https://HOST/PATH")) from None
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes:
        raise AddressRefused(
            Phrase("the URL must begin with {schemes:code}", schemes=[f"{scheme}://" for scheme in schemes])
        )
    if not host or port == 0:
        raise AddressRefused(Phrase("the URL names no host; write https://HOST/PATH"))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused(Phrase("the URL may not have a user, a password or a fragment"))
    literal = _literal(host)
    if literal is not None and not allow_private and not is_public(literal):
        raise AddressRefused(Phrase("{host:name} is no public address", host=host))
    return parts


def target_of(url: str, *, allow_private: bool, resolve: Resolve | None = None) -> Target:
    """Where to connect to for a URL. Raises AddressRefused, also where any of the host's addresses is not public."""
    parts = check_url(url, allow_private=allow_private)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = (resolve or resolved)(host, port)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(Phrase("{host:name} can't be resolved ({reason})", host=host, reason=error)) from None
    if not addresses:
        raise AddressRefused(Phrase("{host:name} has no address", host=host))
    for address in addresses:
        if not allow_private and not is_public(ip_address(address.partition("%")[0])):
            raise AddressRefused(Phrase("{host:name} has an address that is not public", host=host))
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Target(parts.scheme, host, port, tuple(addresses[:ADDRESSES_MAX]), path)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet, also where it wraps another one."""
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return is_public(inner)
    # Of what was meant for one site or several receivers nothing counts, whatever else it is.
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    local = address.is_link_local or address.is_private or getattr(address, "is_site_local", False)
    return address.is_global and not special and not local and not any(address in network for network in _SPECIAL)


def resolved(host: str, port: int) -> list[str]:
    """A host's addresses by the machine's own resolver. Raises OSError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in answers))


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, compatible, 6to4, Teredo or NAT64."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
