"""People come in from a spreadsheet, and go again; one asks for their data."""

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e
PEOPLE = "full_name;email;client\nAnna Berg;anna.berg@duval.example;Maison Duval\nEve;nonsense;\n"


def look(page: Page, text: str) -> None:
    page.goto("/settings/imports/")
    page.get_by_label("The file holds").select_option("contacts")
    file = FilePayload(name="people.csv", mimeType="text/csv", buffer=text.encode())
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()


def test_a_file_is_looked_at_carried_out_and_taken_back(page: Page) -> None:
    look(page, "name;colour\nx;red\n")
    expect(page.get_by_text("There is no column name, colour.")).to_be_visible()
    look(page, PEOPLE)
    expect(page.get_by_text("“nonsense” is no e-mail address.")).to_be_visible()
    page.get_by_role("button", name="Import 1 line").click()
    expect(page.get_by_text("1 line was imported.")).to_be_visible()
    page.goto("/clients/")
    page.get_by_role("link", name="Maison Duval").click()
    page.get_by_role("link", name="People").click()
    expect(page.get_by_text("anna.berg@duval.example")).to_be_visible()
    page.goto("/settings/imports/")
    page.get_by_role("link", name="people.csv").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: 1.")).to_be_visible()


def test_without_scripts_it_works_as_well(browser: Browser, desk: DemoDesk) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    look(page, PEOPLE)
    page.get_by_role("button", name="Import 1 line").click()
    expect(page.get_by_text("1 line was imported.")).to_be_visible()
    context.close()


def test_a_person_gets_their_data_and_is_deleted(page: Page, tmp_path: Path) -> None:
    look(page, PEOPLE)
    page.get_by_role("button", name="Import 1 line").click()
    expect(page.get_by_text("1 line was imported.")).to_be_visible()
    page.goto("/clients/")
    page.get_by_role("link", name="Maison Duval").click()
    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Data Anna Berg").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the data").click()
    download.value.save_as(tmp_path / "anna.zip")
    with zipfile.ZipFile(tmp_path / "anna.zip") as archive:
        assert json.loads(archive.read("person.json"))["email"] == "anna.berg@duval.example"
    typed = page.get_by_label("E-mail address of the person, to be sure")
    typed.fill("somebody@else.example")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Type the e-mail address of the person, to be sure.")).to_be_visible()
    typed.fill("anna.berg@duval.example")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("The person was deleted.")).to_be_visible()
    expect(page.get_by_text("anna.berg@duval.example")).to_have_count(0)
