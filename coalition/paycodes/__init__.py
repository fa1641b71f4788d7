"""Pay codes: what a member's phone shows at a till."""
