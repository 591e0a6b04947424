"""A docstring says what each argument is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "posecheck").rglob("*.py"))
EXEMPT = {
    "testing/plugin.py: ExpectationItem.repr_failure": "pytest's own method, which says what its arguments are",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_docstrings_of_public_functions_name_their_arguments() -> None:
    """Every public function with two or more arguments has an Args section that names all of them."""
    found = {f"{_place(path)}: {name}": missing for path in MODULES for name, missing in _unnamed(_tree(path))}
    assert found.keys() - EXEMPT.keys() == set(), {name: found[name] for name in found.keys() - EXEMPT.keys()}


def test_no_exemption_is_out_of_date() -> None:
    """Every exemption is of a function that is there and that needs it."""
    found = {f"{_place(path)}: {name}" for path in MODULES for name, _ in _unnamed(_tree(path))}
    assert EXEMPT.keys() <= found


def test_errors_stand_under_raises() -> None:
    """No docstring has another heading for errors."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = {
        f"{_place(path)}:{getattr(node, 'lineno', 1)}": ast.get_docstring(node) or ""
        for path in MODULES
        for node in ast.walk(_tree(path))
        if isinstance(node, documented)
    }
    assert [place for place, text in texts.items() if "Errors:" in text] == []


def test_an_argument_that_is_not_named_is_found() -> None:
    """The check sees a missing docstring and a missing argument, and lets pass what is private or a command."""
    source = '''
def silent(a, b): ...
def half(a, *b):
    """Do it.

    Args:
        a: one.
    """
def whole(a, *, b):
    """Do it.

    Args:
        a: one, in metres: b is another.
        b: two.

    Returns:
        c: no argument.
    """
def command(a: Annotated[int, typer.Option("--a")], b: DbOption = None): ...
def one(a): ...
def _hidden(a, b): ...
class Shown:
    def method(self, a, b): ...
class _Hidden:
    def method(self, a, b): ...
'''
    assert list(_unnamed(ast.parse(source))) == [("silent", ["a", "b"]), ("half", ["b"]), ("Shown.method", ["a", "b"])]


def _place(path: Path) -> str:
    return path.relative_to(ROOT / "posecheck").as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _unnamed(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """The public functions of a module with arguments that their docstring does not name, and those arguments."""
    for name, function in _public(tree):
        arguments = _arguments(function)
        missing = [one for one in arguments if one not in _named(ast.get_docstring(function) or "")]
        if len(arguments) > 1 and missing and not _is_command(function):
            yield name, missing


def _public(body: ast.Module | ast.ClassDef, within: str = "") -> Iterator[tuple[str, Function]]:
    """Functions and methods that others may call: none of a private class, and none inside a function."""
    for node in body.body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        if isinstance(node, ast.ClassDef):
            yield from _public(node, f"{within}{node.name}.")
        else:
            yield f"{within}{node.name}", node


def _arguments(function: Function) -> list[str]:
    a = function.args
    every = [*a.posonlyargs, *a.args, *filter(None, [a.vararg]), *a.kwonlyargs, *filter(None, [a.kwarg])]
    return [one.arg for one in every if one.arg not in ("self", "cls")]


def _named(docstring: str) -> set[str]:
    """The arguments in the Args section of a docstring."""
    section = re.search(r"^Args:\n((?: {4}.*\n?|\n)*)", docstring, re.MULTILINE)
    return set(re.findall(r"^ {4}(\w+): ", section[1], re.MULTILINE)) if section else set()


def _is_command(function: Function) -> bool:
    """A command of the command line: each option has its own help, and the docstring is the help above them."""
    hints = [ast.unparse(one.annotation) for one in function.args.args if one.annotation]
    return any("typer." in hint or hint.endswith("Option") for hint in hints)
