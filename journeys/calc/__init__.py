"""Formulas of the journeys floor; no Django here.

evidence: what the answers of a period say about a set of metrics, in the shape SQL sums up.
weighted: weighted means of metrics with a variance clustered by customer.
stages: scores of touchpoints, stages and journeys, their parts, worst member and change.
effect: an action's score before and after, alone or against a comparison group.
priority: ranking of actions by priority, RICE and ICE.
weights: derived importance by relative weights and by Shapley.
importance: importance-performance, opportunity, expectation gap, experience index, Kano.
"""
