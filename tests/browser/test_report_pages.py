"""The HTML report in a real browser, from disk: what it shows, and how it is worked."""

import re
import time

import pytest

from grader.report.html import pages, render, write
from grader.report.html.names import paths

SECONDS = 2.0
NOISE = 4
"""A machine that does other things too may take so many times as long."""

MEGABYTES = 5


@pytest.fixture(scope="session")
def book(a_class):
    return a_class(60)


@pytest.fixture(scope="session")
def report(book, tmp_path_factory):
    """The report of a class of sixty, on disk."""
    folder = tmp_path_factory.mktemp("report") / "pages"
    write(render(book), folder)
    return folder


@pytest.fixture
def index(visit, report):
    """The page of the class."""
    return visit(report / "index.html").page


def page_of(book, report, student):
    names = [mark.attempt.student for mark in book.marks]
    return report / paths(book.marks)[names.index(student)]


def column(page, table, number):
    """What stands in a column, row by row, where the row is shown."""
    cells = page.locator(f"#{table} tbody tr:not([hidden]) > *:nth-child({number})")
    return [text.strip() for text in cells.all_text_contents()]


def head(page, table, name):
    return page.locator(f"#{table} thead").get_by_role("button", name=name, exact=True)


def shares(page):
    return [int(text.removesuffix(" %")) for text in column(page, "t-students", 3) if text != "–"]


def test_a_click_sorts_by_a_column_and_another_one_turns_it_round(index):
    head(index, "t-students", "Share").click()
    assert shares(index) == sorted(shares(index), reverse=True)
    head(index, "t-students", "Share").click()
    assert shares(index) == sorted(shares(index))


def test_those_without_a_mark_come_last_from_the_top_and_first_from_the_bottom(index):
    head(index, "t-students", "Points").click()
    assert column(index, "t-students", 2)[-1] == "–"
    head(index, "t-students", "Points").click()
    assert column(index, "t-students", 2)[0] == "–"


def test_what_is_sorted_by_is_told_to_who_cannot_see_it(index):
    orders = index.locator("#t-students thead th[aria-sort]")
    head(index, "t-students", "Points").click()
    head(index, "t-students", "Student").click()
    told = [orders.nth(n).get_attribute("aria-sort") for n in range(orders.count())]
    assert told == ["ascending", "none", "none", "none"]


def test_a_table_is_sorted_by_the_keyboard_alone_and_the_focus_is_seen(index):
    button = head(index, "t-exercises", "Rate")
    head(index, "t-exercises", "Tried by").focus()
    index.keyboard.press("Tab")
    assert button.evaluate("each => each === document.activeElement")
    assert button.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    index.keyboard.press("Enter")
    rates = [int(t.removesuffix(" %")) for t in column(index, "t-exercises", 5) if t != "–"]
    assert rates == sorted(rates)


def test_the_keyboard_reaches_everything_and_passes_the_menu_by(index):
    index.keyboard.press("Tab")
    assert index.evaluate("document.activeElement.textContent") == "To the content"
    index.keyboard.press("Enter")
    assert index.evaluate("document.activeElement.id") == "main"


def test_a_name_is_found_without_its_accents_and_the_rest_is_hidden(index):
    tools = index.locator('.tools[data-for="t-students"]')
    tools.get_by_label("Name").fill("zoe angstrom")
    assert column(index, "t-students", 1) == ["Zoë Ångström-O’Neill"]
    assert tools.locator("output").text_content() == "1 of 60 rows"
    tools.get_by_label("Name").fill("")
    assert len(column(index, "t-students", 1)) == 60


def test_the_students_who_have_an_exercise_wrong_are_found(index, book):
    index.locator(".which").select_option(label="dense")
    index.locator(".status").select_option(label="not right yet")
    wrong = [
        mark.attempt.student
        for mark in book.marks
        if mark.result
        and any(e.id == "dense" and e.status == "failed" for e in mark.result.exercises)
    ]
    assert 0 < len(wrong) < 60
    assert len(column(index, "t-students", 1)) == len(wrong)


def test_what_is_filtered_stays_so_when_it_is_sorted(index):
    index.locator('.tools[data-for="t-exercises"] input').fill("ch01_neuron")
    head(index, "t-exercises", "Right").click()
    assert set(column(index, "t-exercises", 2)) == {"ch01_neuron"}
    right = [int(text) for text in column(index, "t-exercises", 3)]
    assert len(right) == 8
    assert right == sorted(right, reverse=True)


def test_the_heat_map_says_what_lies_under_the_pointer(index):
    row = index.locator("#t-students tbody tr").first
    row.locator("svg").hover(position={"x": 2, "y": 7}, force=True)
    said = index.locator(".readout").text_content()
    assert re.fullmatch(r"weighted_sum: (right|not right yet), Ada Lovelace", said)


def test_from_the_class_to_a_student_on_to_the_next_and_back(index):
    index.locator("#t-students").get_by_role("link", name="Ada Lovelace", exact=True).click()
    assert index.locator("h1").text_content() == "Ada Lovelace"
    index.get_by_role("link", name="ada lovelace →", exact=True).click()
    assert index.locator("h1").text_content() == "ada lovelace"
    index.get_by_role("link", name="The class").click()
    assert index.locator("h1").text_content() == "Neural networks by hand"


def test_every_link_leads_to_a_page_or_a_place_that_is_there(index, report):
    for page in (report / "index.html", *sorted((report / "students").iterdir())[:6]):
        index.goto(page.as_uri())
        links = index.locator("a").evaluate_all("all => all.map(each => each.href)")
        assert links
        for link in set(links):
            address, _, place = link.partition("#")
            assert (report / "students" / address.rpartition("/")[2]).exists() or (
                report / address.rpartition("/")[2]
            ).exists()
            if place:
                assert index.locator(f'[id="{place}"]').count() == 1


