"""What one person asks for and another one approves before it happens."""
