"""A coalition loyalty platform: shops of a town share one points currency."""
