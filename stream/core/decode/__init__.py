"""Bytes to documents. Called by judge; reads nothing but the record."""
