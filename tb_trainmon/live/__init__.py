"""Watches open tasks while somebody looks at them, and wakes the streams. Knows no HTTP."""
