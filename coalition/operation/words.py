"""What the doctor says, in both languages: what was found, and what to do about it."""

from collections.abc import Mapping

from coalition.locale.formats import Lang

NAMES: Mapping[str, Mapping[Lang, str]] = {
    "configuration": {"en": "Configuration", "zh": "配置"},
    "database": {"en": "Database", "zh": "数据库"},
    "schema": {"en": "Schema", "zh": "表结构"},
    "clock": {"en": "Clock", "zh": "时钟"},
    "disk": {"en": "Disk space", "zh": "磁盘空间"},
    "durable": {"en": "Durability", "zh": "持久性"},
    "writable": {"en": "Writing", "zh": "写入"},
    "windows": {"en": "Windows", "zh": "结算窗口"},
    "outbox": {"en": "Events", "zh": "事件"},
    "letters": {"en": "Letters", "zh": "邮件通知"},
    "audit": {"en": "Audit", "zh": "审计"},
}

LEVELS: Mapping[str, Mapping[Lang, str]] = {
    "ok": {"en": "ok", "zh": "正常"},
    "warn": {"en": "warn", "zh": "注意"},
    "fail": {"en": "FAIL", "zh": "失败"},
}

TOLD: Mapping[str, Mapping[Lang, str]] = {
    "settings_read": {"en": "the environment's settings can be used", "zh": "环境设置可用"},
    "settings_bad": {"en": "{why}", "zh": "{why}"},
    "reached": {"en": "{url} answers", "zh": "{url} 可连接"},
    "not_there": {"en": "{url} is not there yet", "zh": "{url} 尚不存在"},
    "unreachable": {"en": "{why}", "zh": "{why}"},
    "newest": {"en": "at the newest revision, {revision}", "zh": "已是最新版本 {revision}"},
    "other_revision": {
        "en": "at {revision}; the newest is {newest}",
        "zh": "版本为 {revision}，最新为 {newest}",
    },
    "writes": {"en": "a write is taken", "zh": "可以写入"},
    "read_only": {"en": "{why}", "zh": "{why}"},
    "same_clock": {"en": "the database has this machine's clock", "zh": "数据库使用本机时钟"},
    "clock_off": {"en": "the database's is {seconds} s from this machine's", "zh": "数据库时钟与本机相差 {seconds} 秒"},
    "free": {"en": "{free} MB free of {total} MB", "zh": "共 {total} MB，可用 {free} MB"},
    "elsewhere": {"en": "the database has {size} MB on its server's disk", "zh": "数据库在其服务器磁盘上占 {size} MB"},
    "durable": {"en": "each commit is on the disk: {settings}", "zh": "每次提交都已落盘：{settings}"},
    "not_durable": {"en": "a commit may be lost: {settings}", "zh": "提交可能丢失：{settings}"},
    "closed": {"en": "{alliance}: none is overdue", "zh": "{alliance}：没有逾期的窗口"},
    "overdue": {"en": "{alliance}: {count} overdue", "zh": "{alliance}：{count} 个窗口逾期未结"},
    "behind": {"en": "{alliance}: {count} postings are not told yet", "zh": "{alliance}：{count} 笔记账尚未发布事件"},
    "letters_go": {"en": "{alliance}: none waits for another try", "zh": "{alliance}：没有待重发的邮件"},
    "letters_wait": {
        "en": "{alliance}: {count} wait for another try: {why}",
        "zh": "{alliance}：{count} 封待重发：{why}",
    },
    "never_audited": {"en": "{alliance}: never yet", "zh": "{alliance}：尚未审计"},
    "audited": {"en": "{alliance}: all held at {at}", "zh": "{alliance}：{at} 全部通过"},
    "audit_old": {"en": "{alliance}: not since {at}", "zh": "{alliance}：自 {at} 起未再审计"},
    "audit_failed": {"en": "{alliance}: {why}", "zh": "{alliance}：{why}"},
}

ADVICE: Mapping[str, Mapping[Lang, str]] = {
    "settings_bad": {"en": "Mend the variable, or the line in .env.", "zh": "请修正该变量或 .env 中的对应行。"},
    "not_there": {
        "en": "`coalition serve` makes it when first started.",
        "zh": "首次运行 `coalition serve` 时创建。",
    },
    "unreachable": {
        "en": "Check COALITION_DATABASE_URL, and that the server runs and lets this machine in.",
        "zh": "请检查 COALITION_DATABASE_URL，以及数据库服务器是否运行并允许本机连接。",
    },
    "other_revision": {
        "en": "`coalition serve` brings an older one up to date; a newer one needs a newer version of this program.",
        "zh": "旧版本由 `coalition serve` 自动升级；若数据库更新，请升级本程序。",
    },
    "read_only": {
        "en": "Give this user the right to write; is it a standby, or is the disk full or read-only?",
        "zh": "请授予写权限；并确认它不是只读备库、磁盘未满且未设为只读。",
    },
    "clock_off": {"en": "Let both machines keep time by NTP.", "zh": "请让两台机器都通过 NTP 校时。"},
    "free": {"en": "Make room: a full disk stops all writing.", "zh": "请清理空间：磁盘写满后将无法记账。"},
    "not_durable": {
        "en": "Set fsync, full_page_writes and synchronous_commit to on (SQLite: journal_mode WAL, synchronous FULL).",
        "zh": "请开启 fsync、full_page_writes 与 synchronous_commit（SQLite：journal_mode WAL、synchronous FULL）。",
    },
    "overdue": {
        "en": "Does a `coalition serve` or `coalition work` run? Its log says why it closes none.",
        "zh": "`coalition serve` 或 `coalition work` 是否在运行？日志会说明未结算的原因。",
    },
    "behind": {
        "en": "Does a `coalition serve` or `coalition work` run? Webhooks wait for it.",
        "zh": "`coalition serve` 或 `coalition work` 是否在运行？Webhook 正在等待。",
    },
    "letters_wait": {
        "en": "Check the COALITION_SMTP_ settings, and that the mail server lets this machine in.",
        "zh": "请检查 COALITION_SMTP_ 设置，以及邮件服务器是否允许本机连接。",
    },
    "never_audited": {
        "en": "`coalition serve` and `coalition work` do it once a day; `coalition audit` does it now.",
        "zh": "`coalition serve` 与 `coalition work` 每天审计一次；`coalition audit` 可立即执行。",
    },
    "audit_old": {
        "en": "Does a `coalition serve` or `coalition work` run? `coalition audit` does it now.",
        "zh": "`coalition serve` 或 `coalition work` 是否在运行？`coalition audit` 可立即执行。",
    },
    "audit_failed": {
        "en": "Run `coalition audit`, close no window before it is understood, and keep a backup of now.",
        "zh": "请运行 `coalition audit`；查明之前不要结算窗口，并立即备份。",
    },
}
