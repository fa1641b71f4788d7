"""How many files and sockets a process may have open."""

import resource

WANTED = 16_384


def raise_files_open_max() -> int:
    """Raise the limit of this process to what it may be, up to WANTED; what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    reachable = WANTED if hard == unlimited else min(WANTED, hard)
    if soft != unlimited and soft < reachable:
        resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
        return reachable
    return WANTED if soft == unlimited else min(soft, WANTED)
