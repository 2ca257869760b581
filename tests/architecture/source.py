"""The product's own files, for tests that walk the tree."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
APPS = ("config", "core", "contracts", "projects", "timesheets", "billing", "integrations", "reporting")


@cache
def python_files() -> tuple[Path, ...]:
    """Return every module of the product but migrations."""
    found = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def templates() -> tuple[Path, ...]:
    """Return every template."""
    return tuple(sorted((ROOT / "templates").rglob("*.html")))


@cache
def tree(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield every function and method of a module."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def length(node: ast.FunctionDef) -> int:
    """Return the lines of a function from its first to its last, decorators left out."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def body_length(node: ast.FunctionDef) -> int:
    """Return the lines of a function below its signature and docstring."""
    statements = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (node.end_lineno or node.lineno) - statements[0].lineno + 1


def place(path: Path, line: int = 0) -> str:
    """Return where something stands, for messages."""
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))