def test_on_the_board_a_wrong_exercise_leads_to_why(visit, book, report):
    page = visit(page_of(book, report, "Ada Lovelace")).page
    link = page.locator(".board").get_by_role("link").first
    name = link.text_content()
    link.click()
    assert page.locator("article:target h3").text_content() == name


def test_a_name_is_text_whatever_it_says(visit, book, report):
    page = visit(report / "index.html").page
    for mark in book.marks[:15]:
        student = mark.attempt.student
        page.goto(page_of(book, report, student).as_uri())
        shown = student.replace("\u202e", "\\u202e")
        assert page.locator("h1").text_content() == shown
        assert page.title() == f"{shown}: Neural networks by hand"
        assert page.locator("img").count() == 0


def test_no_name_and_no_message_is_markup_on_the_page_of_the_class(index):
    assert index.title() == "Neural networks by hand: the class"
    assert index.locator("img, #t-eye b").count() == 0
    names = column(index, "t-students", 1)
    assert "<script>document.title='owned'</script>" in names
    assert "evil\\u202egnp.exe" in names


def test_a_learners_code_is_text_with_the_line_that_raised_marked(visit, book, report):
    page = visit(page_of(book, report, "Ada Lovelace")).page
    code = page.locator("#on-sigmoid figure.code")
    assert code.locator("figcaption").text_content() == "neuron.py, lines 18 to 20"
    assert code.locator("mark").text_content().strip() == 'return 1 / (1 + np.exp(-z["all"]))'
    assert code.locator(".k").first.text_content() == "def"


def test_a_script_in_the_page_of_a_student_would_not_run(visit, book, report):
    visited = visit(page_of(book, report, "Ada Lovelace"))
    page = visited.page
    blocked = page.evaluate(
        """() => new Promise((answer) => {
            const told = (event) => answer(event.violatedDirective);
            document.addEventListener("securitypolicyviolation", told);
            const script = document.createElement("script");
            script.textContent = "document.title = 'owned'";
            document.body.append(script);
        })"""
    )
    assert blocked == "script-src-elem"
    assert "Content Security Policy" in visited.complaints.pop()
    assert page.title() == "Ada Lovelace: Neural networks by hand"


def test_a_page_shows_the_same_without_scripts(visit, report):
    page = visit(report / "index.html", java_script_enabled=False).page
    assert page.locator("#t-students tbody tr").count() == 60
    assert not page.locator(".tools").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["class", "student", "refused"])
def test_axe_finds_nothing(visit, book, report, page, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core here")
    file = {
        "class": report / "index.html",
        "student": page_of(book, report, "Ada Lovelace"),
        "refused": page_of(book, report, "\"quoted\" & 'so on'"),
    }[page]
    # axe runs outside of the page's policy, as an extension does
    opened = visit(file, color_scheme=scheme, bypass_csp=True).page
    found = axe.Axe().run(opened)
    wrong = [
        (rule["id"], rule["nodes"][0]["html"][:200], rule["nodes"][0]["failureSummary"][:300])
        for rule in found.response["violations"]
    ]
    assert wrong == []


@pytest.mark.parametrize("width", [360, 390, 768])
def test_nothing_sticks_out_sideways(visit, book, report, width):
    page = visit(report / "index.html", viewport={"width": width, "height": 800}).page
    students = [page_of(book, report, mark.attempt.student) for mark in book.marks[:15]]
    for file in (report / "index.html", *students):
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pictures_of_the_pages_to_look_at(visit, book, report, shots, width, scheme):
    look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    for name, file in (
        ("class", report / "index.html"),
        ("student", page_of(book, report, "Zoë Ångström-O’Neill")),
        ("learner", page_of(book, report, "Ada Lovelace")),
        ("refused", page_of(book, report, "\"quoted\" & 'so on'")),
    ):
        picture = shots / f"{name}-{width}-{scheme}.png"
        page = visit(file, **look).page
        page.screenshot(path=picture, full_page=True)
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        dark = int(re.search(r"\d+", paper)[0]) < 128
        assert dark == (scheme == "dark")
        assert picture.stat().st_size > 10_000


def test_on_paper_there_is_nothing_to_click_and_nothing_is_cut_off(visit, book, report, shots):
    page = visit(report / "index.html", color_scheme="dark").page
    page.emulate_media(media="print")
    assert not page.locator(".tools").first.is_visible()
    assert not page.locator("nav").first.is_visible()
    assert page.locator(".short").evaluate("e => e.scrollHeight === e.clientHeight")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=shots / "class.pdf", format="A4")
    page.goto(page_of(book, report, "Ada Lovelace").as_uri())
    page.pdf(path=shots / "student.pdf", format="A4")
    for name in ("class.pdf", "student.pdf"):
        assert (shots / name).read_bytes().startswith(b"%PDF")


def test_a_class_of_two_thousand_opens_at_once(visit, a_class, tmp_path, capsys):
    file = tmp_path / "index.html"
    book = a_class(2000)
    made = time.perf_counter()
    file.write_bytes(pages.of_class(book))
    rendered = time.perf_counter()
    page = visit(file).page
    page.locator("#t-students tbody tr").last.wait_for(state="attached")
    opened = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000
    began = time.perf_counter()
    head(page, "t-students", "Share").click()
    assert shares(page)[0] == max(shares(page))
    ended = time.perf_counter()
    size = file.stat().st_size / 1e6
    with capsys.disabled():
        print(
            f"\n2,000 students: {size:.1f} MB, opened in {opened:.2f} s, sorted in"
            f" {ended - began:.2f} s (rendered in {rendered - made:.1f} s)"
        )
    assert size < MEGABYTES
    assert opened < SECONDS * NOISE
