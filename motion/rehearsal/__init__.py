"""Simulated officials: places for load tests, and the dress rehearsal."""
