"""Long texts that people write, as pages show them: headings, paragraphs, lists, links, and nothing else. Pure."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Literal, NamedTuple

HEADING, ITEM = "# ", "- "
LINK = re.compile(r"https?://[!-~]*[A-Za-z0-9/]|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
"""An address of the web or of mail; what ends a sentence, in either language, is no part of it."""
BlockKind = Literal["heading", "list", "paragraph"]


class Block(NamedTuple):
    """Lines that belong together: a heading, the items of a list, or the lines of a paragraph."""

    kind: BlockKind
    lines: list[str]


def blocks(text: str) -> list[Block]:
    """What a text is made of. An empty line ends a paragraph; `# ` begins a heading, `- ` an item."""
    made: list[Block] = []
    for kind, lines in groupby(text.splitlines(), _kind_of):
        if kind == "heading":
            made += [Block("heading", [line.removeprefix(HEADING).strip()]) for line in lines]
        elif kind == "list":
            made.append(Block("list", [line.removeprefix(ITEM).strip() for line in lines]))
        elif kind == "paragraph":
            made.append(Block("paragraph", _stripped(lines)))
    return made


class Span(NamedTuple):
    """A part of a line, and where it leads; empty for a part that leads nowhere."""

    text: str
    href: str


def spans(line: str) -> list[Span]:
    """A line with its addresses as links."""
    made, end = [], 0
    for link in LINK.finditer(line):
        made += [
            Span(line[end : link.start()], ""),
            Span(link[0], link[0] if "://" in link[0] else f"mailto:{link[0]}"),
        ]
        end = link.end()
    return [span for span in [*made, Span(line[end:], "")] if span.text]


def _stripped(lines: Iterable[str]) -> list[str]:
    return [line.strip() for line in lines]


def _kind_of(line: str) -> BlockKind | None:
    if not line.strip():
        return None
    if line.startswith(HEADING):
        return "heading"
    return "list" if line.startswith(ITEM) else "paragraph"
