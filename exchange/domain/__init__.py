"""What comes in through the doors, judged without a database."""
