"""A type of event. Pure."""


class EventType(str):
    """The name of a type in the feed, what it means to whoever reads that, and the TypedDict that its data is.

    One `to_members` concerns every member, and names none.
    """

    description: str
    data: type
    to_members: bool

    def __new__(cls, name: str, description: str, data: type, *, to_members: bool = False) -> "EventType":
        """A type of that name."""
        made = super().__new__(cls, name)
        made.description, made.data, made.to_members = description, data, to_members
        return made
