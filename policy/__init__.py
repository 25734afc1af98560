"""Step 4 of 7: policy. One organisation's policy is data (a pack); this package reads it."""
