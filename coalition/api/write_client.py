"""Writes `coalition/client/api.py` from the API's own description: `python -m coalition.api.write_client`.

A schema becomes a TypedDict, an operation a method. Fields of a body are keyword arguments, parts of the path come
first; an Idempotency-Key is made where the caller passes none.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.api.idempotency import REPEATABLE
from settlement.ledger import Database

PLACE = Path(__file__).parents[1] / "client" / "api.py"
WIDTH = 116
JSON = "application/json"
BYTES = "application/octet-stream"
HEAD = '''"""The API's operations as methods, and what goes in and out as types.

Made by `python -m coalition.api.write_client` from the API's description; a test keeps it true.
"""

# ruff: noqa: A002, E501
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypedDict, Unpack, cast

from coalition.client.transport import Requester, new_key
'''
CLIENT = '''class Client(Requester):
    """Calls the API. Raises ApiProblem when it refuses a request, Unreachable when it does not answer."""

'''
SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}

Schema = Mapping[str, Any]


def main() -> None:
    """Write the file."""
    PLACE.write_text(client_text(description()), encoding="utf-8")


def description() -> dict[str, Any]:
    """The API's description. It needs no database."""
    return create_app(Alliances(Database("sqlite:///described.db"))).openapi()


def client_text(api: Schema) -> str:
    """The file's text."""
    schemas = api["components"]["schemas"]
    parts = [HEAD, *(_typed_dict(name, schemas[name]) for name in sorted(schemas) if "properties" in schemas[name])]
    aliases = [
        f"{_class(name)} = {_type(schemas[name])}\n" for name in sorted(schemas) if "properties" not in schemas[name]
    ]
    methods = [
        _method(path, verb, operation, schemas)
        for path, verbs in api["paths"].items()
        for verb, operation in verbs.items()
    ]
    return "\n\n".join([*parts[:1], *aliases, *parts[1:], CLIENT + "\n".join(methods)])


def _typed_dict(name: str, schema: Schema) -> str:
    lines = [f"class {_class(name)}(TypedDict):", *_doc(schema.get("description", name), 4), ""]
    required = set(schema.get("required", ()))
    for field, of in schema["properties"].items():
        kind = _type(of)
        lines.append(f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}")
        lines += _doc(of.get("description", field), 4)
    return "\n".join(lines) + "\n"


def _method(path: str, verb: str, operation: Schema, schemas: Schema) -> str:
    parameters = operation.get("parameters", ())
    path_names = [parameter["name"] for parameter in parameters if parameter["in"] == "path"]
    queries = {parameter["name"]: _type(parameter["schema"]) for parameter in parameters if parameter["in"] == "query"}
    sent = _sent_headers({parameter["name"] for parameter in parameters if parameter["in"] == "header"})
    fields, body_keywords, body_passed = _body(operation.get("requestBody", {}).get("content", {}), schemas)
    result, paged = _result(operation)
    keywords = [
        *(f"{name}: {_optional(kind)} = None" for name, kind in queries.items()),
        *(f"{name}: str | None = None" for name in sent),
        *body_keywords,
    ]
    arguments = ["self", *(f"{name}: str" for name in path_names), *(["/"] if path_names else [])]
    arguments += [*(["*"] if keywords else []), *keywords, *fields]
    passed = [f'"{verb.upper()}"', f'"{path}"']
    if path_names:
        passed.append("path_values={" + ", ".join(f'"{name}": {name}' for name in path_names) + "}")
    if queries:
        passed.append("query={" + ", ".join(f'"{name}": {name}' for name in queries) + "}")
    if sent:
        passed.append("headers={" + ", ".join(sent.values()) + "}")
    if operation.get(REPEATABLE):
        passed.append("repeatable=True")
    name = _snake(operation["operationId"])
    call = f"self.ask({', '.join([*passed, *body_passed])})"
    returned = {"Any": f"        return {call}", "None": f"        {call}"}.get(
        result, f'        return cast("{result}", {call})'
    )
    summary = operation.get("summary", name)
    lines = [f"    def {name}({', '.join(arguments)}) -> {result}:", *_doc(_sentence(summary), 8), returned, ""]
    if paged is not None and "cursor" in queries:
        lines += _all_pages(name, arguments, queries, path_names, paged, summary)
    return "\n".join(lines)


