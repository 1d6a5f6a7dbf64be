"""Figures that move in the news: every one kept, the best one told, with its evidence."""
