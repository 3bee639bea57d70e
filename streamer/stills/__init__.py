"""Pictures in and out: single ones, numbered sequences, folders of them; each file is one packet of one codec."""
