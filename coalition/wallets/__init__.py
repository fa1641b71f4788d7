"""What members hold, and how points go from one to another."""
