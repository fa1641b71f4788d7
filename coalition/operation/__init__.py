"""Running it: logs, figures, traces, what a doctor looks at, backup and restore."""
