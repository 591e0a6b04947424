"""What a live session does next: the routine, its flow, and what is said."""
