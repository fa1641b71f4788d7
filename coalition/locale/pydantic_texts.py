"""What pydantic finds wrong with a value, by its names of errors, in sentences that are in the catalogues."""

import re
from collections.abc import Mapping
from typing import Any

from coalition.locale.messages import N_

PYDANTIC: Mapping[str, str] = {
    "bool_parsing": N_("must be true or false"),
    "bool_type": N_("must be true or false"),
    "bytes_too_long": N_("must have at most {max_length} bytes"),
    "bytes_too_short": N_("must have at least {min_length} bytes"),
    "bytes_type": N_("must be the bytes of a file, sent as application/octet-stream"),
    "date_from_datetime_inexact": N_("must be a date without a time"),
    "date_from_datetime_parsing": N_("must be a date: YYYY-MM-DD"),
    "date_parsing": N_("must be a date: YYYY-MM-DD"),
    "date_type": N_("must be a date: YYYY-MM-DD"),
    "datetime_from_date_parsing": N_("must be a moment with its offset, such as 2026-06-01T10:00:00Z"),
    "datetime_object_invalid": N_("must be a valid moment, such as 2026-06-01T10:00:00Z"),
    "datetime_parsing": N_("must be a moment with its offset, such as 2026-06-01T10:00:00Z"),
    "datetime_type": N_("must be a moment with its offset, such as 2026-06-01T10:00:00Z"),
    "dict_type": N_("must be an object"),
    "enum": N_("must be {expected}"),
    "extra_forbidden": N_("is not a field of this request"),
    "float_type": N_("must be a number, without quotes"),
    "greater_than": N_("must be more than {gt}"),
    "greater_than_equal": N_("must be {ge} or more"),
    "int_from_float": N_("must be a whole number"),
    "int_parsing": N_("must be a whole number"),
    "int_parsing_size": N_("is too large a number"),
    "int_type": N_("must be a whole number, without quotes"),
    "less_than": N_("must be less than {lt}"),
    "less_than_equal": N_("must be {le} or less"),
    "list_type": N_("must be a list"),
    "literal_error": N_("must be {expected}"),
    "missing": N_("is required"),
    "model_attributes_type": N_("must be an object"),
    "model_type": N_("must be an object"),
    "string_pattern_mismatch": N_("must be of the form {pattern}"),
    "string_too_long": N_("must have at most {max_length} characters"),
    "string_too_short": N_("must have at least {min_length} characters"),
    "string_type": N_("must be text"),
    "string_unicode": N_("must be text in UTF-8"),
    "timezone_aware": N_("must have its offset from UTC, as in 2026-06-01T10:00:00Z"),
    "too_long": N_("must have at most {max_length} items"),
    "too_short": N_("must have at least {min_length} items"),
    "union_tag_invalid": N_("must be of a known kind: {expected_tags}"),
    "union_tag_not_found": N_("must say its kind"),
}
"""A sentence without its subject. Its places are the error's own values."""


def readable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an error; what is expected one by one, so that a reader's language joins them."""
    expected = {"expected": re.split(", | or ", str(values["expected"]))} if "expected" in values else {}
    return {**values, **expected}
