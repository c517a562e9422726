"""Measurements of the site against its yardsticks: `make bench`. See docs/performance.md."""
