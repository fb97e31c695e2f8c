"""What every API view of every floor is made from."""
