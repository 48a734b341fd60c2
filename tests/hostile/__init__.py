"""What a hostile stranger sends: bad inputs, odd orders of events, two at once (reliability plan, section 4)."""
