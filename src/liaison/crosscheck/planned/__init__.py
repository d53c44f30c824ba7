"""Actions that are planned: two agencies about to act on one thing in the same hours are both warned."""
