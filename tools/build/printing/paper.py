"""Change pages of a site into chapters of a book: still, linear, and whole in themselves.

What answers to a click goes, or stands open; figures that move give their still picture and say
where they move; hints go to the end of the chapter; ids are the chapter's own, so that a link finds
one place in the whole book.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from tools.build.printing.chapters import Chapter

# What a page needs on a screen alone. A report of a check says there that nothing was tried yet.
OF_THE_SCREEN = (
    *("script", "style", "template", "a.headerlink", "button"),
    *(".live-bar", ".live-tools", ".live-progress", ".toctree-wrapper"),
    *(".sd-summary-state-marker", "picture > source", "details.below-output"),
    *(".circuits-unattempted", ".print-offer", ".workplaces"),
)
# Boxes that are nothing without what stood in them.
EMPTY_BOXES = ".output, .cell_output, .cell"
REFERRING = ("aria-labelledby", "aria-describedby", "aria-controls", "headers", "for")
BEHAVIOUR = ("loading", "decoding", "tabindex", "inert", "hidden", "title", "aria-label")
MOVES = "data-explorable"  # names the script of a figure that a reader moves


def put_on_paper(chapters: Sequence[Chapter]) -> None:
    """Change all chapters of a book, in place."""
    names = {chapter.name: chapter for chapter in chapters}
    for chapter in chapters:
        number_figures(chapter.body)
        drop_screen(chapter.body)
        still_figures(chapter)
        open_details(chapter.body)
        gather_hints(chapter)
        own_ids(chapter)
    targets = {str(tag["id"]) for chapter in chapters for tag in chapter.body.select("[id]")}
    for chapter in chapters:
        lead_links(chapter, names, targets | {chapter.slug for chapter in chapters})


def make(name: str, text: str = "", **attributes: str) -> Tag:
    """Return a new element; ``class_`` is its class.

    >>> str(make("p", "Try it.", class_="try"))
    '<p class="try">Try it.</p>'
    """
    tag = BeautifulSoup("", "html5lib").new_tag(
        name, attrs={key.rstrip("_"): value for key, value in attributes.items()}
    )
    tag.string = text
    return tag


def number_figures(body: Tag) -> None:
    """Write before each caption the number that the page's style shows there."""
    for number, caption in enumerate(body.select("figcaption"), 1):
        caption.insert(0, make("b", f"Figure {number}. ", class_="figure-number"))


def drop_screen(body: Tag) -> None:
    """Take out what works on a screen alone, and the boxes that it leaves empty."""
    for tag in body.select(", ".join(OF_THE_SCREEN)):
        if not tag.decomposed:
            tag.decompose()
    for tag in reversed(body.select(EMPTY_BOXES)):
        if not tag.get_text(strip=True) and tag.find("img") is None:
            tag.decompose()
    for tag in [body, *body.find_all(True)]:
        for attribute in list(tag.attrs):
            if attribute in BEHAVIOUR or (attribute.startswith("data-") and attribute != MOVES):
                del tag[attribute]
    for tag in body.select("[role=group]"):
        del tag["role"]


def still_figures(chapter: Chapter) -> None:
    """Leave of each figure its picture, and of one that moves a sentence where it does."""
    for picture in chapter.body.select("picture"):
        picture.unwrap()
    for image in chapter.body.select("img"):
        image.attrs.pop("style", None)
    for figure in chapter.body.select("figure, figcaption, details, .cell, .circuits-report *"):
        figure.attrs.pop("style", None)
    for moving in chapter.body.select(f"[{MOVES}]"):
        del moving[MOVES]
        sentence = make("p", "It moves under your hands in ", class_="try-it")
        if chapter.address:
            sentence.append(make("a", "this chapter’s page of the site", href=chapter.address))
        else:
            sentence.append("this chapter’s page of the site")
        sentence.append(".")
        holder = moving if moving.name == "figure" else moving.find_parent("figure")
        caption = holder.find("figcaption") if holder is not None else None
        (caption if isinstance(caption, Tag) else moving).append(sentence)


def open_details(body: Tag) -> None:
    """Show what is folded, under the words of its fold."""
    for details in body.select("details"):
        summary = details.find("summary")
        details.name = "div"
        details.attrs.pop("open", None)
        details["class"] = "unfolded"
        if isinstance(summary, Tag):
            summary.replace_with(
                make("p", summary.get_text(" ", strip=True), class_="unfolded-title")
            )


def gather_hints(chapter: Chapter) -> None:
    """Move all ladders of hints to a section at the chapter's end, a link in place of each."""
    ladders = chapter.body.select(".course-hints")
    if not ladders:
        return
    end = make("section", class_="hints", id="hints")
    end.append(make("h2", "Hints"))
    end.append(
        make("p", "One at a time: the first of each part is a nudge, the last nearly the answer.")
    )
    for number, ladder in enumerate(ladders, 1):
        heading = ladder.find_previous("h2")
        of_part = heading.get_text(strip=True) if isinstance(heading, Tag) else chapter.title
        place, origin = f"hints-{number}", f"to-hints-{number}"
        link = make("p", class_="to-hints", id=origin)
        link.append(make("a", f"Hints for {of_part}", href=f"#{place}"))
        ladder.replace_with(link)
        section = make("section", id=place)
        title = make("h3")
        title.append(make("a", of_part, href=f"#{origin}"))
        section.append(title)
        section.append(ladder)
        end.append(section)
    chapter.body.append(end)


def own_ids(chapter: Chapter) -> None:
    """Make the chapter's ids its own; of two equal ones the first stays, as for a browser."""
    seen: set[str] = set()
    for tag in [chapter.body, *chapter.body.select("[id]")]:
        name = tag.get("id")
        if not isinstance(name, str):
            continue
        if name in seen:
            del tag["id"]
            continue
        seen.add(name)
        tag["id"] = f"{chapter.slug}--{name}"
    for tag in chapter.body.find_all(True):
        for attribute in REFERRING:
            if attribute in tag.attrs:
                names = str(tag[attribute]).split()
                tag[attribute] = " ".join(f"{chapter.slug}--{name}" for name in names)
    wrapper_id = chapter.body.get("id")
    if wrapper_id is not None:
        chapter.body.insert(0, make("span", id=str(wrapper_id)))
    chapter.body["id"] = chapter.slug


def lead_links(chapter: Chapter, names: dict[str, Chapter], targets: set[str]) -> None:
    """Lead links to places of the book; those to other files of the site go to its address.

    A link that leads nowhere without the site leaves its words.
    """
    for link in chapter.body.select("a"):
        address = str(link.get("href", ""))
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        page = posixpath.normpath(posixpath.join(posixpath.dirname(chapter.name), parts.path))
        within = page.removesuffix(".html") if parts.path else chapter.name
        if within in names:
            slug = names[within].slug
            place = f"{slug}--{parts.fragment}" if parts.fragment else slug
            link["href"] = f"#{place if place in targets else slug}"
        elif chapter.address and parts.path:
            link["href"] = urljoin(chapter.address, address)
        else:
            link.unwrap()
