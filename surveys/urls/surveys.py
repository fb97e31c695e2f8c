"""Addresses of surveys, the designer and its preview."""

from django.urls import URLPattern, path

from surveys.views import (
    designer,
    drafts,
    library,
    pictures,
    preview,
    questions,
    rules,
    translations,
    trying,
    workings,
)
from surveys.views import surveys as views

_SURVEY = "surveys/<int:pk>/"
_ITEM = "surveys/library/<int:item>/"
_PAGE = _SURVEY + "pages/<int:section>/"
_QUESTION = _SURVEY + "questions/<int:question>/"

urlpatterns: list[URLPattern] = [
    path("surveys/", views.SurveyListView.as_view(), name="survey-list"),
    path("surveys/new/", views.SurveyCreateView.as_view(), name="survey-create"),
    path(_SURVEY, views.SurveyDetailView.as_view(), name="survey-detail"),
    path(_SURVEY + "versions/", views.SurveyVersionsView.as_view(), name="survey-versions"),
    path(_SURVEY + "publish/", views.SurveyPublishView.as_view(), name="survey-publish"),
    path(_SURVEY + "close/", views.SurveyCloseView.as_view(), name="survey-close"),
    path(_SURVEY + "reopen/", views.SurveyReopenView.as_view(), name="survey-reopen"),
    path(_SURVEY + "duplicate/", views.SurveyDuplicateView.as_view(), name="survey-duplicate"),
    path(_SURVEY + "delete/", views.SurveyDeleteView.as_view(), name="survey-delete"),
    path(_SURVEY + "preview/", preview.SurveyPreviewView.as_view(), name="survey-preview"),
    path(
        _SURVEY + "preview/frame/",
        preview.SurveyPreviewFrameView.as_view(),
        name="survey-preview-frame",
    ),
    path(
        _SURVEY + "translations/",
        translations.SurveyTranslationsView.as_view(),
        name="survey-translations",
    ),
    *(
        path(
            _SURVEY + f"translations/{kind}/",
            translations.SurveyTranslationsFileView.as_view(),
            {"kind": kind},
            name=f"survey-translations-{kind}",
        )
        for kind in ("csv", "xlsx")
    ),
    path(_SURVEY + "try/", trying.SurveyTryView.as_view(), name="survey-try"),
    path(_SURVEY + "try/frame/", trying.SurveyTryFrameView.as_view(), name="survey-try-frame"),
    path(_SURVEY + "design/", designer.SurveyDesignView.as_view(), name="survey-design"),
    path(_SURVEY + "settings/", workings.SurveyWorkingsView.as_view(), name="survey-workings"),
    path(_SURVEY + "words/", questions.SurveyWordsView.as_view(), name="survey-words"),
    path(_SURVEY + "pages/add/", questions.SectionAddView.as_view(), name="section-add"),
    path(_PAGE + "save/", questions.SectionSaveView.as_view(), name="section-save"),
    path(_PAGE + "move/", questions.SectionMoveView.as_view(), name="section-move"),
    path(_PAGE + "delete/", questions.SectionDeleteView.as_view(), name="section-delete"),
    path(_SURVEY + "questions/add/", questions.QuestionAddView.as_view(), name="question-add"),
    path(_QUESTION + "save/", questions.QuestionSaveView.as_view(), name="question-save"),
    path(
        _SURVEY + "questions/<int:part>/rules/",
        rules.QuestionRulesView.as_view(),
        name="question-rules",
    ),
    path(
        _SURVEY + "pages/<int:part>/rules/", rules.SectionRulesView.as_view(), name="section-rules"
    ),
    path(_QUESTION + "move/", questions.QuestionMoveView.as_view(), name="question-move"),
    path(
        _QUESTION + "duplicate/",
        questions.QuestionDuplicateView.as_view(),
        name="question-duplicate",
    ),
    path(_QUESTION + "delete/", questions.QuestionDeleteView.as_view(), name="question-delete"),
    path(_QUESTION + "preview/", preview.QuestionPreviewView.as_view(), name="question-preview"),
    path("surveys/library/", library.LibraryView.as_view(), name="library"),
    path(_ITEM + "rename/", library.LibraryRenameView.as_view(), name="library-rename"),
    path(_ITEM + "delete/", library.LibraryDeleteView.as_view(), name="library-delete"),
    path(
        _QUESTION + "pictures/", pictures.QuestionPicturesView.as_view(), name="question-pictures"
    ),
    path(_QUESTION + "keep/", library.QuestionKeepView.as_view(), name="question-keep"),
    path(_PAGE + "keep/", library.SectionKeepView.as_view(), name="section-keep"),
    path(_SURVEY + "insert/", library.SurveyInsertView.as_view(), name="survey-insert"),
    path(_SURVEY + "undo/", drafts.DraftUndoView.as_view(), name="survey-undo"),
    path(_SURVEY + "redo/", drafts.DraftRedoView.as_view(), name="survey-redo"),
    path(_SURVEY + "presence/", drafts.DraftPresenceView.as_view(), name="survey-presence"),
]
