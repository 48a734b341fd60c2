"""What tests stand on: real databases, allowed skips, real data."""
