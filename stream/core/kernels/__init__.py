"""The byte loops of the core: fold, scan, splice. Plain Python with libraries; a native build passes the same contract tests."""
