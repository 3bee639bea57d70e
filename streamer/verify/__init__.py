"""The check of the result: the encoded film is read again, and whoever can still be seen in it is named."""
