"""Embedded brokers for the demo and the tests. Never used in front of real data."""
