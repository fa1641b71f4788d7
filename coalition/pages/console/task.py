"""One piece of long work: how far it is, and what came of it. The page can be closed, and found again in the list."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from coalition.pages.console.people import names_of_people
from coalition.pages.console.sections import TASKS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.console.tasks import ListedTask, in_words
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref
from coalition.tasks.list_tasks import find_own_task

router = PageRouter("/console/tasks/{task}")
Staff = Annotated[StaffVisit, Depends(admit(TASKS.roles))]


@dataclass(frozen=True, slots=True)
class TaskPage(ConsolePage):
    """A task; `lang` chooses from texts that it wrote in each language."""

    listed: ListedTask
    lang: str
    section: Section = TASKS


@router.get("")
def task(staff: Staff, task: Ref) -> HTMLResponse:
    """How far it is."""
    asked = find_own_task(staff.alliance, staff.caller, task)
    return show(staff.visit, TaskPage(in_words(staff, asked, names_of_people(staff)), staff.visit.lang))
