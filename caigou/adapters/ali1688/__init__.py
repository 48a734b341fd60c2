"""1688's open platform: its search by words, signed as integrations.md section 1 says."""
