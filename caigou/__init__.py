"""Caigou 采购: the open-source platform for buying wholesale from China."""

__version__ = "0.1.0"
