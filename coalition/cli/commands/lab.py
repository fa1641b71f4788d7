"""`coalition lab`: run a scheme as it is sold, list the models, and let one grow."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from coalition.cli.options import TRY_IT, LanguageOption
from coalition.locale.error_text import error_text
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab import Scenario
    from coalition.lab.report.poster import Form
    from coalition.lab.runner import Progress as Advance

app = typer.Typer(
    name="lab",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Run a points scheme as it is sold, beside an honest fixed-rate coalition, and see who pays.",
)

PANEL, POSITION = TRY_IT, 20

console = Console()
errors = Console(stderr=True)

ScenarioFile = Annotated[
    Path,
    typer.Argument(metavar="SCENARIO.toml", exists=True, dir_okay=False, help="Model, parameters, events, growth."),
]
PurchasesFile = Annotated[
    Path | None,
    typer.Option(
        "--purchases",
        metavar="PURCHASES.csv",
        exists=True,
        dir_okay=False,
        help="Real purchases (at,member,merchant,amount,spend), run after the scenario's events.",
    ),
]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="OUT.json", help="Write all figures and the verdict.")]
AllRows = Annotated[
    bool, typer.Option("--all-rows", help="Write the row of every event into OUT.json, not a selection of a long run.")
]
ReportFile = Annotated[
    Path | None,
    typer.Option("--report", metavar="OUT.html", help="Write one self-contained page with charts."),
]
PosterFile = Annotated[
    Path | None,
    typer.Option(
        "--poster", metavar="OUT.pdf", help="Write one page: A4 for a wall (.pdf), or a picture for a chat (.png)."
    ),
]
YearOption = Annotated[
    bool,
    typer.Option("--year", help="Run a real year after the events: the demo's 155,848 purchases, downloaded once."),
]
Setting = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Overrides a key of the growth table, such as stop_month=24. Repeatable."
    ),
]


@app.command("run")
def run_command(
    scenario: ScenarioFile,
    purchases: PurchasesFile = None,
    json_file: JsonFile = None,
    report_file: ReportFile = None,
    poster_file: PosterFile = None,
    year: YearOption = False,
    all_rows: AllRows = False,
    *,
    lang: LanguageOption,
) -> None:
    """Run a scenario as it is sold, and print who pays.

    A scenario is a TOML file: [bold]model[/bold], an optional [bold]preset[/bold], a table
    [bold]params[/bold] that overrides it, and the [bold]events[/bold]. `coalition lab list` names what each
    model knows. Without events of its own a scenario can run on --purchases or --year alone.
    """
    from coalition.cli.lab_tables import summary, vendor_table
    from coalition.lab import RunLimits, as_data, read_purchases, run
    from coalition.lab.report.poster import poster
    from coalition.lab.report.report import report
    from coalition.lab.runner import ROWS_KEPT
    from coalition.lab.vendor_figures import compare

    with _readable_errors(lang):
        asked = _load(scenario)
        if year and not purchases:
            from coalition.demo import journey

            with console.status(translate("Fetching a real year of purchases", lang)):
                purchases = journey.purchases(journey.cache_folder(), lambda _: None)
        if purchases:
            asked = asked.with_purchases(read_purchases(purchases.read_bytes()))
        with _progress_bar(translate("Running", lang)) as advance:
            result = run(asked, RunLimits(rows=None if all_rows else ROWS_KEPT), advance)
        if json_file:
            _write(json_file, json.dumps(as_data(result), ensure_ascii=False, indent=1) + "\n", lang)
        if report_file:
            _write(report_file, report(result, lang), lang)
        if poster_file:
            form: Form = "chat" if poster_file.suffix.lower() == ".png" else "wall"
            _write(poster_file, poster(result, lang, form), lang)
        console.print(summary(result, lang))
        if asked.vendor:
            console.print(vendor_table(scenario.stem, asked, compare(result), lang))


@app.command("list")
def list_command(
    model: Annotated[str | None, typer.Argument(help="Only this model.")] = None,
    *,
    lang: LanguageOption,
) -> None:
    """List the models with their presets, parameters and events."""
    from coalition.cli.lab_tables import model_list
    from coalition.lab import find_models
    from coalition.lab.errors import ScenarioInvalid

    with _readable_errors(lang):
        models = find_models()
        if model and model not in models:
            raise ScenarioInvalid("model", Phrase(N_("{name} is not a model"), name=repr(model)), ", ".join(models))
        for name, scheme in models.items():
            if model in (None, name):
                console.print(model_list(scheme, lang))


@app.command("examples")
def examples_command(
    name: Annotated[str | None, typer.Argument(help="Print this example's scenario file.")] = None,
    *,
    lang: LanguageOption,
) -> None:
    """Run an example of every scheme, and set the vendor's figures beside the lab's.

    With a name, print that example's file, to start a scenario of your own from.
    """
    from coalition.cli.lab_tables import vendor_table
    from coalition.lab import read_toml, run
    from coalition.lab.errors import ScenarioInvalid
    from coalition.lab.examples import example_files
    from coalition.lab.vendor_figures import compare

    with _readable_errors(lang):
        files = example_files()
        if name and name not in files:
            raise ScenarioInvalid("example", Phrase(N_("{name} is not an example"), name=repr(name)), ", ".join(files))
        if name:
            typer.echo(files[name].read_text(encoding="utf-8"), nl=False)
            return
        for example, path in files.items():
            result = run(read_toml(path.read_text(encoding="utf-8")))
            console.print(vendor_table(example, result.scenario, compare(result), lang))


@app.command("grow")
def grow_command(
    scenario: ScenarioFile,
    setting: Setting = None,
    json_file: JsonFile = None,
    report_file: ReportFile = None,
    *,
    lang: LanguageOption,
) -> None:
    """Simulate how a scheme grows, stops growing, or is run on: many random runs, month by month.

    The scenario's [bold]growth[/bold] table says how: shape (constant, exponential, logistic), months,
    members, rate, stop_month, run_month, run_share, amount, spread, runs and seed.
    """
    from coalition.cli.lab_tables import growth_summary
    from coalition.lab.report.growth_report import growth_report
    from coalition.lab.simulation.grow import grow, growth_data

    with _readable_errors(lang):
        asked = _load(scenario)
        asked = replace(asked, growth={**(asked.growth or {}), **_settings(setting or [])})
        with _progress_bar(translate("Simulating", lang)) as advance:
            simulation = grow(asked, advance)
        if json_file:
            _write(json_file, json.dumps(growth_data(asked, simulation), ensure_ascii=False, indent=1) + "\n", lang)
        if report_file:
            _write(report_file, growth_report(asked, simulation, lang), lang)
        console.print(growth_summary(asked, simulation, lang))


def _load(path: Path) -> "Scenario":
    from coalition.lab import read_toml

    return read_toml(path.read_text(encoding="utf-8-sig"))


def _settings(options: list[str]) -> dict[str, str]:
    from coalition.lab.errors import ScenarioInvalid

    settings: dict[str, str] = {}
    for text in options:
        key, equals, value = text.partition("=")
        if not equals:
            raise ScenarioInvalid(
                "--set", Phrase(N_("{text} is not KEY=VALUE"), text=repr(text)), N_("for example stop_month=24")
            )
        settings[key.strip()] = value.strip()
    return settings


@contextmanager
def _progress_bar(what: str) -> "Iterator[Advance]":
    """A bar on standard error that shows itself only on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _readable_errors(lang: Lang) -> Iterator[None]:
    from coalition.lab import LabError

    try:
        yield
    except LabError as error:
        _fail(error_text(error, lang), error)
    except UnicodeDecodeError as error:
        _fail(translate("the file is not UTF-8: {reason}", lang, reason=error), error)
    except OSError as error:
        _fail(
            translate("can't read or write {file}: {reason}", lang, file=error.filename, reason=error.strerror), error
        )


def _fail(sentence: str, error: Exception) -> NoReturn:
    errors.print(f"[red]{escape(sentence)}[/red]")
    raise typer.Exit(2) from error


def _write(path: Path, content: str | bytes, lang: Lang) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    errors.print(escape(translate("wrote {file}", lang, file=path)))
