"""Messages to phones, over whatever provider takes them by HTTP: the environment says where, and in which words.

What a provider answers is never read but for its status: providers repeat numbers and texts in it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from coalition.messaging.messenger import MessageDelayed, MessageNotSent

CONNECT_SECONDS, ANSWER_SECONDS = 5, 20
LATER = frozenset({408, 425, 429})
"""Statuses below 500 after which the same message may be taken another time."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TO, TEXT = "{to}", "{text}"


@dataclass(frozen=True, slots=True)
class SmsMessenger:
    """Posts each message to `url`, as JSON or as the fields of a form.

    `template` has the fields by name; in their values {to} stands for the number (+49…) and {text} for the message.
    `authorization` is the header of that name.
    """

    url: str
    template: Mapping[str, object]
    as_form: bool = False
    authorization: str | None = None

    def send(self, to: str, subject: str, text: str) -> None:  # noqa: ARG002 - the port's
        """Send a message. Raises MessageNotSent and MessageDelayed.

        Where the provider does not answer in time it may have taken the message all the same: not again, then.
        """
        import requests

        fields = filled(self.template, to, text)
        headers = {} if self.authorization is None else {"Authorization": self.authorization}
        wait = (CONNECT_SECONDS, ANSWER_SECONDS)
        try:
            answer = requests.post(
                self.url,
                data=fields if self.as_form else json.dumps(fields),
                headers={"Content-Type": FORM if self.as_form else JSON, **headers},
                timeout=wait,
                allow_redirects=False,
            )
        except requests.exceptions.ConnectionError as error:
            raise MessageDelayed(f"the SMS provider can't be reached ({type(error).__name__})") from None
        except requests.exceptions.RequestException as error:
            raise MessageNotSent(f"the SMS provider did not answer ({type(error).__name__})") from None
        if answer.status_code // 100 == 2:
            return
        why = f"the SMS provider answered {answer.status_code}"
        raise MessageDelayed(why) if answer.status_code >= 500 or answer.status_code in LATER else MessageNotSent(why)


def filled(template: Mapping[str, object], to: str, text: str) -> dict[str, object]:
    """The fields of a message. What stands in a text is never taken for a place to fill."""

    def fill(value: object) -> object:
        if isinstance(value, str):
            return text.join(part.replace(TO, to) for part in value.split(TEXT))
        return [fill(each) for each in value] if isinstance(value, list) else value

    return {name: fill(value) for name, value in template.items()}
