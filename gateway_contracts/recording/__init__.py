"""What a live gateway answers, taken down as recordings that the mock replays."""
