"""`python -m config.local demo|serve|env|reset`: what `make demo` and `make demo-reset` run."""

import argparse
import shlex
import sys

from config.environment import data_folder
from config.local.demo import run_demo, run_server
from config.local.folder import DataFolder
from config.local.problems import LocalProblem
from config.local.process import stop_leftovers


def main(words: list[str]) -> int:
    """Run one command; a problem a person can mend is one sentence and exit code 1."""
    commands = {"demo": run_demo, "serve": run_server, "env": show_environment, "reset": reset}
    parser = argparse.ArgumentParser(prog="python -m config.local", description=__doc__)
    parser.add_argument("command", choices=commands)
    folder = DataFolder(data_folder().resolve())
    try:
        commands[parser.parse_args(words).command](folder)
    except LocalProblem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.")
    return 0


def show_environment(folder: DataFolder) -> None:
    """Print what a program needs to work with the running servers, as lines for a shell."""
    addresses = folder.published()
    if not addresses:
        raise LocalProblem("No servers run from this folder; start them first: make demo")
    # Settings take a database that the environment names for a real one, unless told otherwise.
    for name, value in {**addresses, "TIEOUT_DEMO": "yes"}.items():
        print(f"export {name}={shlex.quote(value)}")


def reset(folder: DataFolder) -> None:
    """Remove the data folder with everything in it; refuse while a launcher uses it."""
    if not folder.path.exists():
        print(f"There is no data folder {folder.path}: nothing to remove.")
        return
    folder.require_ours()
    with folder.held():
        stop_leftovers(folder.locks)
        folder.wipe()
    print(f"Removed {folder.path}. A database that DATABASE_URL names is never touched.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
