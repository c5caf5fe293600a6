"""The application: a pure core (`core`), the edges around it (`guard`, ...), and the command line (`cli`)."""
