"""Facts: what may be known about a person (`catalog`) and what is known (`model`)."""
