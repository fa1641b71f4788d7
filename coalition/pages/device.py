"""What a device is called, by how its browser names itself. Pure."""

SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("OPR/", "Opera"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def device_name(agent: str) -> str:
    """A short name, such as Chrome, Android; the beginning of what it says where that is no browser."""
    system = next((name for name in SYSTEMS if name in agent), None)
    browser = next((name for mark, name in BROWSERS if mark in agent), None)
    return ", ".join(name for name in (browser, system) if name) or agent[:40]
