"""What a microphone hears, by the clock of the pictures: from a device, or from a film that stands in for one."""
