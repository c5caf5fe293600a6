"""The command line. One file a command; `entry` mounts them. Only what is asked for is imported."""
