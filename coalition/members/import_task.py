"""A file of members as a task: what is in it and what will happen, then row by row, and what became of each."""

from collections.abc import Sequence
from hashlib import sha256

from coalition.access.caller import OWNERS, Caller
from coalition.alliance import Alliance
from coalition.approvals.approvals import Approvals
from coalition.locale.messages import N_
from coalition.members.import_file import ImportFile, check_readable, import_readable, read_rows
from coalition.members.import_members import ImportedMember, MemberRow, find_problems, imported_before
from coalition.members.releases import release_due
from coalition.tasks.start_task import LogLine, start_task
from coalition.tasks.task import Outcome, Task, TaskFile, TaskKind, TaskRun, TaskStep
from coalition.tasks.why import in_each_language
from settlement import NamedFact, Phrase, customs_of

ROWS_MAX = 20_000
PORTION = 200
"""Rows between which it is written down how far the import is."""
PROBLEMS_MOST = 50
FILE = "file"


def read_import(alliance: Alliance, content: bytes) -> ImportFile:
    """Read a file; rows beyond the most that are taken at once are refused."""
    file = read_rows(content, customs_of(alliance.book.settings.timezone))
    too_many = Phrase("One import takes at most {most} rows.", most=ROWS_MAX)
    return file._replace(rows=[(ref, too_many if at >= ROWS_MAX else row) for at, (ref, row) in enumerate(file.rows)])


def foreseen(alliance: Alliance, file: ImportFile) -> list[Sequence[NamedFact | str]]:
    """All that is wrong with each row as far as it can be seen now; nothing where it can be imported."""
    checked = iter(find_problems(alliance, [row for row in file.readable if isinstance(row, MemberRow)]))
    return [
        next(checked) if isinstance(row, MemberRow) else file.problems.get(at, [row])
        for at, row in enumerate(file.readable)
    ]


def start_import(alliance: Alliance, approvals: Approvals, caller: Caller, content: bytes, key: str) -> Task:
    """Import what can be of a file, as a task. Whatever was imported before stays as it is.

    Raises RoleNotAllowed, and ApprovalAwaited and PersonNeeded where the points are more than one person may import.
    """
    file = read_import(alliance, content)
    check_readable(alliance, approvals, caller, file.readable)
    before = imported_before(alliance, [row for row in file.readable if isinstance(row, MemberRow)])
    source = TaskFile(f"{sha256(content).hexdigest()}.csv", content)
    begun: Outcome = {"taken": 0, "before": before, "bad": 0, "problems": []}
    log: LogLine = ("members.import", "csv", {"rows": len(file.rows)})
    return start_task(
        alliance, caller, IMPORT_MEMBERS, key, source=source, total=len(file.rows), outcome=begun, log=log
    )


def import_portion(run: TaskRun) -> TaskStep:
    """Import the next rows. A row that was imported already counts as taken, whenever that was."""
    if FILE not in run.memory:
        run.memory[FILE] = read_import(run.alliance, run.source)
    file: ImportFile = run.memory[FILE]
    rows, asked = file.rows, slice(run.task.done, run.task.done + PORTION)
    portion = rows[asked]
    answers = import_readable(run.alliance, [row for _, row in portion])
    problems = [
        [ref, in_each_language(run.alliance, answer), line]
        for (ref, _), answer, line in zip(portion, answers, file.lines[asked], strict=True)
        if not isinstance(answer, ImportedMember)
    ]
    done, before = run.task.done + len(portion), run.task.outcome
    finished = done >= len(rows)
    if finished:
        release_due(run.alliance)
    outcome: Outcome = {
        **before,
        "taken": before["taken"] + len(portion) - len(problems),
        "bad": before["bad"] + len(problems),
        "problems": [*before["problems"], *problems][:PROBLEMS_MOST],
    }
    return TaskStep(done, len(rows), outcome, finished)


IMPORT_MEMBERS = TaskKind("members.import", N_("Import of members"), OWNERS, import_portion)
