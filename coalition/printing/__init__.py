"""What an alliance prints: posters and counter stands from which people join, cards for members without a phone, and
slips of what shops pay each other.
"""
