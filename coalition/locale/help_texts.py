"""Help of commands: written in English as docstrings and `help=`, a sentence of the catalogue for each paragraph."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from inspect import cleandoc
from io import BytesIO
from typing import Any, BinaryIO

from coalition.locale.formats import Lang
from coalition.locale.messages import translate

Extracted = tuple[int, Any, Any, Any]
"""Line, name of the function, sentence or sentences, comments: as Babel's extractors give them."""

DECORATORS = ("command", "callback")
"""What makes a function a command: its docstring is its help."""
KEYWORDS = ("help", "rich_help_panel")
"""Arguments that are help."""


def translate_help(text: str, lang: Lang) -> str:
    """A command's help in a language, paragraph by paragraph."""
    return "\n\n".join(translate(paragraph, lang) for paragraph in paragraphs(text))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in cleandoc(text).split("\n\n")]


def extract_help(
    file: BinaryIO, keywords: Mapping[str, Any], comment_tags: Sequence[str], options: Mapping[str, Any]
) -> Iterator[Extracted]:
    """What Babel finds in a module of commands, and its help."""
    from babel.messages.extract import extract_python

    source = file.read()
    yield from extract_python(BytesIO(source), keywords, comment_tags, options)  # type: ignore[arg-type]
    for line, text in _help_of(ast.parse(source)):
        for paragraph in paragraphs(text):
            yield line, "N_", paragraph, []


def _help_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
            yield node.lineno, ast.get_docstring(node) or ""
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in KEYWORDS and isinstance(keyword.value, ast.Constant):
                    yield keyword.value.lineno, str(keyword.value.value)


def _makes_command(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in DECORATORS
    )