def _sent_headers(names: set[str]) -> dict[str, str]:
    """The headers that a method sends, by the argument that each comes from."""
    sent = {}
    if "idempotency-key" in names:
        sent["idempotency_key"] = '"Idempotency-Key": idempotency_key or new_key()'
    if "if-match" in names:
        sent["if_match"] = '"If-Match": if_match'
    return sent


def _body(contents: Schema, schemas: Schema) -> tuple[list[str], list[str], list[str]]:
    """How a method takes a body: as fields of an object or as one keyword; and how it passes the body on."""
    if BYTES in contents:
        return [], ["content: bytes"], ["content=content"]
    if JSON not in contents:
        return [], [], []
    kind = _type(contents[JSON]["schema"])
    if kind in {_class(name) for name in schemas if "properties" in schemas[name]}:
        return [f"**body: Unpack[{kind}]"], [], ["body=body"]
    return [], [f"body: {kind}"], ["body=body"]


def _all_pages(
    name: str, arguments: list[str], queries: Mapping[str, str], path_names: list[str], item: str, summary: str
) -> list[str]:
    """A method that reads page after page."""
    kept = [argument for argument in arguments if not argument.startswith("cursor:")]
    passed = [*path_names, *(f"{query}={query}" for query in queries)]
    return [
        f"    def {re.sub('^(list|get)_', 'all_', name)}({', '.join(kept)}) -> Iterator[{item}]:",
        *_doc(f"{_sentence(summary)[:-1]}: all pages, one item after another.", 8),
        "        cursor: str | None = None",
        "        while True:",
        f"            page = self.{name}({', '.join(passed)})",
        '            yield from page["data"]',
        '            cursor = page["next_cursor"]',
        "            if cursor is None:",
        "                return",
        "",
    ]


def _result(operation: Schema) -> tuple[str, str | None]:
    """The type of what an operation answers, and of its items where it answers pages."""
    if "204" in operation["responses"]:
        return "None", None
    content: Schema = next(
        (answer.get("content", {}) for status, answer in operation["responses"].items() if status.startswith("2")), {}
    )
    if set(content) - {JSON}:
        return "Any", None
    if JSON not in content or not content[JSON].get("schema"):
        return "Any", None
    schema = content[JSON]["schema"]
    paged = re.fullmatch(r"#/components/schemas/(\w+)Page", schema.get("$ref", ""))
    return _type(schema), None if paged is None else _class(paged[1])


def _type(schema: Schema) -> str:
    """The Python type of a schema."""
    if "$ref" in schema:
        return _class(schema["$ref"].rpartition("/")[2])
    if "const" in schema or "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value) for value in schema.get('enum', [schema.get('const')]))}]"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_type(kind) for kind in schema[several]))
    if len(schema.get("allOf", ())) == 1:
        return _type(schema["allOf"][0])
    return _plain_type(schema)


def _plain_type(schema: Schema) -> str:
    kind = schema.get("type")
    if kind == "array":
        return f"list[{_type(schema.get('items', {}))}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {_type(values) if isinstance(values, dict) else 'Any'}]"
    return SIMPLE.get(str(kind), "Any")


def _optional(kind: str) -> str:
    return kind if "None" in kind.split(" | ") else f"{kind} | None"


def _class(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"\W|_", name))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _doc(text: str, indent: int) -> Iterator[str]:
    """A docstring, wrapped."""
    flat = " ".join(text.replace("\\", "\\\\").replace('"""', "'''").split())
    if flat.endswith('"'):
        flat += " "
    lines = textwrap.wrap(flat, WIDTH - indent) or [""]
    space = " " * indent
    if len(lines) == 1 and len(flat) + indent + 6 <= WIDTH + 4:
        yield f'{space}"""{flat}"""'
        return
    yield f'{space}"""{lines[0]}'
    yield from (f"{space}{line}" for line in lines[1:])
    yield f'{space}"""'


if __name__ == "__main__":
    main()
