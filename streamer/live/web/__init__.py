"""The page on which a live picture is seen and tuned; who may see it. Needs the extra ``live``."""
