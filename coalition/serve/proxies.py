"""The proxies in front of this server: only what they say of whom they speak for is believed."""

from ipaddress import ip_address

from coalition.settings import networks_of


class Proxies:
    """Addresses and networks, separated by commas, as COALITION_TRUSTED_PROXIES names them."""

    def __init__(self, text: str) -> None:
        self._networks = networks_of(text)

    def __contains__(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)
