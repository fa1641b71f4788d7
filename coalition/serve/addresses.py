"""Where a server is reached: from this machine, and by people with their phones."""

import socket

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with what somebody asked for
SOMEWHERE = ("192.0.2.1", 9)
"""An address that is nobody's (RFC 5737). To name it sends nothing, and says by which of our own a packet would go."""


def local_url(host: str, port: int) -> str:
    """The URL at which programs on this machine reach a server that listens on a host."""
    return _url("127.0.0.1" if host in EVERYWHERE else host, port)


def people_url(host: str, port: int, public_url: str | None) -> str:
    """The URL at which people reach it: the one that was set up, else by this machine's name or its own address."""
    if public_url is not None:
        return public_url.rstrip("/")
    if host in EVERYWHERE:
        return _url(_own_address() or "localhost", port)
    # By an address no browser takes a passkey, by this name each does.
    return _url("localhost" if host in LOOPBACK else host, port)


def is_reached_by_phones(url: str) -> bool:
    """Whether a URL leads to this machine from others too."""
    return "//localhost:" not in url


def _own_address() -> str | None:
    """This machine's address in its network; None where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE)
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return address


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
