"""`pratique demo`: the guard at work on invented traffic, on a broker that it brings along. Called by the command line."""
