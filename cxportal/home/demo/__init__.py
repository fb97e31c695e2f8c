"""A fictional Korean health-food retailer with two years of believable data.

Everything is made by a seeded generator through the same services a person or client uses:
`content` says what there is, `people`, `money` and `answers` make the numbers, `load` calls the
services, `remove` takes all of it away.
"""

SLUG = "hanbit"
SEED = 20_240_611
