"""Work that nobody waits for: each job is a row with a lease, and runs in whichever process takes it."""
