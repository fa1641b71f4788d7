"""Ways in which money moves: a rail is Stripe, a bank that takes files, or people who pay by hand."""
