"""Where webhooks may go: the open internet, by https, and nowhere else."""

from ipaddress import ip_address

import pytest

from coalition.outgoing.address import AddressRefused, check_url, is_public, target_of

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - it is to be refused
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.10",
    "192.0.0.171",
    "192.0.0.255",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.175.48.1",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "64:ff9b::a83f:8110",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:c0a8:101::",
    "64:ff9b::a00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "2001:1::1",
    "2001:20::1",
    "2620:4f:8000::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "168.63.129.17",
    "192.0.1.1",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "3fff:1000::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_a_private_or_special_kind_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_one_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match="not public"):
        target_of("https://shop.example/", allow_private=False, resolve=lambda *_: ["8.8.8.8", address])


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::ffff:7f00:1]", "0"]
)
def test_however_this_machine_is_written_it_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        target_of(f"https://{host}/", allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https://user:password@shop.example/",
        "https://shop.example/#part",
        "https://shop.example/a b",
        "https://shop.example/\r\nHost: x",
        "https://shop.example\\@evil.example/",
        "https://店.example/",
        "https://[::1/",
        "//shop.example/",
        "shop.example",
        "https://10.0.0.1/",
        "https://[fe80::1%25eth0]/",
        "https://" + "a" * 1_000,
    ],
)
def test_a_url_that_is_no_public_https_one_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, allow_private=False)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    target = target_of("https://shop.example:8443/a?b=c", allow_private=False, resolve=lambda *_: ["8.8.8.8"])
    assert (target.host, target.port, target.addresses, target.path) == ("shop.example", 8443, ("8.8.8.8",), "/a?b=c")


def test_a_name_without_an_address_is_refused() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    for resolve in (fails, lambda *_: []):
        with pytest.raises(AddressRefused):
            target_of("https://shop.example/", allow_private=False, resolve=resolve)


def test_development_may_send_to_this_machine_by_http() -> None:
    assert target_of("http://127.0.0.1:8080/", allow_private=True).port == 8080
