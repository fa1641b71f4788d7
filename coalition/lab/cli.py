"""`coalition lab`: run a scheme as it is sold, list the models, and let one grow."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from coalition.lab import MODELS, LabError, Result, Scenario, as_data, read_purchases, read_toml, run
from coalition.lab.runner import Progress as ProgressCall
from coalition.lab.terminal import model_list, summary

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Run a points scheme as it is sold, beside an honest fixed-rate coalition, and see who pays.",
)

console = Console()
errors = Console(stderr=True)

ScenarioFile = Annotated[
    Path,
    typer.Argument(metavar="SCENARIO.toml", exists=True, dir_okay=False, help="The scheme and its events."),
]
PurchasesFile = Annotated[
    Path | None,
    typer.Option(
        "--purchases",
        metavar="PURCHASES.csv",
        exists=True,
        dir_okay=False,
        help="Real purchases (at,member,merchant,amount,spend) to run after the scenario's events.",
    ),
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="OUT.json", help="Write every row and the verdict.")
]


@app.command("run")
def run_command(
    scenario: ScenarioFile,
    purchases: PurchasesFile = None,
    json_file: JsonFile = None,
) -> None:
    """Run a scenario and print its verdict."""
    with _readable_errors():
        asked = _load(scenario, purchases)
        result = _run(asked)
        if json_file:
            _write(json_file, json.dumps(as_data(result), ensure_ascii=False, indent=1) + "\n")
        console.print(summary(result))


@app.command("list")
def list_command() -> None:
    """List the models with their presets, parameters and events."""
    for model in MODELS.values():
        console.print(model_list(model))


def _load(scenario: Path, purchases: Path | None) -> Scenario:
    asked = read_toml(scenario.read_text(encoding="utf-8"))
    if purchases is None:
        return asked
    with purchases.open(encoding="utf-8-sig", newline="") as lines:
        return asked.with_purchases(read_purchases(lines))


def _run(scenario: Scenario) -> Result:
    with progress_bar("Running") as advance:
        return run(scenario, progress=advance)


@contextmanager
def progress_bar(what: str) -> Iterator[ProgressCall]:
    """A bar on standard error that shows itself only on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except LabError as error:
        errors.print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(2) from error
    except (OSError, UnicodeDecodeError) as error:
        errors.print(f"[red]can't read or write: {escape(str(error))}[/red]")
        raise typer.Exit(2) from error


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    errors.print(f"wrote {escape(str(path))}")
