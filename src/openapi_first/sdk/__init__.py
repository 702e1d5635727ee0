"""How every command reaches AWS: the session of boto3, with its region and profile."""
