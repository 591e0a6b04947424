"""Bodies, motions and sets made to order; used by tests, by the ghost figure and by the pages."""
