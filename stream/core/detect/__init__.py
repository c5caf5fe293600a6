"""What the content of a record gives away: findings with a likelihood and the evidence. Called by `judge`; never decides what is done."""
