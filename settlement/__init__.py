"""The book and the clearing house. It knows nothing of people, HTTP or web pages."""
