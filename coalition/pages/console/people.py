"""What the people are called who did something, as the log names them."""

from shlex import join

from coalition.access.user_store import list_users
from coalition.locale.messages import N_
from coalition.pages.console.staff_visit import StaffVisit

PEOPLE_MAX = 10_000
OTHERS = {"command": N_("The command on the server"), "worker": N_("The server")}


def names_of_people(staff: StaffVisit) -> dict[str, str]:
    """Names, or e-mail addresses where there is none, of the alliance's users, by what the log calls each."""
    with staff.alliance.database.engine.connect() as connection:
        users = list_users(connection, staff.alliance.id, None, None, PEOPLE_MAX)
    named = {user.subject: user.name or user.email for user in users}
    return named | {subject: staff.visit.say(name) for subject, name in OTHERS.items()}


def invite_command(staff: StaffVisit, *asked: str) -> str:
    """The command on the server that invites somebody: `asked` are their address and options."""
    return join(["coalition", "users", "add", *asked, "--alliance", staff.alliance.book.settings.name])
