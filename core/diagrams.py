"""Draw the state diagrams of docs/states/ from the tables the verbs obey."""

from pathlib import Path

from core.states import StateTable, all_tables, words

HEADER = "<!-- Written by `make diagrams` from the TRANSITIONS tables; do not edit. -->"


def diagram(table: StateTable) -> str:
    """Return the page of one aggregate: its states and legal moves as a mermaid diagram."""
    lines = [f"# {table.name.capitalize()}", "", HEADER, "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {state} : {words(state)}" for state in table.moves if "_" in state]
    lines.append(f"    [*] --> {table.initial}")
    for state, targets in table.moves.items():
        lines += [f"    {state} --> {target}" for target in table.moves if target in targets]
        lines += [] if targets else [f"    {state} --> [*]"]
    return "\n".join([*lines, "```", ""])


def pages() -> dict[str, str]:
    """Return every page of docs/states/ by its file name."""
    drawn = {f"{name.replace(' ', '-')}.md": diagram(table) for name, table in all_tables().items()}
    links = [f"- [{name}]({name.replace(' ', '-')}.md)" for name in all_tables()]
    drawn["README.md"] = "\n".join(["# States", "", HEADER, "", *links, ""])
    return drawn


def differing(folder: Path) -> list[str]:
    """Return the names of pages that are missing, outdated or left over."""
    wanted = pages()
    found = {path.name: path.read_text() for path in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write(folder: Path) -> list[str]:
    """Bring the folder up to date and return the names of the pages that changed."""
    changed, wanted = differing(folder), pages()
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name])
        else:
            (folder / name).unlink()
    return changed
