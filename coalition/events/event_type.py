"""A type of event. Pure."""


class EventType(str):
    """The name of a type in the feed, and what it means to whoever reads that."""

    description: str

    def __new__(cls, name: str, description: str) -> "EventType":
        """A type of that name."""
        made = super().__new__(cls, name)
        made.description = description
        return made
