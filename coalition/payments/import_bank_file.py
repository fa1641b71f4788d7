"""Import a file from the bank: what it says is believed, so much at once and in all from one person or key."""

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from settlement.rails.bank import BankImport, BankSettings, import_read, new_value, read_bank_file

IMPORT_BANK_FILE = "import_bank_file"
IMPORT_ALONE_MINOR_MAX = 100_000
"""What one person or key may import at once, in minor units, unless the alliance sets another limit. It is what one
person may confirm by hand: a file is as easily made up.
"""


def import_bank_file(
    alliance: Alliance, approvals: Approvals, caller: Caller, settings: BankSettings, name: str, content: bytes
) -> BankImport:
    """Import a file whole or not at all, and log it; the same file again changes nothing and takes nobody.

    What counts is what is new in it: movements, and payments that it says were refused. Raises BankFileUnreadable,
    ForeignStatement, and above what one may import alone ApprovalAwaited and PersonNeeded.
    """
    read = read_bank_file(alliance.book, settings, name, content)
    value = new_value(alliance.book, settings, read)
    minor = sum(value)
    if minor:
        asked: Payload = {"name": name, "sha256": read.sha256, **value._asdict()}
        approvals.check_alone(caller, IMPORT_BANK_FILE, minor, minor, asked)
    done = import_read(alliance.book, settings, read)
    record_separately(alliance.database, caller, "bank_file.import", name, {"lines": done.lines_new})
    return done
