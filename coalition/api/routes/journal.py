"""The journal of the money book, for accountants."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from coalition.access.caller import TREASURERS, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.problems import invalid, responses
from coalition.api.router import Router
from coalition.api.times import Day
from coalition.journal.chart import built_in_chart
from coalition.journal.export_journal import export_journal
from coalition.journal.journal_form import JournalForm
from coalition.web.request import language_of

router = Router(prefix="/v1/journal", tags=["reports"])
POSITION = 245

Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
MEDIA_TYPES = {JournalForm.CSV: "text/csv; charset=utf-8", JournalForm.HLEDGER: "text/plain; charset=utf-8"}


@router.get(
    "",
    operation_id="getJournal",
    summary="Get the journal of the money book",
    response_class=Response,
    responses={
        **responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used.")),
        200: {
            "description": "The journal, as a file.",
            "content": {"text/csv": {"schema": {"type": "string"}}, "text/plain": {"schema": {"type": "string"}}},
        },
    },
)
def get_journal(
    request: Request,
    caller: Treasurer,
    *,
    first_day: Annotated[Day, Query(description="The first day, in the alliance's time zone.")],
    last_day: Annotated[Day, Query(description="The last day, included.")],
    format: Annotated[  # noqa: A002
        JournalForm, Query(description="A table (`csv`), or a file for plain text accounting (`hledger`).")
    ] = JournalForm.CSV,
    balances: Annotated[bool, Query(description="With each account's balance at both ends.")] = False,
) -> Response:
    """For accountants, with a small chart of accounts: every entry balances and ties to the balances. The date of an
    entry is when it was recorded, so a period that was exported once is the same for ever.

    `coalition journal` writes the same with the codes of your own chart.
    """
    if last_day < first_day:
        raise invalid("last_day", "days_reversed")
    alliance, lang = alliance_now(request, caller), language_of(request)
    chart = built_in_chart(lang)
    file = export_journal(alliance.book, first_day, last_day, chart, lang, form=format, balances=balances)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, headers=headers, media_type=MEDIA_TYPES[format])
