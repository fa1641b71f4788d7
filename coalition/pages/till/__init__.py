"""The till of a shop: one page that a device keeps open all day, with or without reception, and its worker."""
