"""What an alliance prints: posters and counter stands from which people join, and cards for members without a phone."""
