"""The pure part: decode, detect, decide, act, seal. No I/O, clock, environment, log or randomness."""
