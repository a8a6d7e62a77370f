"""Whole journeys by clicking, in Chromium. CONTRIBUTING.md says how to write one."""
