"""Webhooks in the API's description: each type of event with the data that it really has."""

import pytest
from typing_extensions import is_typeddict

from coalition.api.write_client import description
from coalition.events.types import event_types
from tests.support.event_schemas import check_event

API = description()
EVENT = {
    "id": "evt_3f6kq0w9z7xdm",
    "type": "member.enrolled",
    "timestamp": "2026-06-01T10:00:00Z",
    "shop": None,
    "member": "mem_ann",
    "second_member": None,
    "data": {"member": "mem_ann"},
}


def test_every_type_of_event_is_a_webhook() -> None:
    assert list(API["webhooks"]) == list(event_types())


@pytest.mark.parametrize("name", list(event_types()))
def test_a_webhook_has_typed_data(name: str) -> None:
    schemas = API["components"]["schemas"]
    body = API["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    properties = schemas[body.rpartition("/")[2]]["properties"]
    assert properties["type"]["const"] == name
    data = event_types()[name].data
    assert is_typeddict(data)
    assert properties["data"]["$ref"] == f"#/components/schemas/{data.__name__}"
    assert schemas[data.__name__]["properties"].keys() == data.__annotations__.keys()


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {}},
        {"data": {"member": 5}},
        {"data": {"member": "mem_ann", "colour": "red"}},
        {"timestamp": None},
    ],
    ids=str,
)
def test_what_is_not_of_the_schema_would_be_noticed(changes: dict[str, object]) -> None:
    check_event(EVENT)
    with pytest.raises(AssertionError):
        check_event({**EVENT, **changes})
