"""The report of an import in words: kinds of elements, reasons, refusals of whole files."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cxportal.core.file_words import FILE_REFUSALS, filled
from surveys.exchange.ledger import Unreadable

FORMATS = {
    "lss": "LimeSurvey",
    "qsf": "Qualtrics",
    "xlsform": "XLSForm",
    "json": "JSON",
}
#: Kinds of elements by the word of the ledger, which is the file's own where it has one.
KINDS = {
    "file": gettext_lazy("File head"),
    "languages": gettext_lazy("Languages"),
    "surveys": gettext_lazy("Survey"),
    "survey_settings": gettext_lazy("Settings of the survey"),
    "survey_texts": gettext_lazy("Texts of the survey"),
    "surveys_languagesettings": gettext_lazy("Survey per language"),
    "groups": gettext_lazy("Groups"),
    "group_ends": gettext_lazy("Ends of groups"),
    "group_l10ns": gettext_lazy("Texts of groups"),
    "group_settings": gettext_lazy("Settings of groups"),
    "questions": gettext_lazy("Questions"),
    "question_l10ns": gettext_lazy("Texts of questions"),
    "question_settings": gettext_lazy("Settings of questions"),
    "question_attributes": gettext_lazy("Attributes of questions"),
    "subquestions": gettext_lazy("Subquestions"),
    "subquestion_l10ns": gettext_lazy("Texts of subquestions"),
    "sub_questions": gettext_lazy("Questions side by side"),
    "answers": gettext_lazy("Answer options"),
    "answer_l10ns": gettext_lazy("Texts of answer options"),
    "choices": gettext_lazy("Choices"),
    "rows": gettext_lazy("Rows"),
    "labels": gettext_lazy("Labels per language"),
    "cells": gettext_lazy("Cells"),
    "sheets": gettext_lazy("Sheets"),
    "conditions": gettext_lazy("Conditions"),
    "choice_logic": gettext_lazy("Conditions of choices"),
    "skip_logic": gettext_lazy("Skip logic"),
    "validation": gettext_lazy("Validation"),
    "translations": gettext_lazy("Translations"),
    "defaultvalues": gettext_lazy("Default answers"),
    "defaultvalue_l10ns": gettext_lazy("Texts of default answers"),
    "assessments": pgettext_lazy("file", "Assessments"),
    "quota": gettext_lazy("Quotas"),
    "quotas": gettext_lazy("Quotas"),
    "quota_members": gettext_lazy("Members of quotas"),
    "quota_languagesettings": gettext_lazy("Texts of quotas"),
    "endings": gettext_lazy("Endings"),
    "survey_url_parameters": gettext_lazy("Link parameters"),
    "themes": gettext_lazy("Themes"),
    "themes_inherited": gettext_lazy("Inherited themes"),
    "plugin_settings": gettext_lazy("Settings of plugins"),
    "archive": gettext_lazy("Files of the archive"),
    "responses": gettext_lazy("Responses"),
    "response_columns": gettext_lazy("Columns of responses"),
    "blocks": gettext_lazy("Blocks"),
    "block_elements": gettext_lazy("Elements of blocks"),
    "block_settings": gettext_lazy("Settings of blocks"),
    "flow": gettext_lazy("Survey flow"),
    "embedded_data": gettext_lazy("Embedded data"),
    "SQ": gettext_lazy("Questions (SQ)"),
    "BL": gettext_lazy("Blocks (BL)"),
    "FL": gettext_lazy("Flow (FL)"),
    "SO": gettext_lazy("Options (SO)"),
    "SCO": gettext_lazy("Scoring (SCO)"),
    "NT": gettext_lazy("Notes (NT)"),
    "other": gettext_lazy("Other"),
}
#: What elements became, where it is not a question.
BECAME = {
    "page": gettext_lazy("a page"),
    "condition": gettext_lazy("a rule"),
    "note": gettext_lazy("a note"),
    "question": gettext_lazy("a question"),
    "title": gettext_lazy("the title"),
    "button": gettext_lazy("the words of a button"),
    "welcome": gettext_lazy("the welcome"),
    "thanks": gettext_lazy("the thanks"),
    "random": gettext_lazy("random order"),
    "required": gettext_lazy("an answer is required"),
    "codes": gettext_lazy("codes of the choices"),
    "filter": gettext_lazy("rules of the choices"),
    "default": gettext_lazy("an answer that stands there beforehand"),
}
RESULTS = {
    "taken": gettext_lazy("Taken"),
    "changed": gettext_lazy("Changed"),
    "refused": gettext_lazy("Not taken"),
}
#: Why an element is not what it was, or not there.
REASONS = {
    "no_counterpart": gettext_lazy("There is no such thing here."),
    "answer_refused": gettext_lazy("The answer does not fit the survey: %(why)s"),
    "archive_member": gettext_lazy("Tokens, timings and old tables stay in the archive."),
    "always_saved": gettext_lazy("Answers are always kept page by page here."),
    "as_table": gettext_lazy("Became a table: rows with a field in each column."),
    "attribute": gettext_lazy("Our questions have no such attribute."),
    "authenticator": gettext_lazy("Who may answer is decided by links and campaigns here."),
    "barcode": gettext_lazy("A barcode is typed as a short text here."),
    "block_twice": gettext_lazy("A block or question is shown once here."),
    "branch": gettext_lazy("Its condition cannot be said here, so its content is left out."),
    "calculation": gettext_lazy("Calculated values are not part of our surveys."),
    "captcha": gettext_lazy("Links are protected without a captcha here."),
    "carry": gettext_lazy("Choices can be carried on from an earlier choice question only."),
    "choice_merged": gettext_lazy("Joined with the choice of the same name above."),
    "choice_filtered": gettext_lazy("Offered only where the filter of a question lets it pass."),
    "choice_without_name": gettext_lazy("A choice needs the name of its list and one of its own."),
    "column": gettext_lazy("This column means nothing to us."),
    "column_without_question": gettext_lazy("No question of the survey belongs to this column."),
    "comment_apart": gettext_lazy("The comment beside it became a question of its own."),
    "counted": gettext_lazy("Counted anew here."),
    "date_only": gettext_lazy("The day is asked, not the time."),
    "drill_down": gettext_lazy("We have no drill-down question."),
    "equation": gettext_lazy("Calculated values are not part of our surveys."),
    "external_list": gettext_lazy("Choices from another file cannot be brought along."),
    "field_twice": gettext_lazy("The field is there once."),
    "formatting_gone": gettext_lazy("The words are kept, their formatting is not."),
    "groups_as_columns": gettext_lazy("Items are put into groups in a matrix."),
    "hidden_question": gettext_lazy("Hidden from respondents; filled by a link parameter here."),
    "highlight": gettext_lazy("We have no highlight question."),
    "image_gone": gettext_lazy("The words are kept; add the picture in the designer."),
    "image_map": gettext_lazy("We have no question on places in a picture."),
    "internal": gettext_lazy("It only means something inside the tool it comes from."),
    "kept_as_note": gettext_lazy("Our rules cannot say “%(part)s”; kept as a note."),
    "label": gettext_lazy("This question has no such label here."),
    "language_named": gettext_lazy("Read as this language."),
    "limits": gettext_lazy("A limit is outside what we allow and was left out or shortened."),
    "location": gettext_lazy("Places on the map are not asked here."),
    "long_list": gettext_lazy("So many choices are a dropdown here."),
    "long_answer": gettext_lazy("Answers as long as this are a long text here."),
    "look": gettext_lazy("The looks are set in the designer here."),
    "loop": gettext_lazy("Set the loop in the designer; its content is asked once."),
    "mail_text": gettext_lazy("Mails are written in a campaign here."),
    "media": gettext_lazy("Pictures, sound and film are not in the file."),
    "media_gone": gettext_lazy("The words are kept, a picture, sound or film is not."),
    "message": gettext_lazy("Our own words say what to mend."),
    "metadata": gettext_lazy("Data about the device or its user are not collected here."),
    "no_choices": gettext_lazy("It has nothing to choose from and became a text."),
    "no_date": gettext_lazy("Its time cannot be read."),
    "no_list": gettext_lazy("The file has no list “%(name)s”."),
    "no_rows": gettext_lazy("It has no rows."),
    "no_type": gettext_lazy("The row has no type."),
    "not_in_flow": gettext_lazy("The survey flow does not come by it."),
    "note": gettext_lazy("Notes to colleagues are not part of the survey."),
    "one_choice": gettext_lazy("With one choice only it became a consent."),
    "one_column": gettext_lazy("With one column only it became a multiple choice of its rows."),
    "one_each": gettext_lazy("Became %(count)s questions."),
    "orphan": gettext_lazy("It belongs to something that is not in the file."),
    "other_sheet": gettext_lazy("Only the sheets survey, choices and settings are read."),
    "other_survey": gettext_lazy("It refers to another survey."),
    "other_text_gone": gettext_lazy("A row or item takes no text beside it here."),
    "page_joined": gettext_lazy("A survey has at most 100 pages; joined with the last one."),
    "page_per_group": gettext_lazy("One page per group here."),
    "pattern_email": gettext_lazy("The pattern of an e-mail address: asked as one here."),
    "pattern": gettext_lazy("Answers are not checked by patterns here."),
    "personal": gettext_lazy("Names and addresses of people stay behind."),
    "pipe_gone": gettext_lazy("“%(part)s” inside the text cannot be filled and became “…”."),
    "plugin": gettext_lazy("Plugins have no counterpart here."),
    "prefilled": gettext_lazy("This question takes no answer that stands there beforehand."),
    "prefilled_language": gettext_lazy("What stands there beforehand is one for all languages."),
    "prefilled_partly": gettext_lazy("Some of these answers stand there beforehand, not all."),
    "prefilled_unfit": gettext_lazy("The question would not take this answer."),
    "question_refused": gettext_lazy("Its question was not taken."),
    "quota": gettext_lazy("Our rules cannot say whom it counts."),
    "quota_off": gettext_lazy("The quota was switched off."),
    "quota_other": gettext_lazy("Set the quota in the designer."),
    "random_all": gettext_lazy("All are shown, in random order."),
    "read_only": gettext_lazy("Every question shown can be answered here."),
    "repeat_count": gettext_lazy("A page is not repeated by a number here."),
    "repeat_once": gettext_lazy("Asked once; loops here run over chosen items."),
    "row_is_question": gettext_lazy("The row became a question."),
    "scoring": gettext_lazy("Give points to choices in the designer."),
    "script": gettext_lazy("Scripts are never taken over."),
    "script_gone": gettext_lazy("The words are kept, a script is not."),
    "second_row": gettext_lazy("Only the first row of settings counts."),
    "selector": gettext_lazy("Shown in our own way."),
    "set_here": gettext_lazy("Who may answer and when is set here anew."),
    "setting": gettext_lazy("Our surveys have no such setting."),
    "side_apart": gettext_lazy("Several answers in a column: became a question of its own."),
    "signature": gettext_lazy("Signatures are not collected."),
    "soft_mandatory": gettext_lazy("A wish for an answer is not kept apart from a duty."),
    "text_as_statement": gettext_lazy("Its text became a statement before the first question."),
    "text_from_code": gettext_lazy("It had no words in the main language; others stand in."),
    "text_shortened": gettext_lazy("The text was too long and is shortened."),
    "times_kept": gettext_lazy("The times of beginning and end are kept with every answer."),
    "timing": gettext_lazy("Times on pages are not measured."),
    "too_deep": gettext_lazy("It is nested too deep."),
    "too_many": gettext_lazy("There are more than %(most)s."),
    "trash": gettext_lazy("It lay in the trash."),
    "unfinished": gettext_lazy("Answers that were not sent are not taken."),
    "unknown_language": gettext_lazy("We cannot tell which language this is."),
    "unknown_type": gettext_lazy("We have no question like “%(type)s”."),
    "unreadable": gettext_lazy("It could not be read."),
    "unused_list": gettext_lazy("No question uses the list “%(name)s”."),
    "url_parameter": gettext_lazy("Add hidden data in the designer."),
    "assessment": gettext_lazy("Give points to choices in the designer."),
    "validation": gettext_lazy("Answers are not checked in this way here."),
    "web_service": gettext_lazy("Other services are called by webhooks here."),
    "with_its_row": gettext_lazy("Its row was not taken."),
}
#: Why a whole file is refused.
REFUSALS = {
    **FILE_REFUSALS,
    "duplicate_column": gettext_lazy(
        "The column “%(name)s” stands twice (first in %(first)s). Give each column a name of its"
        " own, for example label::English (en) and label::Korean (ko)."
    ),
    "no_questions": gettext_lazy("It holds no question that we could take."),
    "no_survey_sheet": gettext_lazy("There is no sheet “survey”."),
    "no_type_column": gettext_lazy("The sheet “survey” has no column “type”."),
    "not_closed": gettext_lazy("The group “%(name)s” has no end."),
    "not_csv": gettext_lazy("It cannot be read as CSV."),
    "not_json": gettext_lazy("It is no valid JSON."),
    "not_lss": gettext_lazy("It is XML, but no LimeSurvey survey, group or question."),
    "not_native": gettext_lazy("It is no survey of this portal as it should be."),
    "not_opened": gettext_lazy("A group ends here that never began."),
    "not_qsf": gettext_lazy("It is JSON, but no Qualtrics survey."),
    "not_xml": gettext_lazy("It is no valid XML, or it ends too early."),
    "too_deep": gettext_lazy("It is nested deeper than any survey."),
    "unknown_archive": gettext_lazy("The archive holds no survey."),
    "version": gettext_lazy("It is of version %(version)s, which this portal does not know."),
}


def kind_word(kind: str) -> str:
    """A kind of element in words; its own word where we have none."""
    return str(KINDS.get(kind, kind))


def reason_sentence(element: Mapping[str, Any]) -> str:
    """Why an element was changed or refused; "" for one that was taken as it was."""
    sentence = REASONS.get(element["reason"])
    if sentence is None:
        return str(element["reason"])
    return filled(str(sentence), element.get("params") or {})


def refusal_sentence(error: Unreadable) -> str:
    """Why a file is refused and where, for the one who brought it."""
    sentence = REFUSALS.get(error.code)
    reason = filled(str(sentence), error.params) if sentence else error.code
    if not error.place:
        return _("This file cannot be taken over. %(reason)s") % {"reason": reason}
    words = {"place": error.place, "reason": reason}
    return _("This file cannot be taken over. %(place)s: %(reason)s") % words
