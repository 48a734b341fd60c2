"""What titles and queries mean, by Google's multilingual sentence encoder in numpy: an extra that is off by default."""
