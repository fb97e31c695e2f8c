"""Formulas of the surveys floor; no Django here.

histogram: how often each value 0..10 was answered, added and subtracted like rows of tallies.
definitions: what a metric is, its scale, cut-offs, statistic and direction.
metrics: scores with intervals, hidden below the minimum, and the common scale 0..100.
intervals: adjusted Wald for NPS, Wilson with continuity correction for shares, t for means.
change: whether the difference of two scores is real, none shown, or too early to say.
trend: control charts (XmR, p) and their signals.
quantiles: normal and t quantiles and tail probabilities.
answers: check answers against the questions of a published survey.
delivery: states of a message, retry pauses, meaning of mail server replies.
merge_tags: fill {{name}} tags safely.
search: pairs of letters by which words are found in Korean and English texts.
text: language and first sentiment of comments by rules.
"""
