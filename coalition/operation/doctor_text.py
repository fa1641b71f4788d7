"""What the doctor's findings say: what was looked at, how it is, and what to do about it."""

from collections.abc import Mapping

from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang, moment_text
from coalition.locale.messages import N_, translate
from coalition.operation.finding import Finding, Level
from settlement import Phrase

NAMES: Mapping[str, str] = {
    "configuration": N_("Configuration"),
    "address": N_("Address"),
    "proxies": N_("Proxies"),
    "database": N_("Database"),
    "schema": N_("Schema"),
    "clock": N_("Clock"),
    "disk": N_("Disk space"),
    "durable": N_("Durability"),
    "writable": N_("Writing"),
    "secrets": N_("Secrets"),
    "plans": N_("Query plans"),
    "connections": N_("Connections"),
    "dead_rows": N_("Dead rows"),
    "statistics": N_("Statistics"),
    "time": N_("Time"),
    "windows": N_("Windows"),
    "events": N_("Events"),
    "notifications": N_("Notifications"),
    "owner": N_("Owner"),
    "keys": N_("API keys"),
    "audit": N_("Audit"),
    "stripe": N_("Stripe"),
    "rails": N_("Rails"),
    "payees": N_("Payees"),
}
LEVELS: Mapping[Level, str] = {Level.OK: N_("ok"), Level.WARN: N_("warn"), Level.FAIL: N_("FAIL")}
STATES: Mapping[str, str] = {
    "settings_read": N_("the environment's settings can be used"),
    "settings_bad": "{why}",
    "no_address": N_("no public address is set; a link in a message has the address of whoever asks for it"),
    "bad_address": N_("{url} is no address that a browser can open"),
    "plain_address": N_("{url} is not encrypted: passwords can be read on the way, and passkeys don't work"),
    "address": N_("links in messages begin with {url}"),
    "proxies": N_("X-Forwarded-For counts from {proxies}, and from nobody else"),
    "no_proxies": N_("whoever comes through a proxy counts as the proxy, and its TLS is not known here"),
    "direct": N_("X-Forwarded-For counts from nobody"),
    "reached": N_("{url} answers"),
    "missing": N_("{url} does not exist yet"),
    "unreachable": "{why}",
    "newest": N_("at the newest revision, {revision}"),
    "other_revision": N_("at {revision}; the newest is {newest}"),
    "writes": N_("writing works"),
    "read_only": "{why}",
    "secrets_unusable": "{why}",
    "secrets_plain": N_("{count} can be read by whoever has the database alone"),
    "secrets_sealed": N_("all are sealed"),
    "secrets_no_key": N_("there is none yet, and no key to seal one with"),
    "plans_kept": N_("each posting finds its rows by their indexes"),
    "plans_drifted": N_("the database would not use the index for {queries}: postings get slow as it grows"),
    "connections": N_("{count} of {room} are in use"),
    "vacuumed": N_("no large table has many"),
    "dead_rows_many": N_("more than 30 % in {tables}"),
    "analyzed": N_("those of large tables are fresh"),
    "statistics_old": N_("more than 30 % of the rows of {tables} have changed since theirs were collected"),
    "same_clock": N_("the database has this machine's clock"),
    "clock_off": N_("the database's clock is {seconds} s off this machine's"),
    "free": N_("{free} MB free of {total} MB"),
    "elsewhere": N_("the database takes {size} MB on its server's disk"),
    "durable": N_("each commit is on the disk: {settings}"),
    "not_durable": N_("a commit may be lost: {settings}"),
    "time_unseen": N_("{alliance}: no worker has looked at the clock yet"),
    "time_seen": N_("{alliance}: the clock was seen at {at}"),
    "clock_jumped": N_(
        "{alliance}: the clock is {hours} hours after {at}, when it was last seen; nothing expires and no window closes"
    ),
    "closed": N_("{alliance}: none is overdue"),
    "overdue": N_("{alliance}: {count} overdue"),
    "behind": N_("{alliance}: postings that wait to be published: {count}"),
    "notifications_sent": N_("{alliance}: none waits for another try"),
    "notifications_waiting": N_("{alliance}: waiting for another try: {count}; {why}"),
    "has_owner": N_("{alliance}: an owner can log in"),
    "no_owner": N_("{alliance}: no owner can log in yet"),
    "keys_last": N_("{alliance}: none ends within {days} days"),
    "keys_end": N_("{alliance}: within {days} days end {keys}"),
    "never_audited": N_("{alliance}: never yet"),
    "audited": N_("{alliance}: every check passed at {at}"),
    "audited_up_to": N_(
        "{alliance}: every check passed at {at}, up to posting {posting}; the whole book was last read at {full_at}"
    ),
    "audit_old": N_("{alliance}: not since {at}"),
    "audit_failed": "{alliance}: {why}",
    "no_stripe": N_("{alliance}: no account at Stripe is set"),
    "stripe_ready": N_("{alliance}: the account at Stripe can collect and pay"),
    "stripe_not_ready": "{alliance}: {why}",
    "stripe_unread": "{alliance}: {why}",
    "rails_agree": N_("{alliance}: book and rails agreed when their movements were last taken in"),
    "rails_missing": N_("{alliance}: money went over rails that are not set up here: {rails}"),
    "rails_differ": N_("{alliance}: book and rails differ: {rails}"),
    "rails_unread": "{alliance}: {why}",
    "payees_match": N_("{alliance}: no bank has another name for a shop's account"),
    "payees_doubtful": N_("{alliance}: banks have other names for the accounts of {shops}"),
}
"""How a thing is, by the state of its finding."""
ADVICE: Mapping[str, str] = {
    "settings_bad": N_("Correct the variable, or the line in .env."),
    "no_address": N_("Set COALITION_PUBLIC_URL to the address at which people reach this server."),
    "bad_address": N_("Write COALITION_PUBLIC_URL as https://points.example."),
    "plain_address": N_("Put a proxy with a certificate in front, and its https:// address into COALITION_PUBLIC_URL."),
    "no_proxies": N_(
        "Put a proxy such as Caddy in front, and its address into COALITION_TRUSTED_PROXIES: 127.0.0.1 on this machine."
    ),
    "no_owner": N_("`coalition users add EMAIL` prints an invitation; whoever opens it chooses a password."),
    "keys_end": N_("`coalition keys rotate ID` makes a new one, and lets the old one go on for a week."),
    "missing": N_("`coalition serve` creates it when it first starts."),
    "unreachable": N_("Check COALITION_DATABASE_URL, and that the server runs and lets this machine in."),
    "other_revision": N_(
        "`coalition serve` brings an older one up to date; a newer one needs a newer version of this program."
    ),
    "read_only": N_("Give this user the right to write; is it a standby, or is the disk full or read-only?"),
    "secrets_unusable": N_("Give every process the key under which they were sealed."),
    "secrets_plain": N_("`coalition secrets create-key FILE` makes a key, and `coalition secrets seal` seals them."),
    "secrets_no_key": N_("`coalition secrets create-key FILE` makes a key."),
    "plans_drifted": N_("Run ANALYZE; if that does not help, look for an index that is missing or was added."),
    "connections": N_("Raise max_connections, or see which other programs keep so many."),
    "dead_rows_many": N_("Is autovacuum on, and is no transaction open for hours? VACUUM does it now."),
    "statistics_old": N_("Is autovacuum on? ANALYZE does it now."),
    "clock_off": N_("Let both machines keep time by NTP."),
    "free": N_("Make room: a full disk stops all writing."),
    "not_durable": N_(
        "Set fsync, full_page_writes and synchronous_commit to on (SQLite: journal_mode WAL, synchronous FULL)."
    ),
    "clock_jumped": N_("Set the clock right; if it is right, `coalition alliance confirm-clock` says so."),
    "overdue": N_("Is a `coalition serve` or `coalition work` running? Its log says why it closes none."),
    "behind": N_("Is a `coalition serve` or `coalition work` running? Webhooks wait for it."),
    "notifications_waiting": N_("Check the COALITION_SMTP_ settings, and that the mail server lets this machine in."),
    "never_audited": N_("`coalition serve` and `coalition work` do it once a day; `coalition audit` does it now."),
    "audit_old": N_("Is a `coalition serve` or `coalition work` running? `coalition audit` does it now."),
    "stripe_not_ready": N_("Change it on Stripe's dashboard, then run this again."),
    "stripe_unread": N_(
        "Check COALITION_STRIPE_KEY and COALITION_STRIPE_ALLIANCE, and that this machine reaches Stripe."
    ),
    "rails_missing": N_("Set them up here too (COALITION_STRIPE_KEY, COALITION_BANK), or run this where they are."),
    "rails_differ": N_("`coalition settle match` lists each movement and payment; match or book what is left."),
    "rails_unread": N_("Correct the settings of the rail."),
    "payees_doubtful": N_(
        "Ask each shop by another way than its message whose account that is, before the bank is told to pay; then "
        "correct its name or account."
    ),
    "audit_failed": N_("Run `coalition audit`, close no window until you know the cause, and make a backup now."),
}
"""What to do about a finding that is not OK."""


def finding_text(finding: Finding, timezone: str, lang: Lang) -> str:
    """How a thing is; where it is not as it should be, on a second line what to do about it."""
    values = {
        name: phrase_text(value, lang) if isinstance(value, Phrase) else value for name, value in finding.values.items()
    }
    for name in values.keys() & {"at", "full_at"}:
        values[name] = moment_text(int(values[name]), timezone, lang)
    state = translate(STATES[finding.state], lang, **values)
    return state if finding.level is Level.OK else f"{state}\n→ {translate(ADVICE[finding.state], lang)}"
