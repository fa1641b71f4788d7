"""The event feed: postings and facts become numbered events, read by apps, webhooks and wallets."""
