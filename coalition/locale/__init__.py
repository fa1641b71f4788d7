"""Languages: one catalogue of words for every face, and money, points and dates as each reader expects them."""
