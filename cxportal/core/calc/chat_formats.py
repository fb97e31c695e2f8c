"""What chat services take at their incoming addresses: one message, one function per service.

Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (text and blocks;
`&`, `<` and `>` escaped, so that nothing mentions or links by itself). Microsoft Teams: a workflow
that begins with “When a Teams webhook request is received” takes a message with one Adaptive Card
(https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Slack's limit of a section's text is 3,000 characters.
MOST = 2_800
_MARKDOWN = re.compile(r"([\\`*_\[\]()~#>|!-])")


@dataclass(frozen=True)
class ChatMessage:
    """A heading, some lines, and the page they are about."""

    title: str
    lines: tuple[str, ...] = ()
    url: str = ""
    link: str = ""


def slack(message: ChatMessage) -> dict[str, Any]:
    """Slack: blocks, and the same as text for notifications and old clients."""
    head = f"*{_slack_text(message.title)}*"
    body = "\n".join([head, *map(_slack_text, message.lines)])[:MOST]
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": body}}]
    if message.url:
        words = f"<{_slack_text(message.url)}|{_slack_text(message.link or message.url)}>"
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": words}]})
    return {"text": _slack_text(message.title), "blocks": blocks}


def _slack_text(text: str) -> str:
    """Nothing of the text is markup: no mention, no link, no bold that ends elsewhere."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("*", "∗").replace("\n", " ")


def teams(message: ChatMessage) -> dict[str, Any]:
    """Microsoft Teams: a message with one Adaptive Card."""
    blocks = [_teams_text(message.title, weight="Bolder")]
    blocks += [_teams_text(line) for line in message.lines]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": blocks,
    }
    if message.url:
        title = message.link or message.url
        card["actions"] = [{"type": "Action.OpenUrl", "title": title, "url": message.url}]
    kind = "application/vnd.microsoft.card.adaptive"
    return {
        "type": "message",
        "attachments": [{"contentType": kind, "contentUrl": None, "content": card}],
    }


def _teams_text(text: str, **more: str) -> dict[str, Any]:
    plain = _MARKDOWN.sub(r"\\\1", text[:MOST].replace("\n", " "))
    return {"type": "TextBlock", "text": plain, "wrap": True, **more}


#: The one interface: a format is a function from a message to the body that is posted.
FORMATS: dict[str, Callable[[ChatMessage], dict[str, Any]]] = {"slack": slack, "teams": teams}
