"""The schemes that vendors sell, one a file."""
