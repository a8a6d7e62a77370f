"""Whole journeys by clicking, in Chromium. CONTRIBUTING.md tells how to write one."""
