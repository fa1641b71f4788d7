"""A type of event. Pure."""


class EventType(str):
    """The name of a type in the feed, what it means to whoever reads that, and the TypedDict that its data is."""

    description: str
    data: type

    def __new__(cls, name: str, description: str, data: type) -> "EventType":
        """A type of that name."""
        made = super().__new__(cls, name)
        made.description, made.data = description, data
        return made
