"""Small changes to a source file, each of which a test should notice. Pure."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
"""By operator: the one that stands in its place."""


class Mutant(NamedTuple):
    """A changed file: the line, the first line of its function, what stood and stands there, and the whole text."""

    line: int
    function: int | None
    before: str
    after: str
    text: str


def mutants(text: str) -> Iterator[Mutant]:
    """All mutants of a source file, those of one line; annotations and docstrings have none."""
    lines = text.splitlines(keepends=True)
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in ast.walk(tree):
        changed = _changed(node)
        if changed is None or node.lineno != node.end_lineno:
            continue
        line = lines[node.lineno - 1].encode()
        before, after = line[node.col_offset : node.end_col_offset].decode(), ast.unparse(changed)
        if isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare):
            after = f"({after})"
        new = line[: node.col_offset] + after.encode() + line[node.end_col_offset :]
        whole = "".join([*lines[: node.lineno - 1], new.decode(), *lines[node.lineno :]])
        around = [function for function in functions if function.lineno <= node.lineno <= _last_line(function)]
        yield Mutant(node.lineno, _first_line(around[-1]) if around else None, before, after, whole)


def _changed(node: ast.AST) -> ast.AST | None:
    """The node that stands in the place of another one; None where none does."""
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        new = deepcopy(node)
        new.op = SWAPS[type(node.op)]()
        return None if _is_of_types(node) else new
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        new = deepcopy(node)
        new.ops[0] = SWAPS[type(node.ops[0])]()
        return new
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        # What is called for its effect alone has none.
        return ast.Pass()
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        return ast.Return(ast.Constant(_other_answer(node.value)))
    return None


def _other_answer(value: ast.expr) -> bool | None:
    """What a function returns instead: the opposite of yes or no, where None would be the same as no; else None."""
    return not value.value if isinstance(value, ast.Constant) and isinstance(value.value, bool) else None


def _first_line(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Where Python says that it begins: with its first decorator."""
    return min(node.lineno for node in (function, *function.decorator_list))


def _last_line(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return function.end_lineno or function.lineno


def _is_of_types(node: ast.BinOp | ast.BoolOp) -> bool:
    """Whether it joins texts, where arithmetic would only raise."""
    sides = [node.left, node.right] if isinstance(node, ast.BinOp) else node.values
    return any(isinstance(side, ast.JoinedStr | ast.List | ast.Tuple | ast.Dict | ast.Set) for side in sides)
