"""Who asks, what they may do, and which fields they see: plain rules, without any store."""
