"""LimeSurvey: surveys (.lss), archives with answers (.lsa), single groups and questions."""
