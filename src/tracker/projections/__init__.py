"""Facts to answers: pure folds, one file for each question asked of the events."""
