"""The runtime: a film is decoded, looked at, masked, erased and encoded again. No torch in here."""
