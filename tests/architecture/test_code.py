"""Rules of the house that a reader would otherwise have to watch for."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from core.events import event_types
from core.reactions import _BY_TYPE
from tests.architecture.source import APPS, ROOT, functions, place, python_files, tree

# Django names what they are.
UNDOCUMENTED = {"urls.py", "apps.py", "problems.py"}


def test_money_never_passes_through_a_float() -> None:
    found = [
        place(path, node.lineno)
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    ]
    assert found == []


def test_only_one_module_rounds_money() -> None:
    found = [
        place(path, node.lineno)
        for path in python_files()
        if path.name != "money.py" and not {"presentation", "sandbox_erp"} & set(path.parts)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "quantize"
    ]
    assert found == []


def test_nothing_is_printed_but_by_commands() -> None:
    found = [
        place(path, node.lineno)
        for path in python_files()
        if not {"management", "local"} & set(path.parts)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert found == []


def test_no_signal_drives_the_business() -> None:
    allowed = {"core/history.py"}
    found = [
        place(path) for path in python_files() if re.search(r"\b(post|pre)_(save|delete)\b", path.read_text())
    ]
    assert set(found) - {"core/history.py"} - allowed == set()


def verbs() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in python_files():
        for one in functions(path):
            names = [name.id for name in one.decorator_list if isinstance(name, ast.Name)]
            if "verb" in names:
                yield path, one


def test_verbs_stand_in_actions_and_name_subject_and_actor() -> None:
    wrong = []
    for path, verb in verbs():
        keywords = {argument.arg for argument in verb.args.kwonlyargs}
        subject_first = len(verb.args.args) <= 2
        if "actions" not in path.parts or "actor" not in keywords or not subject_first:
            wrong.append(place(path, verb.lineno))
        if not ast.get_docstring(verb):
            wrong.append(place(path, verb.lineno))
    assert wrong == []
    assert sum(1 for _ in verbs()) > 20


def test_verbs_take_no_clock_for_business_dates() -> None:
    wrong = []
    for path, verb in verbs():
        for node in ast.walk(verb):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in {"today", "localdate"}:
                wrong.append(place(path, called.lineno))
    assert wrong == []


def test_public_functions_say_what_they_guarantee() -> None:
    layers = {"actions", "queries", "policies.py"}
    silent = [
        place(path, one.lineno)
        for path in python_files()
        if layers & set(path.parts)
        for one in tree(path).body
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("_") and not ast.get_docstring(one)
    ]
    assert silent == []


def test_events_are_frozen_named_by_object_and_past_and_handlers_know_them() -> None:
    for app in APPS:
        if find_spec(f"{app}.events"):
            import_module(f"{app}.events")
    for name, payload in event_types().items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", name), name
        assert is_dataclass(payload) and payload.__dataclass_params__.frozen, name  # type: ignore[attr-defined]
        assert (inspect.getdoc(payload) or "").strip(), name
    assert set(_BY_TYPE) - set(event_types()) == set()


def test_every_module_can_be_imported_and_every_package_says_what_it_is() -> None:
    for path in python_files():
        if path.name == "__init__.py" or "__main__" in path.name or "wsgi" in path.name:
            continue
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        assert module.__doc__ or path.name in UNDOCUMENTED or "commands" in path.parts, place(path)


def test_the_tree_names_no_machine_and_no_other_repository() -> None:
    wrong = re.compile(r"\.\./shared|/work/main|/home/[a-z]|/Users/[a-z]")
    found = [place(path) for path in python_files() if wrong.search(path.read_text())]
    assert found == []
