"""Whatever is sent, the answer is a problem of the caller's, never one of ours."""

from base64 import urlsafe_b64encode

import pytest

from tests.support.wallets import People

ODD = ["a\0b", "\ud800", "é", "x" * 101, " ", "%", "'", "../x"]
PATHS = [
    ("get", "/v1/members/{}"),
    ("get", "/v1/members/{}/export"),
    ("post", "/v1/members/{}/freeze"),
    ("post", "/v1/members/{}/erase"),
    ("get", "/v1/wallets/{}"),
    ("get", "/v1/wallets/{}/history"),
    ("get", "/v1/gifts/{}"),
    ("get", "/v1/households/{}"),
    ("get", "/v1/member-imports/{}"),
    ("delete", "/v1/households/{}/members/ann"),
    ("post", "/v1/members/ann/invitations/{}/accept"),
    ("post", "/v1/members/ann/confirmations/{}/confirm"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_an_odd_id_is_no_ones(people: People, method: str, path: str) -> None:
    for odd in ODD:
        quoted = "".join(f"%{byte:02x}" for byte in odd.encode(errors="surrogatepass"))
        for client in (people.app, people.operator):
            status = getattr(client, method)(path.format(quoted)).status_code
            assert status in (400, 403, 404, 405, 422), (odd, status)


@pytest.mark.parametrize(
    "position", ["[1]", '["\\u0000",1]', '[1,"\\u0000"]', "[99999999999999999999999,1]", "{}", "1", "["]
)
@pytest.mark.parametrize("path", ["/v1/members", "/v1/gifts?member=ann", "/v1/wallets/ann/history"])
def test_a_made_up_cursor_is_answered(people: People, path: str, position: str) -> None:
    cursor = urlsafe_b64encode(position.encode()).decode()
    join = "&" if "?" in path else "?"
    assert people.operator.get(f"{path}{join}cursor={cursor}").status_code in (200, 422)


@pytest.mark.parametrize("field", ["phone", "email", "name", "language"])
@pytest.mark.parametrize("odd", ["a\0b", "+49\0", "", "x" * 300, "٠" * 12, "a@b\0.de", "\u202e", 5, [], {}])
def test_an_odd_field_is_named(people: People, field: str, odd: object) -> None:
    answer = people.app.post("/v1/members", json={"email": "a@example.com", field: odd})
    assert answer.status_code in (201, 422), answer.text
    assert field in answer.text or answer.status_code == 201
