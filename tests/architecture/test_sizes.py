"""Files, functions and templates stay small enough to be read in one go."""

from statistics import median, quantiles

from tests.architecture.source import body_length, functions, length, place, python_files, templates


def test_files_are_short() -> None:
    lines = {path: path.read_text().splitlines() for path in python_files()}
    assert [place(path) for path, found in lines.items() if len(found) > 400] == []
    written = [sum(bool(line.strip()) for line in found) for found in lines.values()]
    assert median(written) <= 70
    assert quantiles(written, n=10)[-1] <= 160


def test_functions_are_short() -> None:
    lengths = {(path, one.lineno): length(one) for path in python_files() for one in functions(path)}
    assert [place(*where) for where, lines in lengths.items() if lines > 50] == []
    assert quantiles(lengths.values(), n=10)[-1] <= 23


def test_views_load_check_act_and_answer() -> None:
    views = [path for path in python_files() if "views" in path.parts or path.name == "views.py"]
    found = [place(path, one.lineno) for path in views for one in functions(path) if body_length(one) > 20]
    assert found == []


def test_templates_are_short() -> None:
    assert [place(path) for path in templates() if len(path.read_text().splitlines()) > 150] == []
